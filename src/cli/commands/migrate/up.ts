/** `plinth migrate up`: runs what has not run yet. */
import type { RunEvent, RunMode } from '../../../migrate/index.ts'
import { refusal } from '../../../error/index.ts'
import { command } from '../../command.ts'
import { applicationOption } from '../../shared-arguments.ts'
import { loadMigrated, migrating, print, printDatabase } from './shared.ts'

export const migrateUp = command({
  name: 'migrate up',
  summary: 'Runs the migrations that have not run on the database',
  details: [
    'First halves run while the old version of the application still serves. What would disturb it waits for the second half: run that with',
    '--contract when only the new version serves. On an empty database everything runs at once. What no version survives is refused',
    'without --downtime. Only one runs at a time. A step that fails leaves nothing of itself, and the command goes on there when it is run again.',
  ].join('\n'),
  examples: [
    ['plinth migrate up', 'before the new version is started'],
    ['plinth migrate up --contract', 'after the old version is gone'],
    ['plinth migrate up --downtime', 'while no version runs'],
    ['plinth migrate up --adopt', 'on a database that was there before its migrations'],
  ],
  arguments: {
    app: applicationOption,
    contract: { type: 'boolean', description: 'Also second halves: only the new version runs' },
    downtime: { type: 'boolean', description: 'Everything: no version runs' },
    adopt: { type: 'boolean', description: 'Take what is there already as done' },
    patience: {
      type: 'string',
      default: '30',
      valueHint: 'seconds',
      description: 'How long a step may wait for locks',
    },
  },
  async run(given) {
    const application = await loadMigrated(given.app)
    const patience = secondsOf(given.patience) * 1000
    if (application.history.migrations.length === 0) {
      print('There are no migrations. Next: plinth migrate new')
      return 1
    }
    const { ApplicationDatabase } = await migrating()
    await printDatabase(application)
    await using database = await ApplicationDatabase.open(application)
    const mode: RunMode = given.downtime === true ? 'downtime' : given.contract === true ? 'contract' : 'up'
    const result = await database.run({
      mode,
      adopt: given.adopt === true,
      patience,
      report: reporter(),
    })
    if (result.ran === 0) print('Nothing was left to run.')
    for (const { description } of result.drift) print(`The database differs from the migrations: ${description}`)
    if (result.held.length > 0)
      print(
        `${result.held.join(', ')} ${result.held.length === 1 ? 'waits' : 'wait'}: ${result.waiting.join(', ')} has to be finished before.`,
      )
    if (result.downtime)
      print('\nNext: stop every version of the application, then: plinth migrate up --downtime, and start the new one')
    else if (result.waiting.length > 0)
      print('\nNext: start the new version. When no older one runs: plinth migrate up --contract')
    else if (result.drift.length > 0) print('\nNext: plinth database shows the differences with their commands')
    else print('\nThe database has all migrations. Next: plinth start')
    return result.drift.length > 0 ? 1 : 0
  },
})

const day = 86_400

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds <= day) return seconds
  throw refusal('migrate.option-invalid', { option: '--patience', reason: 'it is a number of seconds, a day at most' })
}

/** Prints each step as it begins, and how many rows a long one has come to. */
function reporter(): (event: RunEvent) => void {
  let told = performance.now()
  return event => {
    switch (event.kind) {
      case 'begins':
        print(`${event.id}, ${event.half} half`)
        break
      case 'step':
        print(`  ${event.step}/${event.steps}  ${event.about}`)
        break
      case 'rows':
        if (performance.now() - told < 1000) return
        told = performance.now()
        process.stderr.write(`        ${event.rows} rows\n`)
        break
      case 'done':
        if (event.result === 'there') print('        is there already')
        if (event.result === 'gone') print('        is gone already')
        if (event.result === 'blocked')
          print(
            '        not in the way that the file names: the database has copied the table, and nobody wrote to it meanwhile',
          )
        break
    }
  }
}
