/** The databases that migrations are written for. Each is loaded only when it is asked for. */
import { refusal } from '../../error/index.ts'
import { nearest } from '../../lib/index.ts'
import type { MigrationDialect } from '../../store/sql/index.ts'

export const migratedDatabases = ['sqlite', 'postgres', 'mariadb', 'mysql'] as const
export type MigratedDatabase = (typeof migratedDatabases)[number]

const isKnown = (name: string): name is MigratedDatabase => (migratedDatabases as readonly string[]).includes(name)

export function requireDatabase(name: string): MigratedDatabase {
  if (isKnown(name)) return name
  const near = nearest(name, migratedDatabases)
  throw refusal('migrate.name-unknown', { what: 'database', name, where: '', nearest: near })
}

export async function dialectOf(name: MigratedDatabase, now: Date): Promise<MigrationDialect> {
  switch (name) {
    case 'sqlite':
      return (await import('../../store/sqlite/index.ts')).sqliteMigrations(now)
    case 'postgres':
      return (await import('../../store/postgres/index.ts')).postgresMigrations()
    case 'mariadb':
      return (await import('../../store/mysql/index.ts')).mariadbMigrations()
    case 'mysql':
      return (await import('../../store/mysql/index.ts')).mysqlMigrations()
  }
}
