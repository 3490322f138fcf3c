/** Insert plans as commands. */
import {
  type FieldNode,
  fieldOf,
  isAlways,
  type ModelGraph,
  type ModelNode,
  modelOf,
  type Predicate,
} from '../../model/index.ts'
import type { InsertPlan } from '../../query/index.ts'
import type { CountedKeys, Decoding, InsertParts, SqlDialect, SqlValue } from './dialect.ts'
import { scopeOf } from './predicate.ts'
import { asItIs, comparing, type Row, storing, tableRow, written } from './row.ts'
import { words } from './select.ts'
import { type Command, integerType, Statement, tupleType } from './statement.ts'
import { identifier } from './table-words.ts'
import { answerColumns, answerForm, returned, rowValue, type WriteCommand } from './write.ts'

export interface InsertCommand extends WriteCommand {
  /** To be run behind, where the command itself cannot return what it has made; null where there is nothing to tell. */
  readonly made: MadeRead | null
  /** Rows whose keys the database counts up are listed one by one, so that it counts them without a gap. */
  readonly listed: ListedRows | null
}

/** Its rows have one column for each field of `returning` and the answer's, as those of a command that returns them. */
export interface MadeRead extends Command {
  /**
   * The places of given values by which the rows are found, for many rows: the list of them is the command's, -1, and they come again before the
   * other columns. Null: rows come in the order in which they were inserted, and the command takes their number.
   */
  readonly by: { readonly places: readonly number[]; readonly decodings: readonly Decoding[] } | null
}

export interface ListedRows {
  /** The command up to the rows. */
  readonly head: string
  /** A row; the command has one behind the other. */
  readonly row: Command
  /** How many of the rows, as the list -1, keep to what is demanded of them; null where nothing is. */
  readonly passing: Command | null
}

export function insertCommand(plan: InsertPlan, graph: ModelGraph, dialect: SqlDialect): InsertCommand {
  const statement = new Statement(dialect, graph, plan.parameters)
  const model = modelOf(graph, plan.model)
  const fields = plan.fields.map(({ field }) => fieldOf(model, field))
  const sequence = fields.find(field => field.default?.from === 'sequence')
  const { counted } = dialect
  const another = (): Statement => new Statement(dialect, graph, plan.parameters)
  // Where the command itself returns nothing, what is asked for is no part of it.
  const reading = counted === null ? statement : another()
  const asked = askedColumns(plan, model, reading)
  const parts: InsertParts = {
    ...candidateOf(plan, model, fields, statement),
    returning: counted === null ? asked.columns : [],
  }
  // Rows without a key cannot be read again.
  const made =
    counted === null || asked.columns.length === 0 || model.key.length === 0
      ? null
      : madeRead(plan, model, counted, asked.columns, reading)
  const isListed = plan.many && made !== null && made.by === null
  return {
    ...statement.finish(plan.many ? dialect.insertMany(parts) : dialect.insertOne(parts)),
    returning: asked.decodings,
    answer: counted !== null && made === null ? null : answerForm(plan.answer),
    find: null,
    key: null,
    read: null,
    moveSequence: sequence === undefined ? null : (dialect.moveSequence?.(model, sequence) ?? null),
    made,
    listed: isListed && counted !== null ? listedRows(plan, model, fields, counted, another) : null,
  }
}

/** What the plan wants back of each row: its fields, then its answer. */
function askedColumns(plan: InsertPlan, model: ModelNode, statement: Statement) {
  const fields = returned(plan.returning, model, statement)
  return {
    columns: [...fields.map(({ sql }) => sql), ...answerColumns(plan.answer, model, statement)],
    decodings: fields.map(({ decoding }) => decoding),
  }
}

/** All of an insert but what it returns. */
function candidateOf(
  plan: InsertPlan,
  model: ModelNode,
  fields: readonly FieldNode[],
  statement: Statement,
): Omit<InsertParts, 'returning'> {
  const { dialect } = statement
  const types = fields.map(({ type }) => type)
  const check = plan.check === null || isAlways(plan.check) ? null : candidateCheck(plan.check, plan, model, statement)
  const unique =
    plan.ignoreConflictOn === null
      ? undefined
      : model.uniques.find(({ fields: own }) => sameFields(own, plan.ignoreConflictOn ?? []))
  return {
    table: dialect.table(model),
    columns: fields.map(({ column }) => identifier(column)),
    types,
    writes: fields.map(field => storing(dialect.native(field))),
    compares: fields.map(field => dialect.native(field)?.write ?? asItIs),
    placeholders: plan.many ? [bindRows(statement, types)] : bindRow(statement, types),
    overrides: fields.some(field => field.default?.from === 'sequence' || field.default?.from === 'database'),
    check,
    conflict: plan.ignoreConflictOn?.map(field => identifier(fieldOf(model, field).column)) ?? null,
    conflictWhere:
      unique?.liveOnly === true && model.softDeleteField !== null
        ? `${identifier(fieldOf(model, model.softDeleteField).column)} is null`
        : null,
  }
}

const bindRows = (statement: Statement, types: InsertParts['types']): string =>
  statement.bind({ parameter: rowValue(0), as: 'tuples', type: tupleType, types })

const bindRow = (statement: Statement, types: InsertParts['types']): string[] =>
  types.map((type, index) => statement.bind({ parameter: rowValue(index), as: 'value', type }))

const sameFields = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every(field => right.includes(field))

/** The condition over the candidate; a field that is not given is null. */
function candidateCheck(check: Predicate, plan: InsertPlan, model: ModelNode, statement: Statement): string {
  const given = new Set(plan.fields.map(({ field }) => field))
  const stored = tableRow(statement, model, statement.alias('t0'))
  const candidate: Row = {
    ...stored,
    // It has not been put into the form of its columns yet.
    column: name => {
      const value: SqlValue = { ...stored.column(name), own: undefined, folded: undefined }
      const column = identifier(fieldOf(model, name).column)
      return given.has(name)
        ? { ...value, sql: `${stored.alias}.${column}` }
        : { ...value, sql: 'null', nullable: true }
    },
  }
  const scope = scopeOf(statement, [candidate])
  return scope.condition(check, scope).sql
}

/** By what was given of them, if that names them, else by what the database has counted. */
function madeRead(
  plan: InsertPlan,
  model: ModelNode,
  counted: CountedKeys,
  columns: readonly string[],
  statement: Statement,
): MadeRead {
  const { dialect } = statement
  const row = tableRow(statement, model, '')
  const given = plan.fields.map(({ field }) => field)
  const isGiven = (fields: readonly string[]): boolean => fields.every(field => given.includes(field))
  const by = isGiven(model.key) ? model.key : plan.ignoreConflictOn
  const read = (condition: string, order: string, before: readonly string[] = []): Command =>
    statement.finish(
      words(`select ${[...before, ...columns].join(', ')} from ${dialect.table(model)} where`, condition, order),
    )
  if (by === null) {
    const { sql } = row.column(model.key[0] ?? '')
    if (!plan.many) return { ...read(`${sql} = ${counted.last}`, ''), by: null }
    const count = statement.bind({ parameter: 0, as: 'limit', type: integerType })
    return { ...read(counted.among(sql, count), `order by ${sql}`), by: null }
  }
  const places = by.map(field => given.indexOf(field))
  const own = by.map(field => row.column(field))
  const sides = own.map(comparing)
  const types = own.map(({ type }) => type)
  if (!plan.many) {
    const same = sides.map(({ sql, write }, index) => {
      const type = types[index] ?? integerType
      return `${sql} = ${write(statement.bind({ parameter: rowValue(places[index] ?? 0), as: 'value', type }))}`
    })
    return { ...read(same.join(' and '), ''), by: null }
  }
  const found = own.map(column => dialect.column(column))
  const list = dialect.inTuples(
    sides.map(({ sql }) => sql),
    bindRows(statement, types),
    types,
    sides.map(({ write }) => write),
  )
  return {
    ...read(
      list,
      '',
      found.map(({ sql }) => sql),
    ),
    by: { places, decodings: found.map(({ decoding }) => decoding) },
  }
}

function listedRows(
  plan: InsertPlan,
  model: ModelNode,
  fields: readonly FieldNode[],
  counted: CountedKeys,
  statement: () => Statement,
): ListedRows {
  const [row, checking] = [statement(), statement()]
  const candidates = candidateOf(plan, model, fields, checking)
  const { table, columns, types, writes, check } = candidates
  return {
    head: `insert into ${table} (${columns.join(', ')}) values`,
    row: row.finish(`(${written(bindRow(row, types), writes)})`),
    passing: check === null ? null : checking.finish(counted.passing(candidates)),
  }
}
