/** Compiled writes. Each is one statement on the writer, in the transaction of its context or in one of its own. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { PlinthError } from '../../error/index.ts'
import type { Value } from '../../model/index.ts'
import type { DeletePlan, ExecutionContext, InsertPlan, UpdatePlan, WriteResult } from '../../query/index.ts'
import type { Eventually, Prepared, PreparedInsert, TransactionOptions } from '../contract/index.ts'
import { answerOf, binderOf, insertBinderOf, type WriteCommand } from '../sql/index.ts'

import type { Constraints } from './constraint.ts'
import { isConstraint, storeError } from './driver-error.ts'
import { type Bound, decode, encoderOf } from './encode.ts'
import { type Guard, Overtime } from './guard.ts'
import { prepareArrays } from './read.ts'
import type { Writer } from './writer.ts'

export interface WriteConnections {
  readonly writer: Writer
  readonly constraints: Constraints
  readonly guard: Guard
  /** Milliseconds that the context's transaction still has; throws unless it is an open one of this store. */
  timeLeft(context: ExecutionContext): number
  /** Runs `body` when no thread reads among the changes of the context's transaction. */
  whenFree<T>(context: ExecutionContext, body: () => Eventually<T>): Eventually<T>
  /** From now on the context's transaction has changes that other connections do not see. */
  changing(context: ExecutionContext): void
  timeLimit(milliseconds: number): PlinthError
  explain(sql: string, bound: readonly Bound[]): string
}

type ReturnedRow = readonly Bound[]

class PreparedWrite {
  readonly command: string
  readonly #connections: WriteConnections
  readonly #form: Pick<WriteCommand, 'returning' | 'answer'>
  #statement: StatementSync | null = null
  #database: DatabaseSync | null = null

  constructor(connections: WriteConnections, command: WriteCommand) {
    this.command = command.sql
    this.#connections = connections
    this.#form = command
  }

  /** `explainRefusal`: what a broken constraint means, found out on the same connection. */
  run(
    bound: readonly Bound[],
    context: ExecutionContext,
    explainRefusal: (error: Error) => unknown,
  ): Eventually<WriteResult> {
    if (context.transaction === null) {
      return this.#connections.writer.transaction(single, context, transaction =>
        this.#execute(bound, { ...context, transaction }, explainRefusal),
      )
    }
    return this.#connections.whenFree(context, () => this.#execute(bound, context, explainRefusal))
  }

  explain(bound: readonly Bound[]): string {
    return this.#connections.explain(this.command, bound)
  }

  release(): void {
    this.#statement = null
  }

  #execute(bound: readonly Bound[], context: ExecutionContext, explainRefusal: (error: Error) => unknown): WriteResult {
    const { guard, timeLimit, timeLeft, changing } = this.#connections
    const { database } = this.#connections.writer
    const left = timeLeft(context)
    changing(context)
    if (this.#statement === null || this.#database !== database) {
      this.#statement = prepareArrays(database, this.command)
      this.#database = database
    }
    const started = context.observe === null ? 0 : performance.now()
    let result: WriteResult
    try {
      guard.start(left)
      result = this.#result(this.#statement, bound)
    } catch (error) {
      if (error instanceof Overtime) throw timeLimit(left)
      throw error instanceof Error && isConstraint(error) ? explainRefusal(error) : storeError(error)
    }
    context.observe?.({
      kind: 'statement',
      command: this.command,
      milliseconds: performance.now() - started,
      rows: result.count,
      where: 'writer',
    })
    return result
  }

  #result(statement: StatementSync, bound: readonly Bound[]): WriteResult {
    const { returning, answer } = this.#form
    if (returning.length === 0 && answer === null)
      return { count: Number(statement.run(...bound).changes), returned: [] }
    // With setReturnArrays rows are arrays, which the types of node:sqlite do not know.
    const rows = statement.all(...bound) as unknown as readonly ReturnedRow[]
    return {
      count: rows.length,
      returned: rows.map(row => returning.map((decoding, index) => decode(row[index] ?? null, decoding))),
      ...answerOf(this.#form, rows[0]),
    }
  }
}

const single: TransactionOptions = { isolation: 'default', together: true, single: true, limit: 5000 }

export function preparedInsert(connections: WriteConnections, plan: InsertPlan, command: WriteCommand): PreparedInsert {
  const bind = insertBinderOf(command.bindings, plan.many, encoderOf)
  const write = new PreparedWrite(connections, command)
  return {
    command: command.sql,
    run: (rows, values, context) =>
      write.run(bind(rows, values), context, error => connections.constraints.ofInsert(error, plan, rows)),
    release: () => write.release(),
  }
}

export function preparedChange(
  connections: WriteConnections,
  plan: UpdatePlan | DeletePlan,
  command: WriteCommand,
): Prepared<WriteResult> {
  const bind = binderOf(command.bindings, encoderOf)
  const write = new PreparedWrite(connections, command)
  return {
    command: command.sql,
    run: (values: readonly Value[], context) =>
      write.run(bind(values), context, error => connections.constraints.ofChange(error, plan, values)),
    explain: values => write.explain(bind(values)),
    release: () => write.release(),
  }
}
