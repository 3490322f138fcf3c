/** What a table refuses: SQLite keeps it as a part of the text that made the table, and nowhere else. */
import { allConstraints, type ConstraintPart, type CreatedTable, createdTable } from './created-table.ts'

/** Plinth puts names into such quotes: what is called otherwise is somebody else's. */
export const isNamedByPlinth = (sql: string, { start, said }: ConstraintPart): boolean =>
  /^constraint\s+"/iu.test(sql.slice(start, said))

/** The constraints that Plinth has named, as text without needless spaces. */
export function constraintsIn(sql: string, table: CreatedTable = createdTable(sql)): ReadonlyMap<string, string> {
  const named = allConstraints(table).filter(part => isNamedByPlinth(sql, part))
  return new Map(named.map(({ name, said, end }) => [name ?? '', oneSpaced(sql.slice(said, end))]))
}

/** Words that differ in their spaces are different words. */
const oneSpaced = (text: string): string =>
  text.replace(/('(?:[^']|'')*'|"(?:[^"]|"")*")|\s+/gu, (_, quoted?: string) => quoted ?? ' ')
