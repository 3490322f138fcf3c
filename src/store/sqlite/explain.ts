/** What SQLite says about how it will carry a statement out. */
import type { DatabaseSync } from 'node:sqlite'
import type { Bound } from './encode.ts'

interface Step {
  readonly id: number
  readonly parent: number
  readonly detail: string
}

// A statement that is only explained needs no values: what is not bound counts as null.
function stepsOf(database: DatabaseSync, sql: string, bound: readonly Bound[]): readonly Step[] {
  return database.prepare(`explain query plan ${sql}`).all(...bound) as unknown as readonly Step[]
}

/** The steps as an indented list. */
export function explainCommand(database: DatabaseSync, sql: string, given: unknown): string {
  const bound = isBound(given) && placeholders(sql) === given.bound.length ? given.bound : []
  const depths = new Map<number, number>([[0, -1]])
  return stepsOf(database, sql, bound)
    .map(({ id, parent, detail }) => {
      const depth = (depths.get(parent) ?? -1) + 1
      depths.set(id, depth)
      return `${'  '.repeat(depth)}${detail}`
    })
    .join('\n')
}

const isBound = (given: unknown): given is { readonly bound: readonly Bound[] } =>
  typeof given === 'object' && given !== null && 'bound' in given && Array.isArray(given.bound)

const placeholders = (sql: string): number => sql.split('?').length - 1

/** Whether the outermost rows are sorted, and so all of them are looked at before the first comes out. */
export const sortsAllRows = (database: DatabaseSync, sql: string): boolean =>
  stepsOf(database, sql, []).some(
    ({ parent, detail }) => parent === 0 && detail.startsWith('USE TEMP B-TREE FOR') && detail.includes('ORDER BY'),
  )
