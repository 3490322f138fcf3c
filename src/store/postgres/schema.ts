/** Compares a PostgreSQL database with what the models need, and makes what is missing (semantics 38: only what loses nothing). */
import { enumValues, type FieldNode, type ModelGraph } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import {
  type ComparedTable,
  compareTables,
  identifier,
  type SchemaDialect,
  type SqlDialect,
  tableShapes,
} from '../sql/index.ts'
import { textLiteral } from './encode.ts'
import { existingTable } from './existing-tables.ts'
import { bareType } from './native-form.ts'
import { PostgresSchemaDialect } from './schema-dialect.ts'

export async function compareSchema(
  connection: ServerConnection,
  graph: ModelGraph,
  dialect: SqlDialect,
  schema: string | null,
  learn: (compared: ComparedTable, dialect: SchemaDialect) => void,
): Promise<readonly SchemaDifference[]> {
  const words = new PostgresSchemaDialect(graph, dialect)
  const tables: ComparedTable[] = []
  const namespaces = new Set(schema === null ? [] : [schema])
  for (const shape of tableShapes(graph)) {
    const { namespace, table } = shape.model
    if (namespace !== null) namespaces.add(namespace)
    tables.push({ shape, existing: await existingTable(connection, namespace ?? schema, table) })
  }
  for (const table of tables) learn(table, words)
  return [
    ...(await missingSchemas(connection, [...namespaces])),
    ...(await missingTypes(connection, tables)),
    ...compareTables(tables, words),
  ]
}

/** Enums of tables that are to be made have a type of their own, which has to be there before. */
async function missingTypes(
  connection: ServerConnection,
  tables: readonly ComparedTable[],
): Promise<SchemaDifference[]> {
  const wanted = new Map<string, { readonly model: string; readonly field: FieldNode }>()
  for (const { shape, existing } of tables) {
    if (existing !== null) continue
    for (const field of shape.columns) {
      const type = field.native?.['postgres']?.type
      if (field.type.kind === 'enum' && type !== undefined)
        wanted.set(bareType(type), { model: shape.model.name, field })
    }
  }
  const differences: SchemaDifference[] = []
  for (const [type, { model, field }] of wanted) {
    const { rows } = await connection.run({ sql: 'select to_regtype($1::text)', name: null }, [type])
    if (rows[0]?.[0] !== null) continue
    const values = enumValues(field.type).map(textLiteral).join(', ')
    const description = `The type ${type} of ${model}.${field.name} is missing.`
    differences.push({ model, description, commands: [`create type ${type} as enum (${values})`] })
  }
  return differences
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
