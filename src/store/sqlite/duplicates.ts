/** Which values stand in the way of a unique index: SQLite says only in which columns, other databases also say which. */
import type { DatabaseSync } from 'node:sqlite'
import { identifier } from '../sql/index.ts'
import { lastingName } from './replace-table.ts'

/** The most keys that are told. */
const mostKeys = 3
const longestValue = 60

/**
 * Adds to an error of SQLite, as its `detail`, which keys have several rows. It is looked at after the rollback: a table that was made anew has
 * its own name again.
 */
export function tellDuplicates(database: DatabaseSync, error: unknown): void {
  if (!(error instanceof Error)) return
  const places = /^UNIQUE constraint failed: (.+)$/.exec(error.message)?.[1]?.split(', ') ?? []
  const [first] = places
  const dot = first?.indexOf('.') ?? -1
  // An index of an expression is named instead of columns.
  if (first === undefined || dot === -1) return
  const table = lastingName(first.slice(0, dot))
  const columns = places.map(place => place.slice(dot + 1))
  const names = columns.map(identifier).join(', ')
  try {
    const keys = database
      .prepare(
        `select ${names} from ${identifier(table)} where ${columns.map(name => `${identifier(name)} is not null`).join(' and ')}
         group by ${names} having count(*) > 1 limit ${mostKeys + 1}`,
      )
      .all()
    if (keys.length === 0) return
    const told = keys.slice(0, mostKeys).map(key => columns.map(name => `${name} = ${shown(key[name])}`).join(', '))
    const more = keys.length > mostKeys ? '; and others' : ''
    Object.assign(error, { detail: `Several rows have ${told.join('; ')}${more}.` })
  } catch {
    // The table has another name, or none any more: what SQLite says has to do.
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}
