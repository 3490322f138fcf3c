/** The commands that make what a database has, as it prints them itself. */
import { dependenciesFirst } from '../../lib/index.ts'
import type { DescribedCommand } from '../contract/index.ts'
import type { ServerConnection } from '../server/index.ts'
import { identifier } from '../sql/index.ts'
import { coordinatesSql, withCoordinates } from './coordinates.ts'
import { inMode, modeSetting } from './session-mode.ts'
import type { Variety } from './variety.ts'

const here = 'schema = database()'
const tableSql = `select table_name, table_type from information_schema.tables where table_${here} and table_name not like 'plinth\\_%' order by cast(table_name as binary)`
const routineSql = `select routine_name, lower(routine_type) from information_schema.routines where routine_${here} order by routine_type, cast(routine_name as binary)`
const triggerSql = `select trigger_name, event_object_table from information_schema.triggers where trigger_${here} and event_object_table not like 'plinth\\_%' order by cast(event_object_table as binary), action_timing, event_manipulation, action_order`

/** `notes` gets sentences about what cannot be told. */
export async function commandsOf(
  connection: ServerConnection,
  variety: Variety,
  notes: string[],
): Promise<readonly DescribedCommand[]> {
  const rows = async (sql: string): Promise<readonly (readonly string[])[]> =>
    (await connection.run({ sql, name: null }, [])).rows.map(row =>
      row.map(cell => (cell === null ? '' : String(cell))),
    )
  const shown = async (what: string, names: readonly string[]): Promise<readonly Shown[]> => {
    const found: Shown[] = []
    for (const name of names) {
      // In a mode that may not be the usual one.
      const shows = rows(`show create ${what} ${inAnyMode(name)}`)
      const [[, second = '', third = ''] = []] = await shows.catch((error: unknown) => {
        if (isHidden(error)) return []
        throw error
      })
      if ((isBody(what) ? third : second) === '')
        notes.push(
          `The first migration does not make the ${what} "${name}": the database does not show it to this user.`,
        )
      else found.push({ name, second, third })
    }
    return found
  }
  const found = await rows(tableSql)
  const named = (type: RegExp): readonly string[] =>
    found.flatMap(([name = '', is = '']) => (type.test(is) ? [name] : []))
  const [[database = ''] = []] = await rows('select database()')
  const systems = variety.printsCoordinates ? [] : await rows(coordinatesSql)
  const tables = (await shown('table', named(/^(?:BASE TABLE|SYSTEM VERSIONED)$/u))).map(table => ({
    ...table,
    second: withCoordinates(
      table.second,
      systems.filter(([of]) => of === table.name),
    ),
  }))
  const commands: DescribedCommand[] = [
    ...(await shown('sequence', named(/^SEQUENCE$/u))).map(({ name, second }) =>
      again(`Make the sequence "${name}"`, null, second),
    ),
    ...tables.map(table => tableCommand(table, database)),
    ...tables.flatMap(referenceCommands),
  ]
  const bodies = async (what: string, name: string, about: string, table: string | null): Promise<void> => {
    const found = await inMode(connection, variety.printsInOwnMode ? null : '', () => shown(what, [name]))
    commands.push(...found.map(one => bodyCommand(about, table, one, variety)))
  }
  for (const [name = '', type = ''] of await rows(routineSql))
    await bodies(type, name, `Make the ${type} "${name}"`, null)
  for (const { name, second } of inOrder(await shown('view', named(/^VIEW$/u))))
    commands.push(again(`Make the view "${name}"`, name, quotesDoubled(second)))
  for (const [name = '', table = ''] of await rows(triggerSql)) {
    await bodies('trigger', name, `Make the trigger "${name}" of "${table}"`, table)
  }
  return commands
}

/** Literals in the form that is read in a step of a migration: with a quote doubled, as it needs no escape. */
const quotesDoubled = (text: string): string =>
  text.replaceAll(/"(?:[^"]|"")*"|'(?:[^'\\]|''|\\.)*'/gsu, found =>
    found.startsWith('"')
      ? found
      : found.replaceAll(/\\(.)/gsu, (escape, letter: string) => (letter === "'" ? "''" : escape)),
  )

/** The second and the third column: the text, or the mode that it was written in and the text. */
interface Shown {
  readonly name: string
  readonly second: string
  readonly third: string
}

/** Whom it belongs to is nothing that another server would know. */
const definer = /^(CREATE .*?)DEFINER=(["`])(?:(?!\2).|\2\2)*\2(?:@\2(?:(?!\2).|\2\2)*\2)? /u

const again = (about: string, table: string | null, sql: string): DescribedCommand => ({
  about,
  table,
  sql: sql.replace(definer, '$1').replace(/^create (?!or replace )/iu, 'CREATE OR REPLACE '),
  makes: null,
})

const inAnyMode = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** What has commands inside is kept as it was written, and is read in the mode of then. */
const isBody = (what: string): boolean => what !== 'table' && what !== 'view' && what !== 'sequence'

function bodyCommand(
  about: string,
  table: string | null,
  { second: mode, third }: Shown,
  { replacesBodies }: Variety,
): DescribedCommand {
  const command = replacesBodies
    ? again(about, table, third)
    : { about, table, sql: third.replace(definer, '$1').replace(bodyHead, '$1IF NOT EXISTS '), makes: null }
  // The server reads a command as a whole before it carries out any of it, also one that sets a mode for another (`set statement … for`).
  return { ...command, sql: `${modeSetting(mode)};\n${command.sql}` }
}

const bodyHead = /^(CREATE (?:TRIGGER|FUNCTION|PROCEDURE) )/u

/** A right is missing (ER_TABLEACCESS_DENIED_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR), or a view shows what is gone (ER_VIEW_INVALID). */
const isHidden = (error: unknown): boolean =>
  error instanceof Error && 'errno' in error && [1142, 1227, 1356].includes(Number(error.errno))

/** A line of what `show create table` prints. */
const referenceForm = /^ {2}CONSTRAINT ("(?:[^"]|"")+") (FOREIGN KEY .+?),?$/u

/** The table without its references: tables may refer to each other in a circle. Numbers that were counted up are of rows. */
function tableCommand({ name, second }: Shown, database: string): DescribedCommand {
  const lines = second.split('\n').filter(line => !referenceForm.test(line))
  const sql = quotesDoubled(lines.join('\n'))
    .replace(/,\n\)/u, '\n)')
    .replace(/^(\).*?) AUTO_INCREMENT=\d+/mu, '$1')
    .replaceAll(`nextval(${identifier(database)}.`, 'nextval(')
  return { about: `Make the table "${name}"`, table: name, sql, makes: { is: 'table', name } }
}

const referenceCommands = ({ name: table, second }: Shown): readonly DescribedCommand[] =>
  second.split('\n').flatMap((line): readonly DescribedCommand[] => {
    const [, quoted = '', reference = ''] = referenceForm.exec(line) ?? []
    // What another database has is not there.
    if (quoted === '' || / REFERENCES "(?:[^"]|"")+"\./u.test(reference)) return []
    const name = quoted.slice(1, -1).replaceAll('""', '"')
    const sql = `ALTER TABLE ${identifier(table)} ADD CONSTRAINT ${quoted} ${reference}`
    return [{ about: `Add the constraint "${name}" of "${table}"`, table, sql, makes: { is: 'constraint', name } }]
  })

/** A view comes after those that it shows: their names stand in its text. */
const inOrder = (views: readonly Shown[]): readonly Shown[] =>
  dependenciesFirst(views, ({ second }) => views.filter(view => second.includes(identifier(view.name))))
