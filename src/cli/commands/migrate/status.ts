/** `plinth migrate status`: what ran on the database and what waits. */
import type { MigrationStatus } from '../../../migrate/index.ts'
import { command } from '../../command.ts'
import { withProgress } from '../../progress.ts'
import { applicationOption, jsonOption } from '../../shared-arguments.ts'
import { loadMigrated, migrating, print, printDatabase } from './shared.ts'

export const migrateStatus = command({
  name: 'migrate status',
  summary: 'Says which migrations ran on the database, and what to do next',
  details: 'Reads the database of DATABASE_URL and changes nothing. Ends with code 0 when nothing waits, else 1.',
  examples: [
    ['plinth migrate status', 'the migrations in order'],
    ['plinth migrate status --json', 'for other programs'],
  ],
  arguments: { app: applicationOption, json: jsonOption },
  async run(given) {
    const application = await loadMigrated(given.app)
    const { hasUnwrittenChanges, readStanding } = await migrating()
    if (given.json !== true) await printDatabase(application)
    const { statuses, adopts } = await withProgress('Reading', () => readStanding(application))
    const unwritten = hasUnwrittenChanges(application)
    const next = nextCommand(statuses, { adopts, unwritten })
    if (given.json === true) print(JSON.stringify({ migrations: statuses, unwritten, next }, null, 2))
    else {
      for (const status of statuses) print(inWords(status))
      if (statuses.length === 0) print('There are no migrations.')
      else if (unwritten) print('The models have changed since the last migration.')
      if (next !== null) print(`\nNext: ${next}`)
    }
    return next === null ? 0 : 1
  },
})

const words: Readonly<Record<MigrationStatus['position'], string>> = {
  waits: 'waits',
  first: 'first half begun',
  between: 'first half done; the second waits until only the new version runs',
  second: 'second half begun',
  done: 'done',
  unknown: 'ran, and is not in the folder: a newer version of the application ran it',
}

export function inWords({ id, position, steps, done, edited, held }: MigrationStatus): string {
  if (held) return `${id}  waits for one before it to be finished`
  const count = position === 'first' || position === 'second' ? ` (step ${done} of ${steps})` : ''
  return `${id}  ${words[position]}${count}${edited ? '; its file was changed after it ran' : ''}`
}

/** Null: nothing waits. `adopts`: what waits would make tables that are there; `unwritten`: models have changed since the last migration. */
export function nextCommand(
  statuses: readonly MigrationStatus[],
  { adopts, unwritten }: { readonly adopts: boolean; readonly unwritten: boolean },
): string | null {
  const waits = statuses.some(({ position }) => position !== 'done' && position !== 'unknown')
  // Nothing is run on, and nothing should be written for, a database that knows more than the folder.
  if ((waits || unwritten) && statuses.some(({ position }) => position === 'unknown'))
    return 'take the version of the application that has all migrations of this database'
  if (unwritten) return 'plinth migrate new'
  const downtime = 'plinth migrate up --downtime, when no version of the application runs'
  if (statuses.some(status => status.position === 'second' && !status.downtime)) return 'plinth migrate up --contract'
  if (statuses.some(({ position }) => position === 'second')) return downtime
  if (statuses.some(({ position, held }) => (position === 'waits' && !held) || position === 'first'))
    return adopts ? 'plinth migrate up --adopt' : 'plinth migrate up'
  const between = statuses.filter(({ position }) => position === 'between')
  if (between.some(status => status.downtime)) return downtime
  return between.length > 0 ? 'plinth migrate up --contract, when no version runs that is older' : null
}
