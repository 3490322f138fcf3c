/** A table that a migration alters, and the commands that do. */
import type { Command, PhysicalTable } from '../sql/index.ts'
import { type Alteration, type Alterations, alterTable, type Tables } from './alterations.ts'

export interface AlteredTable extends Tables {
  /** How the server at hand alters tables. */
  readonly by: Alterations
}

/** How the alteration is carried out on this table, where that could be in its way. */
export const command = (altered: AlteredTable, { way, ...alteration }: Alteration): Command =>
  commandOn(altered.table, { ...alteration, way: altered.by.anyWay(altered, way) })

/** In its way, whatever the table is like. */
export const commandOn = (table: PhysicalTable, { text, way, kind = 'statement' }: Alteration): Command => ({
  kind,
  sql: `${alterTable(table)} ${text}, ${way.words}`,
  lock: way.lock,
  work: way.work,
})
