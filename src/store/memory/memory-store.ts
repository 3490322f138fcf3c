/** The store that keeps rows in the memory of the process: the smallest right answer to every plan. */
import { abortReason, refusal } from '../../error/index.ts'
import type { ModelGraph, Value } from '../../model/index.ts'
import {
  type AggregatePlan,
  type Capabilities,
  type ExecutionContext,
  type FindPlan,
  fullCapabilities,
  type InsertPlan,
  type ReadPlan,
  type TransactionHandle,
  type WriteResult,
  type WriteStep,
} from '../../query/index.ts'
import type { Eventually, Prepared, PreparedInsert, Store, TransactionOptions } from '../contract/index.ts'
import { type Ability, requireAble } from './ability.ts'
import { compileAggregate } from './aggregate.ts'
import { type Constraints, constraintsOf } from './constraint.ts'
import { memoryEmulations } from './emulations.ts'
import type { Run } from './expression.ts'
import { compileFind } from './find.ts'
import { Layer } from './layer.ts'
import { compileDelete, compileInsert, compileUpdate, type Writing } from './write.ts'
import { Writer } from './writer.ts'

export interface MemoryStoreOptions {
  /** Abilities to do without, for finding out how an application behaves on a lesser store. None by default. */
  readonly without?: readonly Ability[]
}

/**
 * Keeps rows in memory until it is closed. It answers at once, and enforces what databases enforce: keys, uniques, references, checks,
 * transactions with one writer. For tests, and for trying things out; nothing survives the process.
 *
 * @example
 * const app = await createApp({ schema, rules, store: memoryStore() })
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(new Set(options.without))
}

/** A transaction that is open, or was. */
class Transaction implements TransactionHandle {
  readonly store = 'memory'
  remembered: unknown = null
  /** The topmost layer: that of the innermost savepoint, if there is one. */
  layer: Layer
  open = true
  readonly readOnly: boolean

  constructor(committed: Layer, readOnly = false) {
    this.layer = new Layer(committed)
    this.readOnly = readOnly
  }
}

/** How many rows are looked at between two looks at the clock. */
const rowsBetweenLooks = 256

class MemoryStore implements Store {
  readonly name = 'memory'
  readonly capabilities: Capabilities
  readonly emulations = memoryEmulations
  readonly #without: ReadonlySet<Ability>
  readonly #writer = new Writer()
  #committed = new Layer(null)
  #graph: ModelGraph | null = null
  #constraints: ReadonlyMap<string, Constraints> = new Map()
  #rows = 0

  constructor(without: ReadonlySet<Ability>) {
    this.#without = without
    this.capabilities = Object.freeze({
      ...fullCapabilities,
      answers: 'none',
      rowLocks: false,
      ...Object.fromEntries(Array.from(without, ability => [ability, false])),
    })
  }

  open(graph: ModelGraph): void {
    this.#graph = graph
    this.#constraints = constraintsOf(graph, this.capabilities)
  }

  close(): void {
    this.#graph = null
    this.#committed = new Layer(null)
  }

  ping(): void {
    this.#openGraph()
  }

  compareSchema(): readonly [] {
    return []
  }

  applySchema(): void {}

  fromStored(_storage: unknown, stored: Value): Value {
    return stored
  }

  prepareFind(plan: FindPlan) {
    return this.#prepareRead(plan, compileFind(plan, this.#openGraph()))
  }

  prepareAggregate(plan: AggregatePlan) {
    return this.#prepareRead(plan, compileAggregate(plan, this.#openGraph()))
  }

  prepareInsert(plan: InsertPlan): PreparedInsert {
    requireAble(plan, this.#without)
    const insert = compileInsert(plan, this.#writing())
    const command = describe(plan)
    return {
      command,
      run: (rows, values, context) => this.#write(command, values, context, run => insert(rows, run)),
      release: nothing,
    }
  }

  prepareUpdate(plan: Extract<WriteStep, { kind: 'update' }>): Prepared<WriteResult> {
    return this.#prepareWrite(plan, compileUpdate(plan, this.#writing()))
  }

  prepareDelete(plan: Extract<WriteStep, { kind: 'delete' }>): Prepared<WriteResult> {
    return this.#prepareWrite(plan, compileDelete(plan, this.#writing()))
  }

  async transaction<T>(
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<T> {
    if (this.#without.has('transactions'))
      throw refusal('store.transactions-unsupported', { store: this.name, what: 'a transaction' })
    if (options.isolation === 'snapshot') return await this.#snapshot(options.limit, body)
    await this.#writer.acquire(context)
    const transaction = new Transaction(this.#committed)
    try {
      const outcome = await within(options.limit, body(transaction))
      const started = performance.now()
      transaction.layer.merge()
      context.observe?.({ kind: 'commit', milliseconds: performance.now() - started, members: 1 })
      return outcome
    } finally {
      transaction.open = false
      this.#writer.release()
    }
  }

  async #snapshot<T>(limit: number, body: (transaction: TransactionHandle) => Eventually<T>): Promise<T> {
    const transaction = new Transaction(this.#committed.copy(), true)
    try {
      return await within(limit, body(transaction))
    } finally {
      transaction.open = false
    }
  }

  savepoint<T>(context: ExecutionContext, body: () => Eventually<T>): Eventually<T> {
    const transaction = this.#transactionOf(context)
    if (transaction === null) throw refusal('writes.transaction-over', {})
    const below = transaction.layer
    const layer = new Layer(below)
    transaction.layer = layer
    const keep = (outcome: T): T => {
      layer.merge()
      transaction.layer = below
      return outcome
    }
    const undo = (error: unknown): never => {
      transaction.layer = below
      throw error
    }
    try {
      const outcome = body()
      return outcome instanceof Promise ? outcome.then(keep, undo) : keep(outcome)
    } catch (error) {
      return undo(error)
    }
  }

  #openGraph(): ModelGraph {
    if (this.#graph === null) throw refusal('store.unavailable', {})
    return this.#graph
  }

  #writing(): Writing {
    return { graph: this.#openGraph(), constraints: this.#constraints, nextRow: () => ++this.#rows }
  }

  #prepareRead<Result extends { readonly rows: number }>(plan: ReadPlan, read: (run: Run) => Result): Prepared<Result> {
    requireAble(plan, this.#without)
    const command = describe(plan)
    return {
      command,
      run: (values, context) => {
        const started = performance.now()
        const result = read(newRun(values, this.#layerOf(context) ?? this.#committed, context))
        context.observe?.({
          kind: 'statement',
          command,
          milliseconds: performance.now() - started,
          rows: result.rows,
          where: 'inline',
        })
        return result
      },
      explain: () => `every row of ${plan.kind === 'find' ? plan.root.model : plan.model} is looked at`,
      release: nothing,
    }
  }

  #prepareWrite(plan: WriteStep, write: (run: Run) => WriteResult): Prepared<WriteResult> {
    requireAble(plan, this.#without)
    const command = describe(plan)
    return {
      command,
      run: (values, context) => this.#write(command, values, context, write),
      explain: () => `every row of ${plan.model} is looked at`,
      release: nothing,
    }
  }

  /** One statement, in the context's transaction or as one of its own. */
  #write(
    command: string,
    values: readonly Value[],
    context: ExecutionContext,
    write: (run: Run) => WriteResult,
  ): Eventually<WriteResult> {
    if (this.#transactionOf(context)?.readOnly === true)
      throw refusal('store.unsupported', { store: this.name, reason: 'a snapshot is only read' })
    const statement = (below: Layer): WriteResult => {
      const started = performance.now()
      const layer = new Layer(below)
      const result = write(newRun(values, layer, context))
      layer.merge()
      context.observe?.({
        kind: 'statement',
        command,
        milliseconds: performance.now() - started,
        rows: result.count,
        where: 'writer',
      })
      return result
    }
    const layer = this.#layerOf(context)
    if (layer !== null) return statement(layer)
    const alone = (): WriteResult => {
      try {
        return statement(this.#committed)
      } finally {
        this.#writer.release()
      }
    }
    return this.#writer.acquire(context)?.then(alone) ?? alone()
  }

  #layerOf(context: ExecutionContext): Layer | null {
    return this.#transactionOf(context)?.layer ?? null
  }

  #transactionOf(context: ExecutionContext): Transaction | null {
    if (context.transaction === null) return null
    if (context.transaction instanceof Transaction && context.transaction.open) return context.transaction
    throw refusal('writes.transaction-over', {})
  }
}

function newRun(values: readonly Value[], layer: Layer, context: ExecutionContext): Run {
  const started = Date.now()
  let looked = 0
  return {
    rows: [],
    values,
    layer,
    step: () => {
      if (looked++ % rowsBetweenLooks !== 0) return
      if (context.signal?.aborted === true) throw abortReason(context.signal)
      if (Date.now() > context.deadline) {
        throw refusal('store.time-limit', { limit: Math.max(0, Math.round(context.deadline - started)) })
      }
    },
  }
}

/** What the promise gives, or the refusal when it takes longer than `limit` milliseconds. */
async function within<T>(limit: number, work: Eventually<T>): Promise<T> {
  if (!(work instanceof Promise)) return work
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(refusal('store.time-limit', { limit })), limit)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function describe(plan: ReadPlan | WriteStep): string {
  const { reads: _reads, format: _format, ...told } = 'reads' in plan ? plan : { ...plan, reads: null }
  return JSON.stringify(told)
}

const nothing = (): void => {}
