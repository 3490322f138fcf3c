/** Reads a skeleton from left to right and numbers the places of values as it meets them. */
import type { Slot } from '../../../query/index.ts'
import { malformed } from '../../contract/index.ts'
import { listValue, oneValue } from './mask-query.ts'

export class SkeletonReader {
  /** The parameter that is being read, for messages. */
  readonly name: string
  readonly #text: string
  #at = 0
  #slots: { next: Slot }

  /** `slots` is shared by the readers of one query. */
  constructor(name: string, text: string, slots: { next: Slot }) {
    this.name = name
    this.#text = text
    this.#slots = slots
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }

  get next(): string {
    return this.#text[this.#at] ?? ''
  }

  /** Steps over `character` if it comes next. */
  take(character: string): boolean {
    if (this.next !== character) return false
    this.#at++
    return true
  }

  expect(character: string): void {
    if (!this.take(character)) {
      throw malformed(
        this.name,
        this.done ? `"${character}" is missing at the end` : `"${character}" is expected before "${this.next}"`,
      )
    }
  }

  /** The characters up to the next one of `ends`, or to the end. */
  until(ends: string): string {
    const start = this.#at
    while (!this.done && !ends.includes(this.next)) this.#at++
    return this.#text.slice(start, this.#at)
  }

  /** The slot of the value that stands here. */
  slot(): Slot {
    if (!this.take(oneValue) && !this.take(listValue)) throw malformed(this.name, 'a value is missing')
    return this.#slots.next++
  }

  end(): void {
    if (!this.done) throw malformed(this.name, `nothing is expected after it, but "${this.next}" stands there`)
  }
}
