/** The migration that `plinth migrate rebase` writes anew, and the history without it. */
import { refusal } from '../../error/index.ts'
import { nearest } from '../../lib/index.ts'
import { type History, type Migration, orderMigrations } from '../../migrate/index.ts'

/** `given` null: the last one. */
export function chosenHead({ heads, migrations }: History, given: string | null): Migration {
  const found = given === null ? heads.at(-1) : heads.find(({ id }) => id === given || id.endsWith(`-${given}`))
  if (found !== undefined) return found
  if (given === null) throw refusal('migrate.name-invalid', { reason: 'There are no migrations' })
  if (migrations.some(({ id }) => id === given))
    throw refusal('migrate.name-invalid', {
      reason: `Others build on ${given}; only one on which none does can be written anew`,
    })
  const near = nearest(
    given,
    heads.map(({ id }) => id),
  )
  throw refusal('migrate.name-unknown', { what: 'migration', name: given, where: '', nearest: near })
}

export function withoutMigration(history: History, id: string): History {
  const others = orderMigrations(history.migrations.filter(migration => migration.id !== id))
  if (others.ok) return others.history
  throw refusal('migrate.history-invalid', { reason: others.problem })
}
