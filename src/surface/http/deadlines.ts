/** Tells those that have taken too long, where all have the same time: one timer serves them all, and a request is spared its own. */
import { AsyncResource } from 'node:async_hooks'

export class Deadlines<T extends object> {
  readonly #time: number
  readonly #over: (one: T) => void
  /** When each is over. The first to begin is the first to be over. */
  readonly #ends = new Map<T, number>()
  /** Whoever is told must not see what code of another request keeps in its asynchronous context. */
  readonly #own = new AsyncResource('PlinthDeadlines')
  #armed = false

  /** `time`: in milliseconds. `over`: told once of each that has not ended by then. */
  constructor(time: number, over: (one: T) => void) {
    this.#time = time
    this.#over = over
  }

  begin(one: T): void {
    this.#ends.set(one, performance.now() + this.#time)
    if (!this.#armed) this.#arm(this.#time)
  }

  end(one: T): void {
    this.#ends.delete(one)
  }

  /** Whoever is waited for has a connection, which keeps the process alive. */
  #arm(delay: number): void {
    this.#armed = true
    this.#own.runInAsyncScope(() => setTimeout(this.#look, delay).unref())
  }

  readonly #look = (): void => {
    this.#armed = false
    for (const [one, end] of this.#ends) {
      const left = end - performance.now()
      if (left > 0) {
        this.#arm(Math.ceil(left))
        return
      }
      this.#ends.delete(one)
      this.#over(one)
    }
  }
}
