/** Transactions, and what waits for their commit: change records and events (semantics 21, 22). */
import { AsyncLocalStorage } from 'node:async_hooks'
import { abortReason, refusal } from '../error/index.ts'
import { runSteps, settle, type Steps } from '../lib/index.ts'
import type { ExecutionContext, Limits, TransactionHandle } from '../query/index.ts'
import type { Isolation, Store } from '../store/contract/index.ts'
import type { ChangeRecord, OutboxEvent } from './contract.ts'
import { Turn } from './turn.ts'

/** What happened in a transaction, told to whoever listens once it has committed. */
export interface Committed {
  /** Of the request, or of the other work, that the transaction belonged to. */
  readonly trace: string
  readonly changes: readonly ChangeRecord[]
  /** Models of which so many rows changed that they are not told singly, with how many, or 0 where nobody counted: nothing known of their rows holds any more. */
  readonly crowds: ReadonlyMap<string, number>
  /** The first events of the transaction; the outbox has all of them. */
  readonly events: readonly OutboxEvent[]
}

export type CommitListener = (committed: Committed) => void

export interface TransactionChoice {
  /** True when nothing inside waits for anything but the store: the commit may be shared. */
  readonly together: boolean
  /** At most one statement inside writes, and none needs to see what another saw. */
  readonly single?: boolean
  /** Finding what is written may take long. */
  readonly searches?: boolean
  readonly isolation: Isolation
}

/** What is remembered of one transaction, so that one with a million rows takes no more memory than others. */
const mostChanges = 20_000
const mostEvents = 1000

class State {
  readonly turn: Turn
  readonly isolation: Isolation
  readonly together: boolean
  readonly changes: ChangeRecord[] = []
  readonly crowds = new Map<string, number>()
  /** Models of which any rows may have changed, beside those that are told. */
  unknown: readonly string[] = []
  readonly events: OutboxEvent[] = []
  /** Whether the transaction still runs; its db must not be used afterwards. */
  open = true

  constructor(transaction: TransactionHandle, { isolation, together }: TransactionChoice) {
    this.turn = new Turn(transaction)
    this.isolation = isolation
    this.together = together
  }
}

/**
 * The state is kept by its handle. A WeakMap from handles would do, but what such a map holds outlives all small collections of V8, and with it
 * whatever can be reached from there: each of them would have to move the requests of the last second.
 */
function stateOf({ remembered }: TransactionHandle): State | null {
  return remembered instanceof State ? remembered : null
}

export class Transactions {
  readonly #store: Store
  readonly #limits: Limits
  readonly #listeners = new Set<CommitListener>()
  /** What the running user code is inside of. It would wait for itself if it wrote through the db outside of its transaction. */
  readonly #inside = new AsyncLocalStorage<Turn>()

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
    if (context.transaction !== null) return this.#nested(context, choice, body)
    if (this.#isHeld()) throw refusal('writes.outer-db', {})
    let state: State | null = null
    const options = { ...choice, limit: this.#limits.transactionTime }
    try {
      const result = await this.#store.transaction(options, context, transaction => {
        // A shared commit that fails runs its members again: what an earlier attempt gathered is forgotten.
        const fresh = new State(transaction, choice)
        state = fresh
        transaction.remembered = fresh
        const work = () => runSteps(body({ ...context, transaction }))
        // Nobody who writes waits for a snapshot.
        if (choice.together || choice.isolation === 'snapshot') return work()
        return this.#inside.run(fresh.turn, async () => {
          const result = await work()
          // It has been answered already that nothing was done.
          this.#requireAwaited(context)
          return result
        })
      })
      this.#announce(state, context.trace)
      return result
    } finally {
      if (state !== null) (state as State).open = false
    }
  }

  /** Runs a read of user code when its transaction has nothing to do that it must not see half done. */
  read<T>(context: ExecutionContext, work: () => Promise<T>): Promise<T> {
    if (context.transaction === null) return work()
    return this.#turn(this.#state(context)).read(inside => this.#inside.run(inside, work))
  }

  /** Runs SQL of user code when its transaction has nothing else to do. */
  async write<T>(context: ExecutionContext, work: () => Promise<T>): Promise<T> {
    if (context.transaction === null) {
      if (this.#isHeld()) throw refusal('writes.outer-db', {})
      return await work()
    }
    this.#requireAwaited(context)
    return await this.#turn(this.#state(context)).write(inside => this.#inside.run(inside, work))
  }

  /** What user code starts now is a part of the thing that it is inside of, or of the transaction. */
  #turn(state: State): Turn {
    const inside = this.#inside.getStore()
    return inside !== undefined && !inside.over && inside.of === state.turn.of ? inside : state.turn
  }

  #isHeld(): boolean {
    const inside = this.#inside.getStore()
    return inside !== undefined && stateOf(inside.of)?.open === true
  }

  /** Part of a transaction that user code holds: what fails leaves no trace, in the store or among what waits for the commit. */
  #nested<T>(
    context: ExecutionContext,
    { isolation }: TransactionChoice,
    body: (inside: ExecutionContext) => Steps<T>,
  ): Promise<T> {
    if (isolation === 'serializable' && this.#state(context).isolation !== 'serializable') {
      throw refusal('writes.isolation-inside', {})
    }
    return this.write(context, () => this.#saved(context, body))
  }

  async #saved<T>(context: ExecutionContext, body: (inside: ExecutionContext) => Steps<T>): Promise<T> {
    const state = this.#state(context)
    const [changes, events] = [state.changes.length, state.events.length]
    const crowds = new Map(state.crowds)
    try {
      return await this.#store.savepoint(context, () => runSteps(body(context)))
    } catch (error) {
      state.events.length = events
      // Rows that have become a crowd meanwhile stay one: of them it is no longer known which were here before.
      state.changes.length = Math.min(changes, state.changes.length)
      for (const [model, count] of crowds) state.crowds.set(model, count)
      throw error
    }
  }

  /** Whether the transaction can begin anew: user code has no part in it. */
  canBeginAnew(context: ExecutionContext): boolean {
    return this.#state(context).together
  }

  /** Runs steps that are undone alone when they fail. */
  *undoable<T>(context: ExecutionContext, body: () => Steps<T>): Steps<T> {
    return yield* settle(this.#saved(context, body))
  }

  record(context: ExecutionContext, changes: readonly ChangeRecord[]): void {
    const state = this.#state(context)
    for (const change of changes) {
      const crowd = state.crowds.get(change.model)
      if (crowd === undefined) state.changes.push(change)
      else state.crowds.set(change.model, crowd + 1)
    }
    if (state.changes.length > mostChanges) gather(state)
  }

  /** Rows of these models may have changed, and nobody here knows which: by SQL of user code, or by the database itself. */
  recordUnknown(context: ExecutionContext, models: readonly string[]): void {
    if (context.transaction === null)
      return this.#tell({ trace: context.trace, changes: [], crowds: uncounted(models), events: [] })
    const state = this.#state(context)
    state.unknown = [...new Set([...state.unknown, ...models])]
  }

  noteEvent(context: ExecutionContext, event: OutboxEvent): void {
    const { events } = this.#state(context)
    if (events.length < mostEvents) events.push(event)
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** User code may take longer than anybody waits: then nothing more is written. */
  #requireAwaited({ signal, deadline }: ExecutionContext): void {
    if (signal?.aborted === true) throw abortReason(signal)
    if (Date.now() >= deadline) throw refusal('store.time-limit', { limit: this.#limits.requestTime })
  }

  #state(context: ExecutionContext): State {
    const state = context.transaction === null ? null : stateOf(context.transaction)
    if (state?.open !== true) throw refusal('writes.transaction-over', {})
    return state
  }

  #announce(state: State | null, trace: string): void {
    if (state === null) return
    const { changes, events, unknown } = state
    const crowds = unknown.length === 0 ? state.crowds : new Map([...uncounted(unknown), ...state.crowds])
    if (changes.length === 0 && crowds.size === 0 && events.length === 0) return
    this.#tell({ trace, changes, crowds, events })
  }

  #tell(committed: Committed): void {
    for (const listener of this.#listeners) listener(committed)
  }
}

const uncounted = (models: readonly string[]): Map<string, number> => new Map(models.map(model => [model, 0]))

/** The rows of the model that changed most are counted from now on. */
function gather({ changes, crowds }: State): void {
  const counts = new Map<string, number>()
  for (const { model } of changes) counts.set(model, (counts.get(model) ?? 0) + 1)
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one)
  if (most === undefined) return
  const [model, count] = most
  crowds.set(model, count)
  const others = changes.filter(change => change.model !== model)
  changes.length = 0
  changes.push(...others)
}
