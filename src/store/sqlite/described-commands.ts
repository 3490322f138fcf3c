/** The commands that make what a SQLite file has: SQLite keeps their texts. */
import type { DatabaseSync } from 'node:sqlite'
import type { DescribedCommand } from '../contract/index.ts'

// Tables in which virtual ones keep their rows come and go with those.
const commandSql = `select s.type, s.name, s.tbl_name, s.sql from sqlite_schema s
where s.sql is not null and s.name not like 'sqlite\\_%' escape '\\' and s.tbl_name not like 'plinth\\_%' escape '\\'
  and s.tbl_name not in (select name from pragma_table_list where type = 'shadow')
order by case s.type when 'table' then 1 when 'index' then 2 when 'view' then 3 else 4 end, s.rowid`

export const commandsOf = (database: DatabaseSync): readonly DescribedCommand[] =>
  database
    .prepare(commandSql)
    .all()
    .map(row => {
      const [type = '', name = '', table = '', sql = ''] = Object.values(row).map(String)
      const is = type === 'index' ? ('index' as const) : ('table' as const)
      return {
        about: `Make the ${type} "${name}"${type === 'index' || type === 'trigger' ? ` of "${table}"` : ''}`,
        table,
        sql,
        makes: type === 'trigger' ? null : { is, name },
      }
    })
