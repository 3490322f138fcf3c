/** Compiled writes of a database server: each is one statement in the transaction of its context, or in one of its own. */
import type { Value } from '../../model/index.ts'
import type { DeletePlan, ExecutionContext, InsertPlan, UpdatePlan, WriteResult } from '../../query/index.ts'
import type { Prepared, TransactionOptions } from '../contract/index.ts'
import {
  answerOf,
  binderOf,
  type Decoding,
  type FindKeys,
  insertBinderOf,
  type SqlDialect,
  type WriteCommand,
} from '../sql/index.ts'
import { refusal } from '../../error/index.ts'
import type { Cell, ServerDriver, Statement } from './connection.ts'
import type { ConstraintNames } from './constraint-names.ts'
import { codedError, codedErrorOfWrite } from './failure.ts'
import { StatementOnce } from './statement-once.ts'
import { transactionOf } from './server-transaction.ts'
import type { ServerTransactions } from './server-transactions.ts'

/** What a prepared write needs of its store. */
export interface WriteParts {
  readonly store: string
  readonly driver: ServerDriver
  readonly dialect: SqlDialect
  readonly transactions: ServerTransactions
  readonly constraints: ConstraintNames
  decode(cell: Cell | null, decoding: Decoding): Value
  explain(sql: string, bound: readonly unknown[]): Promise<string>
  forget(statement: Statement): void
}

type WritePlan = InsertPlan | UpdatePlan | DeletePlan

export const several: TransactionOptions = { isolation: 'default', together: true, limit: 5000 }
export const single: TransactionOptions = { ...several, single: true }

/** Works in the transaction of the context, or in one of its own. */
export function inTransaction<T>(
  { transactions }: WriteParts,
  options: TransactionOptions,
  context: ExecutionContext,
  work: (inside: ExecutionContext) => Promise<T>,
): Promise<T> {
  if (context.transaction !== null) return work(context)
  return transactions.run(options, context, transaction => work({ ...context, transaction }))
}

/** One statement of a write. */
export class PreparedWrite {
  readonly #parts: WriteParts
  readonly plan: WritePlan
  readonly #form: Pick<WriteCommand, 'returning' | 'answer'>
  readonly #statement: StatementOnce
  readonly #moveSequence: StatementOnce | null

  constructor(parts: WriteParts, plan: WritePlan, command: WriteCommand) {
    this.#parts = parts
    this.plan = plan
    this.#form = command
    this.#statement = new StatementOnce(command.sql)
    this.#moveSequence = command.moveSequence === null ? null : new StatementOnce(command.moveSequence)
  }

  async run(bound: readonly unknown[], context: ExecutionContext): Promise<WriteResult> {
    const options = this.#moveSequence === null ? single : several
    return await inTransaction(this.#parts, options, context, inside => this.#execute(bound, inside))
  }

  /** Then the columns that are written hold any number of their fields. */
  get #calculates(): boolean {
    return this.plan.kind !== 'delete' && this.plan.answer?.calculated !== undefined
  }

  explain(bound: readonly unknown[]): Promise<string> {
    return this.#parts.explain(this.#statement.sql, bound)
  }

  release(): void {
    this.#parts.forget(this.#statement)
    if (this.#moveSequence !== null) this.#parts.forget(this.#moveSequence)
  }

  /** `again`: the row that an insert was to pass over has come since it looked; now it is there. */
  async #execute(bound: readonly unknown[], context: ExecutionContext, again = false): Promise<WriteResult> {
    const { store, driver, dialect, constraints, decode } = this.#parts
    const transaction = transactionOf(store, context)
    const started = context.observe === null ? 0 : performance.now()
    const statement = this.#statement.next()
    try {
      const { rows, count } = await transaction.run(statement, bound, context)
      if (this.#moveSequence !== null) await transaction.run(this.#moveSequence.next(), [], context)
      context.observe?.({
        kind: 'statement',
        command: statement.sql,
        milliseconds: performance.now() - started,
        rows: count,
        where: 'transaction',
      })
      const { returning } = this.#form
      const returned = rows.map(row => returning.map((decoding, index) => decode(row[index] ?? null, decoding)))
      return { count, returned, ...answerOf(this.#form, rows[0]) }
    } catch (error) {
      const failure = driver.failureOf(error)
      const conflict = failure.kind === 'constraint' && failure.constraint.kind === 'unique'
      const passesOver = this.plan.kind === 'insert' && this.plan.ignoreConflictOn !== null
      if (conflict && passesOver && !dialect.passesOverConflicts && !again) return this.#execute(bound, context, true)
      throw transaction.failed(driver, error, () =>
        failure.kind === 'constraint'
          ? constraints.refusalOf(failure.constraint, this.plan, error)
          : this.#calculates
            ? codedError(failure, error)
            : codedErrorOfWrite(failure, error),
      )
    }
  }
}

export function preparedChange(
  parts: WriteParts,
  plan: UpdatePlan | DeletePlan,
  command: WriteCommand,
): Prepared<WriteResult> {
  const { encoder } = parts.dialect
  const write = new PreparedWrite(parts, plan, command)
  if (command.find !== null) return changeOfFound(parts, command, command.find, write)
  if (command.key !== null) return changeOfOne(parts, command, command.key, write)
  const bind = binderOf(command.bindings, encoder)
  return {
    command: command.sql,
    run: (values, context) => write.run(bind(values), context),
    explain: values => write.explain(bind(values)),
    release: () => write.release(),
  }
}

/** The row whose key is known, and behind it a read of the row where it is wanted back. */
function changeOfOne(
  parts: WriteParts,
  command: WriteCommand,
  key: readonly number[],
  write: PreparedWrite,
): Prepared<WriteResult> {
  const { encoder } = parts.dialect
  const bind = binderOf(command.bindings, encoder)
  const form = { ...command, returning: [] }
  const read = command.read === null ? null : new PreparedWrite(parts, write.plan, { ...form, ...command.read })
  const bindRead = binderOf(command.read?.bindings ?? [], encoder)
  const change = async (values: readonly Value[], context: ExecutionContext): Promise<WriteResult> => {
    const { count } = await write.run(bind(values), context)
    if (count === 0) return { count: 0, returned: [] }
    const returned = [key.map(index => values[index] ?? null)]
    if (read === null) return { count, returned }
    const { answer } = await readBack(parts, read, bindRead(values), context)
    // Somebody has deleted it since: there is nothing to be read.
    return { count, returned, answer: answer ?? { json: null, version: null } }
  }
  return {
    command: command.read === null ? command.sql : `${command.sql};\n${command.read.sql}`,
    run: (values, context) => inTransaction(parts, single, context, inside => change(values, inside)),
    explain: values => write.explain(bind(values)),
    release() {
      write.release()
      read?.release()
    },
  }
}

/** When the change has been committed by itself, a read that fails must not look as if nothing had happened. */
export async function readBack(
  { store }: WriteParts,
  read: PreparedWrite,
  bound: readonly unknown[],
  context: ExecutionContext,
): Promise<WriteResult> {
  try {
    return await read.run(bound, context)
  } catch (error) {
    if (!transactionOf(store, context).isAlone) throw error
    throw refusal('store.outcome-unknown', {})
  }
}

/** Two commands in one transaction: the rows are found and locked, then changed by their keys. */
function changeOfFound(
  parts: WriteParts,
  command: WriteCommand,
  find: FindKeys,
  write: PreparedWrite,
): Prepared<WriteResult> {
  const { encoder } = parts.dialect
  const [bindFind, bindChange] = [binderOf(find.bindings, encoder), insertBinderOf(command.bindings, true, encoder)]
  const finding = new PreparedWrite(parts, write.plan, {
    ...command,
    ...find,
    key: null,
    returning: find.key,
    find: null,
  })
  const change = async (values: readonly Value[], context: ExecutionContext): Promise<WriteResult> => {
    const found = await finding.run(bindFind(values), context)
    if (found.returned.length === 0) return { count: 0, returned: [] }
    await write.run(bindChange(found.returned, values), context)
    return { count: found.returned.length, returned: found.returned }
  }
  return {
    command: `${find.sql};\n${command.sql}`,
    run: (values, context) => inTransaction(parts, several, context, inside => change(values, inside)),
    explain: values => finding.explain(bindFind(values)),
    release() {
      finding.release()
      write.release()
    },
  }
}
