/** Compares a PostgreSQL database with what the models need, and makes what is missing (semantics 38: only what loses nothing). */
import { enumValues, type FieldNode, type ModelGraph } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import { type IndexShape, type ReferenceShape, type SqlDialect, tableShapes, type TableShape } from '../sql/index.ts'
import { columnTypeOf } from './column-type.ts'
import { identifier } from './encode.ts'
import { type ExistingTable, existingTable } from './existing-tables.ts'
import {
  addReference,
  collationOf,
  columnCheck,
  columnCheckName,
  columnDefinition,
  createIndex,
  createTable,
  isSequence,
} from './table.ts'

export async function compareSchema(
  connection: ServerConnection,
  graph: ModelGraph,
  dialect: SqlDialect,
  schema: string | null,
): Promise<readonly SchemaDifference[]> {
  const tables: SchemaDifference[] = []
  const references: SchemaDifference[] = []
  const namespaces = new Set(schema === null ? [] : [schema])
  for (const shape of tableShapes(graph)) {
    const { model } = shape
    if (model.namespace !== null) namespaces.add(model.namespace)
    const existing = await existingTable(connection, model.namespace ?? schema, model.table)
    const missing = shape.references.filter(({ name }) => existing?.constraints.has(name) !== true)
    if (existing === null) {
      tables.push({
        model: model.name,
        description: `The table "${model.table}" of ${model.name} is missing.`,
        commands: [
          createTable(shape, graph, dialect),
          ...shape.indexes.map(index => createIndex(shape, index, dialect)),
        ],
      })
    } else tables.push(...compareTable(shape, existing, dialect))
    references.push(...missing.flatMap(reference => missingReference(shape, reference, existing, dialect)))
  }
  return [...(await missingSchemas(connection, [...namespaces])), ...tables, ...references]
}

async function missingSchemas(connection: ServerConnection, names: readonly string[]): Promise<SchemaDifference[]> {
  const differences: SchemaDifference[] = []
  for (const name of names) {
    const command = { sql: 'select 1 from pg_namespace where nspname = $1::text', name: null }
    const { rows } = await connection.run(command, [name])
    if (rows.length > 0) continue
    const description = `The schema "${name}" is missing.`
    differences.push({ model: '', description, commands: [`create schema ${identifier(name)}`] })
  }
  return differences
}

function missingReference(
  shape: TableShape,
  reference: ReferenceShape,
  existing: ExistingTable | null,
  dialect: SqlDialect,
): SchemaDifference[] {
  // The same reference under another name serves as well.
  const wanted = referenceText(reference)
  if (existing !== null && [...existing.constraints.values()].some(text => text.startsWith(wanted))) return []
  return [
    {
      model: shape.model.name,
      description: `The reference "${reference.name}" of the table "${shape.model.table}" is missing.`,
      commands: existing === null || existing.empty ? [addReference(shape, reference, dialect)] : null,
    },
  ]
}

const referenceText = ({ columns }: ReferenceShape): string =>
  `FOREIGN KEY (${columns.map(({ column }) => quoteWhenNeeded(column)).join(', ')}) REFERENCES `

const quoteWhenNeeded = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : identifier(name))

function compareTable(shape: TableShape, existing: ExistingTable, dialect: SqlDialect): SchemaDifference[] {
  const { model } = shape
  const differences: SchemaDifference[] = []
  const differ = (description: string, commands: readonly string[] | null): void => {
    differences.push({ model: model.name, description, commands })
  }
  for (const field of shape.columns) compareColumn(shape, field, existing, dialect, differ)
  const wanted = shape.key.map(({ column }) => column)
  if (existing.key.join() !== wanted.join()) {
    differ(
      `The key of the table "${model.table}" is (${existing.key.join(', ')}), and ${model.name} needs (${wanted.join(', ')}).`,
      null,
    )
  }
  // What Plinth does not know must be able to stay empty, or no row could be inserted.
  const known = new Set(shape.columns.map(({ column }) => column))
  for (const { name, required, filled } of existing.columns) {
    if (known.has(name) || !required || filled) continue
    differ(`The column "${model.table}.${name}" refuses null, and ${model.name} has no field for it.`, null)
  }
  for (const check of shape.checks) {
    if (!existing.constraints.has(check.name))
      differ(`The check "${check.name}" of the table "${model.table}" is missing.`, null)
  }
  for (const index of shape.indexes) compareIndex(shape, index, existing, dialect, differ)
  return differences
}

type Differ = (description: string, commands: readonly string[] | null) => void

function compareColumn(
  shape: TableShape,
  field: FieldNode,
  existing: ExistingTable,
  dialect: SqlDialect,
  differ: Differ,
): void {
  const { model } = shape
  const column = existing.columns.find(({ name }) => name === field.column)
  const place = `"${model.table}.${field.column}"`
  if (column === undefined) {
    const fillable = field.nullable || (field.default?.from === 'literal' && field.default.value !== null)
    const missing = `The column "${field.column}" of ${model.name}.${field.name} is missing.`
    if ((fillable || existing.empty) && !model.key.includes(field.name))
      differ(missing, [`alter table ${dialect.table(model)} add column ${columnDefinition(model, field)}`])
    else
      differ(`${missing} Rows that are there have no value for it; a default or optional() would give them one.`, null)
    return
  }
  const type = columnTypeOf(field.type)
  if (column.type !== type)
    differ(`The column ${place} is ${column.type}, and ${model.name}.${field.name} needs ${type}.`, null)
  const collation = collationOf(field)
  if (column.type === type && collation !== null && !sameOrder(column.collation))
    differ(
      `The column ${place} compares text by "${column.collation}", and ${model.name}.${field.name} by code point ("${collation}").`,
      null,
    )
  if (!column.required && !field.nullable && !isSequence(field))
    differ(`The column ${place} allows null, and ${model.name}.${field.name} refuses it.`, null)
  if (column.required && field.nullable)
    differ(`The column ${place} refuses null, and ${model.name}.${field.name} allows it.`, [
      `alter table ${dialect.table(model)} alter column ${identifier(field.column)} drop not null`,
    ])
  compareForm(shape, field, existing, dialect, differ)
}

/** Collations that compare by code point. */
const sameOrder = (collation: string | null): boolean =>
  collation === 'C' || collation === 'POSIX' || collation === 'ucs_basic' || collation === 'pg_c_utf8'

/** The words of an enum: more of them can be allowed, fewer only when nobody uses the rest. */
function compareForm(
  shape: TableShape,
  field: FieldNode,
  existing: ExistingTable,
  dialect: SqlDialect,
  differ: Differ,
): void {
  const check = columnCheck(field)
  if (check === null) return
  const { model } = shape
  const name = columnCheckName(model, field.column)
  const found = existing.constraints.get(name)
  const wanted = enumValues(field.type)
  const words = found === undefined ? null : wordsOf(found)
  if (words !== null && words.length === wanted.length && wanted.every(word => words.includes(word))) return
  const table = dialect.table(model)
  const add = `alter table ${table} add constraint ${identifier(name)} check (${check})`
  const wider = words !== null && words.every(word => wanted.includes(word))
  const description =
    found === undefined
      ? `The constraint "${name}" of the table "${model.table}" is missing: ${check}.`
      : `The constraint "${name}" of the table "${model.table}" is "${found}", and ${model.name} needs "${check}".`
  if (wider) differ(description, [`alter table ${table} drop constraint ${identifier(name)}`, add])
  else differ(description, existing.empty && found === undefined ? [add] : null)
}

/** The words in `CHECK ((state = ANY (ARRAY['new'::text, 'sold'::text])))` or `CHECK ((state = 'new'::text))`. */
function wordsOf(check: string): readonly string[] {
  return Array.from(check.matchAll(/'((?:[^']|'')*)'::text/gu), match => (match[1] ?? '').replaceAll("''", "'"))
}

function compareIndex(
  shape: TableShape,
  index: IndexShape,
  existing: ExistingTable,
  dialect: SqlDialect,
  differ: Differ,
): void {
  const wanted = normal(createIndex(shape, index, dialect))
  const texts = [...existing.indexes.values()].map(normal)
  if (texts.includes(wanted)) return
  const command = createIndex(shape, index, dialect)
  const kind = index.unique ? 'unique index' : 'index'
  if (existing.indexes.has(index.name)) {
    const table = dialect.table(shape.model)
    const schema = table.includes('.') ? `${table.slice(0, table.lastIndexOf('.'))}.` : ''
    differ(`The ${kind} "${index.name}" of ${shape.model.name} has changed.`, [
      `drop index ${schema}${identifier(index.name)}`,
      command,
    ])
  } else differ(`The ${kind} "${index.name}" of ${shape.model.name} is missing.`, [command])
}

/** What an index is, without its name, its schema and the words that PostgreSQL adds. */
function normal(definition: string): string {
  const match =
    /^create (unique )?index (?:"(?:[^"]|"")+"|\S+) on (?:only )?(?:\S+?)(?: using btree)? \((.*?)\)(?: where \(?(.*?)\)?)?$/iu.exec(
      definition.trim(),
    )
  if (match === null) return definition
  const [, unique = '', columns = '', where = ''] = match
  const plain = (text: string): string => text.toLowerCase().replaceAll('"', '').replace(/\s+/gu, ' ').trim()
  return `${plain(unique)} (${plain(columns)}) ${plain(where)}`
}

/** Runs the commands of additive differences; all of them or none. */
export async function applySchema(
  connection: ServerConnection,
  differences: readonly SchemaDifference[],
): Promise<void> {
  const commands = differences.flatMap(difference => difference.commands ?? [])
  if (commands.length === 0) return
  await connection.command('begin')
  try {
    for (const command of commands) await connection.command(command)
    await connection.command('commit')
  } catch (error) {
    await connection.command('rollback')
    throw error
  }
}
