/** Systems of coordinates: `show create table` of MariaDB does not print them, but a list of all columns that have one does. */
import { identifier } from '../sql/index.ts'

export const coordinatesSql =
  'select g_table_name, g_geometry_column, srid from information_schema.geometry_columns where g_table_schema = database() and srid <> 0'

/** What made a table, with its rows of the list as they are written (`ref_system_id`). */
export const withCoordinates = (created: string, listed: readonly (readonly unknown[])[]): string => {
  const systems = listed.map(([, column, system]) => ({
    name: `  ${identifier(String(column))} `,
    system: String(system),
  }))
  return created
    .split('\n')
    .map(line => {
      const found = systems.find(({ name }) => line.startsWith(name))
      if (found === undefined) return line
      const { name, system } = found
      return line.slice(name.length).replace(/^\w+/u, type => `${name}${type} ref_system_id=${system}`)
    })
    .join('\n')
}
