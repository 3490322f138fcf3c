/** The checks of tables, as the information schema has them: each server prints an expression in words of its own, and here they become one form. */
import type { ServerConnection } from '../server/index.ts'
import { unenforced } from './schema-dialect.ts'
import type { Variety } from './variety.ts'

export interface FoundCheck {
  readonly table: string
  readonly name: string
  /** It stands in the definition of the column whose name it bears. */
  readonly ofColumn: boolean
  /** Constants between single quotes, in which a quote is doubled and nothing else is special; at the end whether rows are held to it. */
  readonly clause: string
}

const sources = {
  mariadb: `select t.table_name, t.constraint_name, t.level, t.check_clause, 'YES' from information_schema.check_constraints t
 where t.constraint_schema = database()`,
  mysql: `select t.table_name, c.constraint_name, 'Table', c.check_clause, t.enforced from information_schema.check_constraints c
 join information_schema.table_constraints t on t.constraint_schema = c.constraint_schema and t.constraint_name = c.constraint_name
 where c.constraint_schema = database() and t.constraint_type = 'CHECK'`,
} as const

/** `table`: its checks alone; null: those of all tables. */
export async function foundChecks(
  connection: ServerConnection,
  variety: Variety,
  table: string | null,
): Promise<readonly FoundCheck[]> {
  const of = table === null ? '' : ' and t.table_name = ?'
  const sql = `${sources[variety.name]}${of} order by cast(t.constraint_name as binary)`
  const { rows } = await connection.run({ sql, name: null }, table === null ? [] : [table])
  return rows.map(row => {
    const [ofTable = '', name = '', level = '', clause = '', enforced = ''] = row.map(cell =>
      cell === null ? '' : String(cell),
    )
    return {
      table: ofTable,
      name,
      ofColumn: level === 'Column',
      clause: `${expressionOf(clause, variety)}${enforced === 'NO' ? unenforced : ''}`,
    }
  })
}

/** An expression as the catalogue has it. MySQL escapes the whole once more, puts it into parentheses, and the character set before each constant. */
export function expressionOf(printed: string, { printsAsWritten }: Variety): string {
  if (printsAsWritten) return constantsIn(printed)
  const once = printed.replaceAll(/\\(.)/gsu, '$1')
  return constantsIn(once.replaceAll(/_utf8mb4(?=')/gu, '')).replace(/^\((.*)\)$/su, '$1')
}

/** A text of the catalogue with its constants in the plain form: a quote is doubled, and nothing else is special. */
export const constantsIn = (clause: string): string =>
  clause.replaceAll(/'(?:[^'\\]|\\.|'')*'/gsu, constant => {
    const text = constant
      .slice(1, -1)
      .replaceAll(/\\(.)|''/gsu, (_escape, escaped?: string) => meaningOf(escaped ?? "'"))
    return `'${text.replaceAll("'", "''")}'`
  })

/** The character that a backslash and this one mean (dev.mysql.com/doc/refman/8.4/en/string-literals.html). */
function meaningOf(escaped: string): string {
  const special: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', Z: '\u001A' }
  return special[escaped] ?? escaped
}
