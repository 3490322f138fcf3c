/** Compares a database with what the models need, and makes what is missing (semantics 38: only what loses nothing). */
import type { ModelGraph } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import {
  type ComparedTable,
  compareTables,
  flatTableName,
  type SchemaDialect,
  type SqlDialect,
  tableShapes,
} from '../sql/index.ts'
import { existingTable } from './existing-tables.ts'
import { requireRoom } from './index-room.ts'
import { MysqlSchemaDialect } from './schema-dialect.ts'
import type { Variety } from './variety.ts'

export async function compareSchema(
  connection: ServerConnection,
  graph: ModelGraph,
  { dialect, variety }: { readonly dialect: SqlDialect; readonly variety: Variety },
  learn: (compared: ComparedTable, dialect: SchemaDialect) => void,
): Promise<readonly SchemaDifference[]> {
  const tables: ComparedTable[] = []
  for (const shape of tableShapes(graph)) {
    requireRoom(shape, variety)
    tables.push({ shape, existing: await existingTable(connection, flatTableName(shape.model), variety) })
  }
  const words = new MysqlSchemaDialect(graph, dialect, variety)
  for (const table of tables) learn(table, words)
  return compareTables(tables, words)
}

/** Runs the commands of additive differences. Each is committed by itself: one that fails leaves those before it. */
export async function applySchema(
  connection: ServerConnection,
  differences: readonly SchemaDifference[],
): Promise<void> {
  for (const command of differences.flatMap(difference => difference.commands ?? [])) await connection.command(command)
}
