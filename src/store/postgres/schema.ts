/** Compares a PostgreSQL database with what the models need, and makes what is missing (semantics 38: only what loses nothing). */
import type { ModelGraph } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import { type ComparedTable, compareTables, type SqlDialect, tableShapes } from '../sql/index.ts'
import { identifier } from './encode.ts'
import { existingTable } from './existing-tables.ts'
import { PostgresSchemaDialect } from './schema-dialect.ts'

export async function compareSchema(
  connection: ServerConnection,
  graph: ModelGraph,
  dialect: SqlDialect,
  schema: string | null,
): Promise<readonly SchemaDifference[]> {
  const tables: ComparedTable[] = []
  const namespaces = new Set(schema === null ? [] : [schema])
  for (const shape of tableShapes(graph)) {
    const { namespace, table } = shape.model
    if (namespace !== null) namespaces.add(namespace)
    tables.push({ shape, existing: await existingTable(connection, namespace ?? schema, table) })
  }
  const differences = compareTables(tables, new PostgresSchemaDialect(graph, dialect))
  return [...(await missingSchemas(connection, [...namespaces])), ...differences]
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
