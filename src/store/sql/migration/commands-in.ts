/** The commands of a step of a migration: each ends with a semicolon at the end of a line. */

export const commandsIn = (sql: string): readonly string[] => sql.split(/;\s*\n/u)
