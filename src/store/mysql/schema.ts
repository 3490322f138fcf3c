/** Compares a MariaDB database with what the models need, and makes what is missing (semantics 38: only what loses nothing). */
import { enumValues, type FieldNode, type ModelGraph } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import { type IndexShape, type SqlDialect, tableShapes, type TableShape } from '../sql/index.ts'
import { identifier } from './encode.ts'
import { type ExistingTable, existingTable } from './existing-tables.ts'
import {
  addReference,
  columnCheck,
  columnCheckName,
  columnDefinition,
  columnType,
  createIndex,
  createTable,
  isSequence,
  liveColumn,
  liveDefinition,
  tableName,
} from './table.ts'

export async function compareSchema(
  connection: ServerConnection,
  graph: ModelGraph,
  dialect: SqlDialect,
): Promise<readonly SchemaDifference[]> {
  const tables: SchemaDifference[] = []
  const references: SchemaDifference[] = []
  for (const shape of tableShapes(graph)) {
    const { model } = shape
    const table = tableName(model)
    const existing = await existingTable(connection, table)
    if (existing === null) {
      tables.push({
        model: model.name,
        description: `The table "${table}" of ${model.name} is missing.`,
        commands: [
          createTable(shape, graph, dialect),
          ...shape.indexes.map(index => createIndex(shape, index, dialect)),
        ],
      })
    } else tables.push(...compareTable(shape, existing, dialect))
    for (const reference of shape.references) {
      if (existing?.references.has(reference.name) === true) continue
      references.push({
        model: model.name,
        description: `The reference "${reference.name}" of the table "${table}" is missing.`,
        commands: existing === null || existing.empty ? [addReference(shape, reference, dialect)] : null,
      })
    }
  }
  return [...tables, ...references]
}

function compareTable(shape: TableShape, existing: ExistingTable, dialect: SqlDialect): SchemaDifference[] {
  const { model } = shape
  const table = tableName(model)
  const differences: SchemaDifference[] = []
  const differ: Differ = (description, commands) => {
    differences.push({ model: model.name, description, commands })
  }
  for (const field of shape.columns) compareColumn(shape, field, existing, dialect, differ)
  const wanted = shape.key.map(({ column }) => column)
  if (existing.key.join() !== wanted.join())
    differ(
      `The key of the table "${table}" is (${existing.key.join(', ')}), and ${model.name} needs (${wanted.join(', ')}).`,
      null,
    )
  // What Plinth does not know must be able to stay empty, or no row could be inserted.
  const known = new Set([...shape.columns.map(({ column }) => column), liveColumn])
  for (const { name, required, filled } of existing.columns) {
    if (known.has(name) || !required || filled) continue
    differ(`The column "${table}.${name}" refuses null, and ${model.name} has no field for it.`, null)
  }
  for (const check of shape.checks) {
    if (!existing.checks.has(check.name)) differ(`The check "${check.name}" of the table "${table}" is missing.`, null)
  }
  const live = shape.indexes.find(({ liveOnly }) => liveOnly !== null)?.liveOnly ?? null
  if (live !== null && !existing.columns.some(({ name }) => name === liveColumn))
    differ(`The column "${liveColumn}" of the table "${table}" is missing.`, [
      `alter table ${dialect.table(model)} add column ${liveDefinition(live)}`,
    ])
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
  const place = `"${tableName(model)}.${field.column}"`
  if (column === undefined) {
    const fillable = field.nullable || (field.default?.from === 'literal' && field.default.value !== null)
    const missing = `The column "${field.column}" of ${model.name}.${field.name} is missing.`
    if ((fillable || existing.empty) && !model.key.includes(field.name)) {
      const check = columnCheck(field)
      const added = `add column ${columnDefinition(shape, field)}`
      const checked =
        check === null ? '' : `, add constraint ${identifier(columnCheckName(model, field.column))} check (${check})`
      differ(missing, [`alter table ${dialect.table(model)} ${added}${checked}`])
    } else
      differ(`${missing} Rows that are there have no value for it; a default or optional() would give them one.`, null)
    return
  }
  const type = columnType(shape, field)
  if (column.type !== type)
    differ(`The column ${place} is ${column.type}, and ${model.name}.${field.name} needs ${type}.`, null)
  if (!column.required && !field.nullable && !isSequence(field))
    differ(`The column ${place} allows null, and ${model.name}.${field.name} refuses it.`, null)
  if (column.required && field.nullable)
    differ(`The column ${place} refuses null, and ${model.name}.${field.name} allows it.`, [
      `alter table ${dialect.table(model)} modify column ${columnDefinition(shape, field)}`,
    ])
  compareForm(shape, field, existing, dialect, differ)
}

/** The words of an enum: more of them can be allowed, fewer only when nobody uses the rest. */
function compareForm(
  shape: TableShape,
  field: FieldNode,
  existing: ExistingTable,
  dialect: SqlDialect,
  differ: Differ,
): void {
  const check = columnCheck(field)
  if (check === null || field.type.kind !== 'enum') return
  const { model } = shape
  const name = columnCheckName(model, field.column)
  const found = existing.checks.get(name)
  const wanted = enumValues(field.type)
  const words = found === undefined ? null : wordsOf(found)
  if (words !== null && words.length === wanted.length && wanted.every(word => words.includes(word))) return
  const table = dialect.table(model)
  const add = `alter table ${table} add constraint ${identifier(name)} check (${check})`
  const wider = words !== null && words.every(word => wanted.includes(word))
  const description =
    found === undefined
      ? `The constraint "${name}" of the table "${tableName(model)}" is missing: ${check}.`
      : `The constraint "${name}" of the table "${tableName(model)}" is "${found}", and ${model.name} needs "${check}".`
  if (wider) differ(description, [`alter table ${table} drop constraint ${identifier(name)}`, add])
  else differ(description, existing.empty && found === undefined ? [add] : null)
}

const wordsOf = (check: string): readonly string[] =>
  Array.from(check.matchAll(/'((?:[^']|'')*)'/gu), match => (match[1] ?? '').replaceAll("''", "'"))

function compareIndex(
  shape: TableShape,
  index: IndexShape,
  existing: ExistingTable,
  dialect: SqlDialect,
  differ: Differ,
): void {
  const wanted = index.columns.map(({ field, descending }) => (descending ? `${field.column} desc` : field.column))
  if (index.liveOnly !== null) wanted.push(liveColumn)
  const serves = (found: { readonly unique: boolean; readonly columns: readonly string[] }): boolean =>
    found.unique === index.unique && found.columns.join() === wanted.join()
  if ([...existing.indexes.values()].some(serves)) return
  const command = createIndex(shape, index, dialect)
  const kind = index.unique ? 'unique index' : 'index'
  if (existing.indexes.has(index.name)) {
    differ(`The ${kind} "${index.name}" of ${shape.model.name} has changed.`, [
      `drop index ${identifier(index.name)} on ${dialect.table(shape.model)}`,
      command,
    ])
  } else differ(`The ${kind} "${index.name}" of ${shape.model.name} is missing.`, [command])
}

/** Runs the commands of additive differences. MariaDB commits each by itself: one that fails leaves those before it. */
export async function applySchema(
  connection: ServerConnection,
  differences: readonly SchemaDifference[],
): Promise<void> {
  for (const command of differences.flatMap(difference => difference.commands ?? [])) await connection.command(command)
}
