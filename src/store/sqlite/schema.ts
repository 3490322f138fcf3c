/** Compares the file with what the models need, and makes what is missing (semantics 38: only what loses nothing). */
import type { DatabaseSync } from 'node:sqlite'
import type { ModelGraph } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import { type IndexShape, type SqlDialect, tableShapes, type TableShape } from '../sql/index.ts'
import { identifier } from './encode.ts'
import { columnDefinition, columnType, createIndex, createTable, isSequence, tableName } from './table.ts'

interface ExistingColumn {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly pk: number
}

interface ExistingObject {
  readonly name: string
  readonly sql: string
}

export function compareSchema(
  database: DatabaseSync,
  graph: ModelGraph,
  dialect: SqlDialect,
): readonly SchemaDifference[] {
  return tableShapes(graph).flatMap(shape => compareTable(database, shape, graph, dialect))
}

function compareTable(
  database: DatabaseSync,
  shape: TableShape,
  graph: ModelGraph,
  dialect: SqlDialect,
): SchemaDifference[] {
  const { model } = shape
  const table = tableName(model)
  const existing = database.prepare("select name, sql from sqlite_schema where type = 'table' and name = ?").get(table)
  if (existing === undefined) {
    return [
      {
        model: model.name,
        description: `The table "${table}" of ${model.name} is missing.`,
        commands: [createTable(shape, graph, dialect), ...shape.indexes.map(index => createIndex(shape, index))],
      },
    ]
  }
  const columns = database
    .prepare('select name, type, "notnull", pk from pragma_table_info(?)')
    .all(table) as unknown as ExistingColumn[]
  const indexes = database
    .prepare("select name, sql from sqlite_schema where type = 'index' and tbl_name = ? and sql is not null")
    .all(table) as unknown as ExistingObject[]
  const sql = String(existing['sql'])
  const differences = [
    ...compareColumns(shape, columns),
    ...compareConstraints(shape, graph, dialect, sql),
    ...shape.indexes.flatMap(index => compareIndex(shape, index, indexes)),
  ]
  const strictness = tooStrict(shape, graph, dialect, sql, columns)
  if (strictness.length === 0) return differences
  // Nothing that Plinth does not know of may be lost on the way.
  const known = new Set(shape.columns.map(({ column }) => column))
  const triggers = database.prepare("select 1 from sqlite_schema where type = 'trigger' and tbl_name = ?").get(table)
  const movable =
    triggers === undefined &&
    columns.every(({ name }) => known.has(name)) &&
    differences.every(({ commands }) => commands !== null)
  const description = `The table "${table}" of ${model.name} is stricter than declared: ${strictness.join('; ')}.`
  return [
    ...differences,
    { model: model.name, description, commands: movable ? rebuildTable(shape, graph, dialect) : null },
  ]
}

function compareColumns(shape: TableShape, columns: readonly ExistingColumn[]): SchemaDifference[] {
  const { model } = shape
  const table = tableName(model)
  const byName = new Map(columns.map(column => [column.name, column]))
  const differences: SchemaDifference[] = []
  const differ = (description: string, commands: readonly string[] | null): void => {
    differences.push({ model: model.name, description, commands })
  }
  for (const field of shape.columns) {
    const column = byName.get(field.column)
    if (column === undefined) {
      const addable =
        (field.nullable || (field.default?.from === 'literal' && field.default.value !== null)) &&
        !model.key.includes(field.name)
      const missing = `The column "${field.column}" of ${model.name}.${field.name} is missing.`
      if (addable) differ(missing, addColumn(shape, field))
      else
        differ(
          `${missing} Rows that are there have no value for it; a default or optional() would give them one.`,
          null,
        )
      continue
    }
    const type = columnType(field)
    if (column.type.toLowerCase() !== type)
      differ(
        `The column "${table}.${field.column}" is ${column.type.toLowerCase()}, and ${model.name}.${field.name} needs ${type}.`,
        null,
      )
    const required = column.notnull === 1 || (column.pk > 0 && isSequence(field))
    // A column that refuses null where it is allowed is a table that is too strict.
    if (!required && !field.nullable && !isSequence(field)) {
      differ(`The column "${table}.${field.column}" allows null, and ${model.name}.${field.name} refuses it.`, null)
    }
  }
  const key = columns.filter(({ pk }) => pk > 0).toSorted((left, right) => left.pk - right.pk)
  const wanted = shape.key.map(({ column }) => column)
  if (key.map(({ name }) => name).join() !== wanted.join()) {
    differ(
      `The key of the table "${table}" is (${key.map(({ name }) => name).join(', ')}), and ${model.name} needs (${wanted.join(', ')}).`,
      null,
    )
  }
  // What Plinth does not know must be able to stay empty, or no row could be inserted.
  const known = new Set(shape.columns.map(({ column }) => column))
  for (const column of columns) {
    if (known.has(column.name) || column.notnull === 0 || column.pk > 0) continue
    differ(`The column "${table}.${column.name}" refuses null, and ${model.name} has no field for it.`, null)
  }
  return differences
}

/** A reference comes with its column; of a reference of several columns each is added by itself and the constraint is missing. */
function addColumn(shape: TableShape, field: TableShape['columns'][number]): readonly string[] {
  const reference = shape.references.find(({ columns }) => columns.length === 1 && columns[0] === field)
  const target = reference?.targetColumns[0]
  const onDelete = { restrict: 'no action', cascade: 'cascade', setNull: 'set null' } as const
  const references =
    reference === undefined || target === undefined
      ? ''
      : ` constraint ${identifier(reference.name)} references ${identifier(tableName(reference.target))} (${identifier(target.column)}) on delete ${onDelete[reference.onDelete]}`
  return [
    `alter table ${identifier(tableName(shape.model))} add column ${columnDefinition(shape.model, field)}${references}`,
  ]
}

/** Checks and references by name: their text stands in the table's own command. */
function compareConstraints(
  shape: TableShape,
  graph: ModelGraph,
  dialect: SqlDialect,
  sql: string,
): SchemaDifference[] {
  const { model } = shape
  const table = tableName(model)
  const wanted = constraintsIn(createTable(shape, graph, dialect))
  const existing = constraintsIn(sql)
  const columns = new Set(columnNames(sql))
  const differences: SchemaDifference[] = []
  for (const [name, text] of wanted) {
    const found = existing.get(name)
    if (found === text) continue
    // A missing column is reported as such, and brings its constraint along.
    const own = shape.columns.find(
      ({ column }) => name === `${model.table}_${column}_form` || name === `${model.table}_${column}_reference`,
    )
    if (own !== undefined && found === undefined && !columns.has(own.column)) continue
    if (found !== undefined && own !== undefined && isWider(text, found)) continue
    differences.push({
      model: model.name,
      description:
        found === undefined
          ? `The constraint "${name}" of the table "${table}" is missing: ${text}.`
          : `The constraint "${name}" of the table "${table}" is "${found}", and ${model.name} needs "${text}".`,
      commands: null,
    })
  }
  return differences
}

/** What the table refuses and the model allows: more words of an enum, null, what a check forbade that is declared no more. */
function tooStrict(
  shape: TableShape,
  graph: ModelGraph,
  dialect: SqlDialect,
  sql: string,
  columns: readonly ExistingColumn[],
): string[] {
  const wanted = constraintsIn(createTable(shape, graph, dialect))
  const descriptions: string[] = []
  for (const [name, found] of constraintsIn(sql)) {
    const text = wanted.get(name)
    if (text === undefined) descriptions.push(`its constraint "${name}" is declared no more`)
    else if (text !== found && isWider(text, found))
      descriptions.push(`its constraint "${name}" allows less than is declared`)
  }
  for (const field of shape.columns) {
    const column = columns.find(({ name }) => name === field.column)
    if (field.nullable && column?.notnull === 1) descriptions.push(`its column "${field.column}" refuses null`)
  }
  return descriptions
}

/** Whether an enum's check has all words of another one, and more. */
function isWider(wanted: string, found: string): boolean {
  const words = (check: string): readonly string[] | null => {
    const list = /^check \("(?:[^"]|"")+" in \(('.*')\)\)$/u.exec(check)?.[1]
    return list === undefined ? null : Array.from(list.matchAll(/'((?:[^']|'')*)'/gu), match => match[1] ?? '')
  }
  const [more, less] = [words(wanted), words(found)]
  return more !== null && less !== null && wanted !== found && less.every(word => more.includes(word))
}

/** SQLite cannot change a constraint: a table with the right ones takes the rows over (sqlite.org/lang_altertable.html, section 7). */
function rebuildTable(shape: TableShape, graph: ModelGraph, dialect: SqlDialect): readonly string[] {
  const table = tableName(shape.model)
  const passing = `${table}__rebuilt`
  const columns = shape.columns.map(({ column }) => identifier(column)).join(', ')
  return [
    createTable(shape, graph, dialect, passing),
    `insert into ${identifier(passing)} (${columns}) select ${columns} from ${identifier(table)}`,
    `drop table ${identifier(table)}`,
    `alter table ${identifier(passing)} rename to ${identifier(table)}`,
    ...shape.indexes.map(index => createIndex(shape, index)),
  ]
}

/** The named constraints of a CREATE TABLE command, as text without needless spaces. */
function constraintsIn(sql: string): ReadonlyMap<string, string> {
  const constraints = new Map<string, string>()
  const named = /constraint "((?:[^"]|"")+)" /giu
  for (const match of sql.matchAll(named)) {
    const start = match.index + match[0].length
    constraints.set((match[1] ?? '').replaceAll('""', '"'), constraintText(sql, start))
  }
  return constraints
}

/** From `start` to the comma or bracket that ends the constraint, quotes and brackets respected. */
function constraintText(sql: string, start: number): string {
  let depth = 0
  let quote = ''
  let end = start
  for (; end < sql.length; end++) {
    const character = sql[end] ?? ''
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === "'" || character === '"') quote = character
    else if (character === '(') depth++
    else if (character === ')') {
      if (depth === 0) break
      depth--
    } else if (character === ',' && depth === 0) break
    // A column that was added later has its check and its reference one after the other.
    if (depth === 0 && quote === '' && / constraint "/iuy.test(sql.slice(end, end + 13))) break
  }
  const text = sql.slice(start, end).replace(/\s+/gu, ' ').trim()
  // A reference that came with its column is written shorter.
  return text.replace(/^foreign key \([^)]*\) /u, '')
}

function columnNames(sql: string): string[] {
  return Array.from(sql.matchAll(/[(,]\s*"((?:[^"]|"")+)" (?:text|integer|real|blob)/giu), match =>
    (match[1] ?? '').replaceAll('""', '"'),
  )
}

function compareIndex(shape: TableShape, index: IndexShape, indexes: readonly ExistingObject[]): SchemaDifference[] {
  const command = createIndex(shape, index)
  const found = indexes.find(({ name }) => name === index.name)
  if (found !== undefined && normal(found.sql) === normal(command)) return []
  // An index of the same columns serves as well under another name.
  const same = (sql: string): string => normal(sql).replace(/^(create (?:unique )?index) "(?:[^"]|"")+"/u, '$1')
  if (found === undefined && indexes.some(({ sql }) => same(sql) === same(command))) return []
  const kind = index.unique ? 'unique index' : 'index'
  return [
    found === undefined
      ? {
          model: shape.model.name,
          description: `The ${kind} "${index.name}" of ${shape.model.name} is missing.`,
          commands: [command],
        }
      : {
          model: shape.model.name,
          description: `The ${kind} "${index.name}" of ${shape.model.name} has changed.`,
          commands: [`drop index ${identifier(index.name)}`, command],
        },
  ]
}

const normal = (sql: string): string => sql.replace(/\s+/gu, ' ').trim().toLowerCase()

/** Runs the commands of additive differences; all of them or none. */
export function applySchema(database: DatabaseSync, differences: readonly SchemaDifference[]): void {
  const commands = differences.flatMap(difference => difference.commands ?? [])
  if (commands.length === 0) return
  // A table that is rebuilt is gone for a moment; the pragma does nothing inside a transaction.
  const rebuilds = commands.some(command => command.startsWith('drop table'))
  if (rebuilds) database.exec('pragma foreign_keys = off')
  try {
    database.exec('begin immediate')
    for (const command of commands) database.exec(command)
    const broken = rebuilds ? database.prepare('pragma foreign_key_check').get() : undefined
    if (broken !== undefined)
      throw new Error(
        `A row of "${String(broken['table'])}" refers to a row of "${String(broken['parent'])}" that does not exist.`,
      )
    database.exec('commit')
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  } finally {
    if (rebuilds) database.exec('pragma foreign_keys = on')
  }
}
