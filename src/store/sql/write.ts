/** Write plans as commands. */
import { fieldOf, isAlways, type ModelGraph, type ModelNode, modelOf, type Predicate } from '../../model/index.ts'
import type { Answer, DeletePlan, UpdatePlan, WriteResult } from '../../query/index.ts'
import type { Decoding, KeyedRows, SqlDialect, SqlValue } from './dialect.ts'
import { typedValueSql } from './expression.ts'
import { converted } from './number.ts'
import { objectJson } from './output.ts'
import { scopeOf } from './predicate.ts'
import { comparing, guarded, type Row, type Scope, storing, tableRow, whereClause } from './row.ts'
import { words } from './select.ts'
import { findsByKey, keyList, keyParameters } from './selective.ts'
import { type Command, Statement, tupleType } from './statement.ts'
import { identifier } from './table-words.ts'

/** A row of the result has one column for each field of `returning`. */
export interface WriteCommand extends Command {
  /** To be run before: locks the rows and gives their keys, which the command then takes as its list, -1. */
  readonly find: FindKeys | null
  /** The parameters that are the key of the one row which it changes, where the command itself cannot return it. */
  readonly key: readonly number[] | null
  /** To be run behind, where the command itself cannot answer. */
  readonly read: Command | null
  readonly returning: readonly Decoding[]
  /** The answer's JSON is the next column after `returning`, null when it is not told; the version, if asked for, the one after. */
  readonly answer: { readonly version: boolean } | null
  /** To be run afterwards, in the same transaction: the rows brought keys that the database counts otherwise. */
  readonly moveSequence: string | null
}

export interface FindKeys extends Command {
  readonly key: readonly Decoding[]
}

/** Bindings with a negative parameter are values of the row: -1 is its first field. Many rows are bound as one list, -1. */
export const rowValue = (index: number): number => -1 - index

/** The table's own columns, unqualified: a RETURNING clause knows no alias. */
export function returned(fields: readonly string[], model: ModelNode, statement: Statement) {
  const row = tableRow(statement, model, '')
  return fields.map(field => statement.dialect.column(row.column(field)))
}

export const updateCommand = (plan: UpdatePlan, graph: ModelGraph, dialect: SqlDialect): WriteCommand =>
  plan.set.length === 0 ? lockCommand(plan, graph, dialect) : changeCommand(plan, graph, dialect)

export const deleteCommand = (plan: DeletePlan, graph: ModelGraph, dialect: SqlDialect): WriteCommand =>
  changeCommand(plan, graph, dialect)

function changeCommand(plan: UpdatePlan | DeletePlan, graph: ModelGraph, dialect: SqlDialect): WriteCommand {
  if (!dialect.changesReturn) return plan.single ? changeOne(plan, graph, dialect) : changeByKeys(plan, graph, dialect)
  const statement = new Statement(dialect, graph, plan.parameters)
  const model = modelOf(graph, plan.model)
  const row = tableRow(statement, model, statement.alias('t0'))
  const scope = scopeOf(statement, [row])
  const change = changeText(plan, `${dialect.table(model)} as ${row.alias}`, scope, row)
  return {
    ...plainWrite,
    returning: returned(plan.returning, model, statement).map(({ decoding }) => decoding),
    answer: answerForm(answerIn(plan)),
    ...statement.finish(words(change, where(plan.where, scope, row), returningClause(plan, model, statement))),
  }
}

/** A command with nothing to be run before or behind it. */
const plainWrite = Object.freeze({ answer: null, find: null, key: null, read: null, moveSequence: null })

const answerIn = (plan: UpdatePlan | DeletePlan): Answer | null => (plan.kind === 'update' ? plan.answer : null)

const changeText = (plan: UpdatePlan | DeletePlan, table: string, scope: Scope, row: Row): string =>
  plan.kind === 'delete'
    ? `delete from ${table}`
    : `update ${table} set ${assignments(plan, scope, row, '').join(', ')}`

/** Finds the rows and locks them. */
function lockCommand(plan: UpdatePlan, graph: ModelGraph, dialect: SqlDialect): WriteCommand {
  const { key, ...find } = keysCommand(plan, modelOf(graph, plan.model), new Statement(dialect, graph, plan.parameters))
  return { ...plainWrite, ...find, returning: key }
}

/** The keys of the rows, which it locks in their order: two who want the same rows do not wait for each other in turn. */
function keysCommand(plan: UpdatePlan | DeletePlan, model: ModelNode, statement: Statement): FindKeys {
  const { dialect } = statement
  const row = tableRow(statement, model, statement.alias('t0'))
  const columns = plan.returning.map(name => dialect.column(row.column(name)))
  const command = words(
    `select ${columns.map(({ sql }) => sql).join(', ')} from`,
    ...keysFrom(plan.where, scopeOf(statement, [row]), row),
    dialect.rowLock,
  )
  return { ...statement.finish(command), key: columns.map(({ decoding }) => decoding) }
}

/** Table, condition and order. Where a list of keys is followed it has the order; the engine gives it in that of the keys. */
function keysFrom(predicate: Predicate, scope: Scope, row: Row): readonly string[] {
  const { statement } = scope
  const { dialect } = statement
  const keyed = keyList(predicate, row.model)
  if (dialect.rowsByKeys !== null && keyed !== null)
    return [dialect.rowsByKeys(keyedRows(row, keyed.list, statement)), where(keyed.rest, scope, row)]
  const found = [`${dialect.table(row.model)} ${row.alias}`, where(predicate, scope, row)]
  const isOne = row.model.key.length === 0 || keyParameters(predicate, row.model) !== null
  if (dialect.rowsByKeys !== null || dialect.rowLock === '' || isOne) return found
  return [...found, `order by ${row.model.key.map(name => row.column(name).sql).join(', ')}`]
}

/** `list`: a parameter that is a list of keys, or what takes its place. */
function keyedRows({ model, column }: Row, list: number, statement: Statement): KeyedRows {
  const types = model.key.map(name => fieldOf(model, name).type)
  const compared = model.key.map(name => comparing(column(name)))
  const [only] = types
  const tuples = list < 0 || types.length > 1 || only === undefined
  const bound = tuples
    ? statement.bind({ parameter: list, as: 'tuples', type: tupleType, types })
    : statement.bind({ parameter: list, as: 'list', type: only })
  return {
    table: statement.dialect.table(model),
    key: compared.map(({ sql }) => sql),
    writes: compared.map(({ write }) => write),
    types,
    list: bound,
    tuples,
  }
}

function assignments(plan: UpdatePlan, scope: Scope, row: Row, prefix: string): string[] {
  const { dialect } = scope.statement
  return plan.set.map(({ field, to }) => {
    const target: SqlValue = row.column(field)
    const column = `${prefix}${identifier(fieldOf(row.model, field).column)}`
    const write = storing(target.own?.form)
    return `${column} = ${write(converted(dialect, typedValueSql(to, scope), target.type).sql)}`
  })
}

/** A condition that looks at many rows is stopped when the time is over. */
function where(predicate: Predicate, scope: Scope, row: Row): string {
  const guard = findsByKey(predicate, row.model) ? null : scope.statement.dialect.guard(row.alias, row.model, 0)
  return whereClause(guarded(guard, isAlways(predicate) ? null : scope.condition(predicate, scope).sql))
}

function returningClause(plan: UpdatePlan | DeletePlan, model: ModelNode, statement: Statement): string {
  const columns = returned(plan.returning, model, statement).map(({ sql }) => sql)
  const all = [...columns, ...answerColumns(answerIn(plan), model, statement)]
  return all.length === 0 ? '' : `returning ${all.join(', ')}`
}

export const answerForm = (answer: Answer | null): WriteCommand['answer'] =>
  answer === null ? null : { version: answer.versionField !== null }

/** The row as its writer may read it, from the columns that a RETURNING clause sees. */
export function answerColumns(answer: Answer | null, model: ModelNode, statement: Statement): string[] {
  if (answer === null) return []
  const row = tableRow(statement, model, '')
  const scope = scopeOf(statement, [row])
  const { json } = statement.dialect
  const text = json.text(objectJson(answer.outputs, scope, { joins: [], tables: [] }))
  const whole = json.bytes === null ? text : json.bytes(text)
  const told = isAlways(answer.readable)
    ? whole
    : `case when ${scope.condition(answer.readable, scope).sql} then ${whole} end`
  return answer.versionField === null ? [told] : [told, row.column(answer.versionField).sql]
}

/** The row that the plan names by its key: changed in one command, and read by another one when its writer wants it back. */
function changeOne(plan: UpdatePlan | DeletePlan, graph: ModelGraph, dialect: SqlDialect): WriteCommand {
  const model = modelOf(graph, plan.model)
  const key = keyParameters(plan.where, model)
  if (key === null || plan.returning.join() !== model.key.join())
    throw new Error('A single change names its row by the key.')
  const statement = new Statement(dialect, graph, plan.parameters)
  const row = tableRow(statement, model, '')
  const scope = scopeOf(statement, [row])
  const change = changeText(plan, dialect.table(model), scope, row)
  const answer = answerIn(plan)
  return {
    ...plainWrite,
    ...statement.finish(words(change, where(plan.where, scope, row))),
    returning: [],
    answer: answerForm(answer),
    key,
    read: answer === null ? null : readCommand(answer, key, model, new Statement(dialect, graph, plan.parameters)),
  }
}

/** The row by its key, as an answer. */
function readCommand(answer: Answer, key: readonly number[], model: ModelNode, statement: Statement): Command {
  const row = tableRow(statement, model, '')
  const same = model.key.map((field, index) => {
    const column = row.column(field)
    const { sql, write } = comparing(column)
    return `${sql} = ${write(statement.bind({ parameter: key[index] ?? 0, as: 'value', type: column.type }))}`
  })
  const columns = answerColumns(answer, model, statement)
  return statement.finish(
    `select ${columns.join(', ')} from ${statement.dialect.table(model)} where ${same.join(' and ')}`,
  )
}

/** In two commands: rows are found and locked, then changed by their keys. */
function changeByKeys(plan: UpdatePlan | DeletePlan, graph: ModelGraph, dialect: SqlDialect): WriteCommand {
  const model = modelOf(graph, plan.model)
  if (plan.returning.join() !== model.key.join()) throw new Error('A change returns the keys of its rows.')
  const find = keysCommand(plan, model, new Statement(dialect, graph, plan.parameters))
  const changing = new Statement(dialect, graph, plan.parameters)
  const row = tableRow(changing, model, changing.alias('t0'))
  const scope = scopeOf(changing, [row])
  const change = dialect.changeByKeys({
    ...keyedRows(row, rowValue(0), changing),
    set: plan.kind === 'delete' ? null : assignments(plan, scope, row, `${row.alias}.`),
  })
  return { ...plainWrite, ...changing.finish(change), returning: find.key, find }
}

/** What of a result row answers the writer. */
export function answerOf(
  { returning, answer }: Pick<WriteCommand, 'returning' | 'answer'>,
  row: readonly unknown[] | undefined,
): { readonly answer?: NonNullable<WriteResult['answer']> } {
  if (answer === null || row === undefined) return {}
  const json = row[returning.length]
  const version = answer.version ? Number(row[returning.length + 1]) : null
  return { answer: { json: typeof json === 'string' || json instanceof Uint8Array ? json : null, version } }
}
