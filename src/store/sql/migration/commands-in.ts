/** The commands of a step of a migration: each ends with a semicolon at the end of a line. */

export function commandsIn(sql: string): readonly string[] {
  const [settings = ''] = settingsBefore.exec(sql) ?? []
  const rest = sql.slice(settings.length)
  if (hasBody(rest)) return [...split(settings).filter(command => command !== ''), rest]
  return split(sql)
}

/** How the session is to read what comes behind them. */
const settingsBefore = /^(?:set session \w+ = (?:'[^']*'|\w+);\n)*/iu

function split(sql: string): readonly string[] {
  const commands: string[] = []
  let start = 0
  for (const { 0: found, index } of sql.matchAll(quotedOrEnd)) {
    if (!found.startsWith(';')) continue
    commands.push(sql.slice(start, index))
    start = index + found.length
  }
  return [...commands, sql.slice(start)]
}

/** What stands in quotes or in a comment is passed over. */
const quotedOrEnd = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|--[^\n]*|\/\*[\s\S]*?\*\/|;\s*\n/gu

/** What has commands of its own inside is one command. */
const hasBody = (sql: string): boolean =>
  /^(?:set statement sql_mode = '[^']*' for )?create (?:or replace )?(?:definer\s*=\s*\S+ )?(?:aggregate )?(?:trigger|procedure|function|event)\b/iu.test(
    sql,
  )
