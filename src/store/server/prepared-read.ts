/** Compiled reads of a database server. */
import type { Value } from '../../model/index.ts'
import type { AggregateResult, ExecutionContext, FindPlan, FindResult } from '../../query/index.ts'
import type { Prepared } from '../contract/index.ts'
import {
  type AggregateCommand,
  type Binder,
  binderOf,
  type CommandLimit,
  type Decoding,
  type FindCommand,
  findForm,
  type FindForm,
  foundGroups,
  foundRow,
  foundRows,
  rowsAskedFor,
  type SqlDialect,
} from '../sql/index.ts'
import type { Cell, RawResult, Statement } from './connection.ts'
import { Pace } from './pace.ts'
import { StatementOnce } from './statement-once.ts'
import type { Reads } from './server-reads.ts'

/** What a prepared read needs of its store. */
export interface ReadParts {
  readonly reads: Reads
  readonly dialect: SqlDialect
  decode(cell: Cell | null, decoding: Decoding): Value
  explain(sql: string, bound: readonly unknown[]): Promise<string>
  /** The statement will not run again. */
  forget(statement: Statement): void
}

export class PreparedFind implements Prepared<FindResult> {
  readonly command: string
  readonly #parts: ReadParts
  readonly #form: FindForm
  readonly #limit: CommandLimit | null
  readonly #bind: Binder<unknown>
  readonly #statement: StatementOnce
  readonly #count: { readonly statement: StatementOnce; readonly bind: Binder<unknown> } | null
  readonly #pace: Pace

  constructor(parts: ReadParts, plan: FindPlan, command: FindCommand) {
    const { encoder } = parts.dialect
    this.command = command.sql
    this.#parts = parts
    this.#limit = command.limit
    this.#bind = binderOf(command.bindings, encoder)
    this.#statement = new StatementOnce(command.sql)
    this.#count =
      command.count === null
        ? null
        : { statement: new StatementOnce(command.count.sql), bind: binderOf(command.count.bindings, encoder) }
    this.#form = findForm(command)
    this.#pace = new Pace(isBounded(plan))
  }

  async run(values: readonly Value[], context: ExecutionContext): Promise<FindResult> {
    const result = await runRead(this.#parts.reads, this.#statement, this.#bind(values), this.#pace, context)
    if (this.#form.one) return foundRow(this.#form, result.rows[0], this.#parts.decode)
    const asked = rowsAskedFor(this.#limit, values)
    const emptyCount = this.#form.counts && result.rows.length === 0 ? await this.#countAlone(values, context) : 0
    return foundRows(this.#form, result.rows, asked, this.#parts.decode, () => emptyCount)
  }

  explain(values: readonly Value[]): Promise<string> {
    return this.#parts.explain(this.command, this.#bind(values))
  }

  release(): void {
    this.#parts.forget(this.#statement)
    if (this.#count !== null) this.#parts.forget(this.#count.statement)
  }

  /** A page without rows carries no count. */
  async #countAlone(values: readonly Value[], context: ExecutionContext): Promise<number> {
    if (this.#count === null) return 0
    const { statement, bind } = this.#count
    const { rows } = await runRead(this.#parts.reads, statement, bind(values), this.#pace, context)
    return Number(rows[0]?.[0] ?? 0)
  }
}

export class PreparedAggregate implements Prepared<AggregateResult> {
  readonly command: string
  readonly #parts: ReadParts
  readonly #bind: Binder<unknown>
  readonly #statement: StatementOnce
  readonly #limit: CommandLimit | null
  readonly #pace = new Pace(false)

  constructor(parts: ReadParts, command: AggregateCommand) {
    this.command = command.sql
    this.#parts = parts
    this.#bind = binderOf(command.bindings, parts.dialect.encoder)
    this.#statement = new StatementOnce(command.sql)
    this.#limit = command.limit
  }

  async run(values: readonly Value[], context: ExecutionContext): Promise<AggregateResult> {
    const { rows } = await runRead(this.#parts.reads, this.#statement, this.#bind(values), this.#pace, context)
    return foundGroups(rows, rowsAskedFor(this.#limit, values))
  }

  explain(values: readonly Value[]): Promise<string> {
    return this.#parts.explain(this.command, this.#bind(values))
  }

  release(): void {
    this.#parts.forget(this.#statement)
  }
}

async function runRead(
  reads: Reads,
  statement: StatementOnce,
  bound: readonly unknown[],
  pace: Pace,
  context: ExecutionContext,
): Promise<RawResult> {
  if (context.observe === null) return (await reads.run(statement.next(), bound, pace, context)).result
  const started = performance.now()
  const { result, ...ran } = await reads.run(statement.next(), bound, pace, context)
  const milliseconds = performance.now() - started
  context.observe({ kind: 'statement', command: statement.sql, milliseconds, rows: result.rows.length, ...ran })
  return result
}

/** One row by a unique key, and nothing that fans out from it. */
const isBounded = ({ cardinality, root }: FindPlan): boolean =>
  cardinality === 'one' && root.outputs.every(output => output.kind !== 'many' && output.kind !== 'list')
