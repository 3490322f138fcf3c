/** Compiled reads: first tried on the main thread for a few milliseconds, and given to a worker when that is not enough. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Value } from '../../model/index.ts'
import type { AggregateResult, ExecutionContext, FindResult } from '../../query/index.ts'
import type { Eventually, Prepared } from '../contract/index.ts'
import { type AggregateCommand, type Binder, binderOf, type FindCommand, findForm, rowsAskedFor } from '../sql/index.ts'

import { withBoundTexts } from './bound-texts.ts'
import { functions } from './dialect.ts'
import { storeError } from './driver-error.ts'
import { type Bound, encoderOf } from './encode.ts'
import { Overtime } from './guard.ts'
import { type FindArguments, type FindScript, prepareArrays, runAggregate, runFind } from './read.ts'
import { endingIn, endingWith, type ReadConnections } from './read-connections.ts'
import type { View, WorkerTask } from './reader-worker.ts'
import type { SqliteTransaction } from './transaction.ts'

/** What differs between the two kinds of reads. `G` is what a run is given. */
interface Work<Result, G> {
  /** What is run each time, and what is run besides when that gives no row. */
  readonly sql: readonly [string, ...string[]]
  given(values: readonly Value[]): G
  run(statements: readonly StatementSync[], given: G): Result
  task(given: G): WorkerTask
}

/** Milliseconds. */
const shortestPenalty = 100
const longestPenalty = 30_000
const enoughQuickRuns = 100

/**
 * A statement with a guard in it can run long. What it costs is not guessed from the query plan but tried: it runs on the main thread
 * until the budget is used up, and from then on, for a while, goes to a worker at once. A statement without a guard is bounded by its
 * form: one row by a unique key.
 */
class PreparedRead<Result extends { readonly rows: number }, G> implements Prepared<Result> {
  readonly command: string
  readonly #connections: ReadConnections
  readonly #work: Work<Result, G>
  readonly #guarded: boolean
  #own: readonly StatementSync[] | null = null
  #ownDatabase: DatabaseSync | null = null
  #inTransaction: readonly StatementSync[] | null = null
  #transactionDatabase: DatabaseSync | null = null
  #slowUntil = 0
  #penalty = 0
  #quickRuns = 0

  constructor(connections: ReadConnections, work: Work<Result, G>) {
    this.command = work.sql[0]
    this.#connections = connections
    this.#work = work
    this.#guarded = this.command.includes(functions.guard)
  }

  run(values: readonly Value[], context: ExecutionContext): Eventually<Result> {
    const given = this.#work.given(values)
    if (context.transaction === null) return this.#runOutside(given, context)
    const { handle, left } = this.#connections.transaction(context)
    if (handle.seenByOthers) return this.#runOutside(given, endingIn(left, context))
    return handle.whenFree(() => this.#runInside(given, context))
  }

  /** On a connection that sees what has been committed. */
  #runOutside(given: G, context: ExecutionContext): Eventually<Result> {
    if (this.#isSlow()) return this.#runInWorker(given, context)
    const started = context.observe === null ? 0 : performance.now()
    let result: Result
    try {
      result = this.#runInline(given)
    } catch (error) {
      if (!(error instanceof Overtime)) throw storeError(error)
      this.#punish()
      return this.#runInWorker(given, context)
    }
    if (this.#penalty > 0 && ++this.#quickRuns > enoughQuickRuns) this.#penalty = 0
    this.#tell(context, result, started, 'inline')
    return result
  }

  #tell(context: ExecutionContext, { rows }: Result, started: number, where: 'inline' | 'worker' | 'writer'): void {
    if (context.observe === null) return
    const milliseconds = performance.now() - started
    const [command, ...others] = this.#work.sql
    context.observe({ kind: 'statement', command, milliseconds, rows, where })
    if (rows > 0) return
    for (const other of others) context.observe({ kind: 'statement', command: other, milliseconds: 0, rows: 1, where })
  }

  explain(values: readonly Value[]): string {
    const given = this.#work.given(values)
    return this.#connections.explain(this.#work.sql, given)
  }

  release(): void {
    this.#own = null
    this.#ownDatabase = null
    this.#inTransaction = null
    this.#transactionDatabase = null
  }

  /** For a while, longer each time, the read goes to a worker at once; a single slow run among many quick ones costs little. */
  #punish(): void {
    this.#penalty = Math.min(longestPenalty, Math.max(shortestPenalty, this.#penalty * 4))
    this.#slowUntil = performance.now() + this.#penalty
    this.#quickRuns = 0
  }

  #runInline(given: G): Result {
    const { reader, guard } = this.#connections
    if (this.#own === null || this.#ownDatabase !== reader) {
      this.#own = this.#work.sql.map(sql => prepareArrays(reader, sql))
      this.#ownDatabase = reader
    }
    if (this.#guarded) guard.start(this.#connections.inlineBudget)
    return this.#work.run(this.#own, given)
  }

  /** Among the changes of the transaction, which its own connection sees, and that of a thread (see `openInsider`). */
  #runInside(given: G, context: ExecutionContext): Eventually<Result> {
    const { database, guard, left, handle } = this.#connections.transaction(context)
    const { threadsCanRead } = handle
    if (threadsCanRead && this.#isSlow()) return this.#runAmongChanges(handle, given, endingIn(left, context))
    if (this.#inTransaction === null || this.#transactionDatabase !== database) {
      this.#inTransaction = this.#work.sql.map(sql => prepareArrays(database, sql))
      this.#transactionDatabase = database
    }
    const started = performance.now()
    guard.start(threadsCanRead ? Math.min(left, this.#connections.inlineBudget) : left)
    let result: Result
    try {
      const statements = this.#inTransaction
      const read = (): Result => this.#work.run(statements, given)
      result = handle.snapshot === null ? withBoundTexts(database, read) : read()
    } catch (error) {
      if (!(error instanceof Overtime)) throw storeError(error)
      if (!threadsCanRead) throw this.#connections.timeLimit(left)
      this.#punish()
      return this.#runAmongChanges(handle, given, endingIn(left, context))
    }
    this.#tell(context, result, started, 'writer')
    return result
  }

  #runAmongChanges(handle: SqliteTransaction, given: G, context: ExecutionContext): Promise<Result> {
    return handle.readOnThread(ended => this.#runInWorker(given, endingWith(ended, context), 'among changes'))
  }

  async #runInWorker(given: G, context: ExecutionContext, view: View = 'committed'): Promise<Result> {
    const started = performance.now()
    const result = (await this.#connections.pool.run(this.#work.task(given), context, view)) as Result
    this.#connections.ranLong()
    this.#tell(context, result, started, 'worker')
    return result
  }

  #isSlow(): boolean {
    return this.#guarded && this.#slowUntil > 0 && performance.now() < this.#slowUntil
  }
}

export function preparedFind(connections: ReadConnections, command: FindCommand): Prepared<FindResult> {
  const bind = binderOf(command.bindings, encoderOf)
  const bindCount: Binder<Bound> | null = command.count === null ? null : binderOf(command.count.bindings, encoderOf)
  const { limit } = command
  const script: FindScript = { sql: command.sql, form: findForm(command), count: command.count?.sql ?? null }
  return new PreparedRead<FindResult, FindArguments>(connections, {
    sql: command.count === null ? [command.sql] : [command.sql, command.count.sql],
    given: values => ({
      bound: bind(values),
      asked: rowsAskedFor(limit, values),
      counted: bindCount === null ? null : bindCount(values),
    }),
    run: ([statement, count], given) => runFind(script, present(statement), count ?? null, given),
    task: given => ({ kind: 'find', script, given }),
  })
}

export function preparedAggregate(connections: ReadConnections, command: AggregateCommand): Prepared<AggregateResult> {
  const bind = binderOf(command.bindings, encoderOf)
  return new PreparedRead<AggregateResult, { readonly bound: readonly Bound[]; readonly asked: number | null }>(
    connections,
    {
      sql: [command.sql],
      given: values => ({ bound: bind(values), asked: rowsAskedFor(command.limit, values) }),
      run: ([statement], { bound, asked }) => runAggregate(present(statement), bound, asked),
      task: ({ bound, asked }) => ({ kind: 'aggregate', sql: command.sql, bound, asked }),
    },
  )
}

function present(statement: StatementSync | undefined): StatementSync {
  if (statement === undefined) throw new TypeError('A read has a statement.')
  return statement
}
