/** Transactions, and what waits for their commit: change records and events (semantics 21, 22). */
import { AsyncLocalStorage } from 'node:async_hooks'
import { refusal } from '../error/index.ts'
import { runSteps, type Steps } from '../lib/index.ts'
import type { ExecutionContext, Limits, TransactionHandle } from '../query/index.ts'
import type { Isolation, Store } from '../store/contract/index.ts'
import type { ChangeRecord, OutboxEvent } from './contract.ts'

/** What happened in a transaction, told to whoever listens once it has committed. */
export interface Committed {
  readonly changes: readonly ChangeRecord[]
  readonly events: readonly OutboxEvent[]
}

export type CommitListener = (committed: Committed) => void

export interface TransactionChoice {
  /** True when nothing inside waits for anything but the store: the commit may be shared. */
  readonly together: boolean
  /** At most one statement inside writes, and none needs to see what another saw. */
  readonly single?: boolean
  readonly isolation: Isolation
}

interface State {
  readonly changes: ChangeRecord[]
  readonly events: OutboxEvent[]
  /** Whether the transaction still runs; its db must not be used afterwards. */
  open: boolean
}

export class Transactions {
  readonly #store: Store
  readonly #limits: Limits
  readonly #states = new WeakMap<TransactionHandle, State>()
  readonly #listeners = new Set<CommitListener>()
  /** The transaction that the running user code is inside of: it would wait for itself if it wrote through an outer db. */
  readonly #held = new AsyncLocalStorage<State>()

  constructor(store: Store, limits: Limits) {
    this.#store = store
    this.#limits = limits
  }

  /** Runs steps inside the context's transaction, or in one of their own. */
  async run<T>(
    context: ExecutionContext,
    choice: TransactionChoice,
    body: (inside: ExecutionContext) => Steps<T>,
  ): Promise<T> {
    if (context.transaction !== null) return this.#nested(context, body)
    if (this.#held.getStore()?.open === true) throw refusal('writes.outer-db', {})
    let state: State | null = null
    const options = { ...choice, limit: this.#limits.transactionTime }
    try {
      const result = await this.#store.transaction(options, context, transaction => {
        // A shared commit that fails runs its members again: what an earlier attempt gathered is forgotten.
        const fresh: State = { changes: [], events: [], open: true }
        state = fresh
        this.#states.set(transaction, fresh)
        const work = () => runSteps(body({ ...context, transaction }))
        // Nobody who writes waits for a snapshot.
        return choice.together || choice.isolation === 'snapshot' ? work() : this.#held.run(fresh, work)
      })
      this.#announce(state)
      return result
    } finally {
      if (state !== null) (state as State).open = false
    }
  }

  /** Part of a transaction that user code holds: what fails leaves no trace, in the store or among what waits for the commit. */
  async #nested<T>(context: ExecutionContext, body: (inside: ExecutionContext) => Steps<T>): Promise<T> {
    const state = this.#state(context)
    const [changes, events] = [state.changes.length, state.events.length]
    try {
      return await this.#store.savepoint(context, () => runSteps(body(context)))
    } catch (error) {
      state.changes.length = changes
      state.events.length = events
      throw error
    }
  }

  record(context: ExecutionContext, changes: readonly ChangeRecord[]): void {
    this.#state(context).changes.push(...changes)
  }

  noteEvent(context: ExecutionContext, event: OutboxEvent): void {
    this.#state(context).events.push(event)
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #state(context: ExecutionContext): State {
    const state = context.transaction === null ? undefined : this.#states.get(context.transaction)
    if (state?.open !== true) throw refusal('writes.transaction-over', {})
    return state
  }

  #announce(state: State | null): void {
    if (state === null || (state.changes.length === 0 && state.events.length === 0)) return
    for (const listener of this.#listeners) listener({ changes: state.changes, events: state.events })
  }
}
