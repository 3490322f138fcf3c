/**
 * A compiled read whose lists are gathered as they are while they are short, and told where they end from when one of them was long: that
 * costs as much as thirty rows. A command of the first form sees by itself that a list is long, and makes nothing of what is beyond that: it
 * passes over the entries of the index. The second form names indexes; it is compiled anew when one of them is there no more.
 */
import { PlinthError } from '../../error/index.ts'
import type { Value } from '../../model/index.ts'
import type { ExecutionContext, FindResult } from '../../query/index.ts'
import type { Eventually, Prepared } from '../contract/index.ts'

export interface Adapting {
  /** `longLists`: lists are told where they end. */
  readonly compile: (longLists: boolean) => Prepared<FindResult>
  /** Whether a command failed because what it names is there no more. */
  readonly outdated: (error: unknown) => boolean
}

export class AdaptedFind implements Prepared<FindResult> {
  readonly #adapting: Adapting
  #compiled: Prepared<FindResult>
  #longLists = false

  constructor(adapting: Adapting) {
    this.#adapting = adapting
    this.#compiled = adapting.compile(false)
  }

  get command(): string {
    return this.#compiled.command
  }

  async run(values: readonly Value[], context: ExecutionContext): Promise<FindResult> {
    const compiled = this.#compiled
    try {
      return await compiled.run(values, context)
    } catch (error) {
      // Another run may have found out before.
      if (this.#compiled === compiled && !this.#adaptTo(error)) throw error
      return await this.#compiled.run(values, context)
    }
  }

  explain(values: readonly Value[]): Eventually<string> {
    return this.#compiled.explain(values)
  }

  release(): void {
    this.#compiled.release()
  }

  #adaptTo(error: unknown): boolean {
    const long = !this.#longLists && error instanceof PlinthError && error.code === 'store.response-too-large'
    if (!long && !this.#adapting.outdated(error)) return false
    this.#longLists = true
    this.#compiled.release()
    this.#compiled = this.#adapting.compile(true)
    return true
  }
}
