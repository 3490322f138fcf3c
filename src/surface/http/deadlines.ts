/** Tells those that have taken too long, where all have the same time: one timer serves them all, and a request is spared its own. */
import { AsyncResource } from 'node:async_hooks'

/** One that has begun. It stands between those that began before and after it: whoever begins first is the first to be over. */
export interface Deadline<T> {
  one: T | null
  readonly end: number
  before: Deadline<T> | null
  after: Deadline<T> | null
}

export class Deadlines<T extends object> {
  readonly #time: number
  readonly #over: (one: T) => void
  #first: Deadline<T> | null = null
  #last: Deadline<T> | null = null
  /** Whoever is told must not see what code of another request keeps in its asynchronous context. */
  readonly #own = new AsyncResource('PlinthDeadlines')
  #armed = false

  /** `time`: in milliseconds. `over`: told once of each that has not ended by then. */
  constructor(time: number, over: (one: T) => void) {
    this.#time = time
    this.#over = over
  }

  begin(one: T): Deadline<T> {
    const deadline = { one, end: performance.now() + this.#time, before: this.#last, after: null }
    if (this.#last === null) this.#first = deadline
    else this.#last.after = deadline
    this.#last = deadline
    if (!this.#armed) this.#arm(this.#time)
    return deadline
  }

  /** Nothing of it leads anywhere afterwards: what V8 has moved among its old objects would keep the next ones until a full collection, as a Map does. */
  end(deadline: Deadline<T>): void {
    if (deadline.one === null) return
    const { before, after } = deadline
    if (before === null) this.#first = after
    else before.after = after
    if (after === null) this.#last = before
    else after.before = before
    deadline.one = null
    deadline.before = null
    deadline.after = null
  }

  /** Whoever is waited for has a connection, which keeps the process alive. */
  #arm(delay: number): void {
    this.#armed = true
    this.#own.runInAsyncScope(() => setTimeout(this.#look, delay).unref())
  }

  readonly #look = (): void => {
    this.#armed = false
    for (let first = this.#first; first !== null; first = this.#first) {
      const left = first.end - performance.now()
      if (left > 0) {
        this.#arm(Math.ceil(left))
        return
      }
      const { one } = first
      this.end(first)
      if (one !== null) this.#over(one)
    }
  }
}
