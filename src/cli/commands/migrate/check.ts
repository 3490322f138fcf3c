/** `plinth migrate check`: whether models, migrations and database belong together. */
import { command } from '../../command.ts'
import { withProgress } from '../../progress.ts'
import { applicationOption } from '../../shared-arguments.ts'
import { loadMigrated, migrating, print, printDatabase } from './shared.ts'
import { inWords, nextCommand } from './status.ts'

export const migrateCheck = command({
  name: 'migrate check',
  summary: 'Says whether models, migrations and database belong together',
  details: [
    'For CI: the migrations of all branches go together, the models have no change that no migration has, and, unless --offline is given,',
    'the database of DATABASE_URL is what the migrations that ran have made of it and no file was changed after it ran.',
    'Ends with code 0 when all of that holds, else 1.',
  ].join('\n'),
  examples: [
    ['plinth migrate check', 'with the database of DATABASE_URL'],
    ['plinth migrate check --offline', 'in CI, without a database'],
  ],
  arguments: {
    app: applicationOption,
    offline: { type: 'boolean', description: 'Look at models and files only' },
  },
  async run(given) {
    const application = await loadMigrated(given.app)
    const { checkDatabase, hasUnwrittenChanges } = await migrating()
    const problems: string[] = []
    const unwritten = hasUnwrittenChanges(application)
    let next = nextCommand([], { adopts: false, unwritten })
    if (unwritten) problems.push('The models have changed since the last migration.')
    if (given.offline !== true) {
      await printDatabase(application)
      const { statuses, adopts, drift } = await withProgress('Comparing', () => checkDatabase(application))
      problems.push(...statuses.filter(({ edited, position }) => edited || position === 'unknown').map(inWords))
      problems.push(...drift.map(({ description }) => `The database differs from the migrations: ${description}`))
      const waiting = statuses.filter(({ position }) => position === 'waits').length
      if (waiting > 0)
        print(`${waiting} ${waiting === 1 ? 'migration has' : 'migrations have'} not run on this database.`)
      for (const status of statuses) {
        if ((status.position === 'first' || status.position === 'second') && !status.edited) print(inWords(status))
      }
      next = nextCommand(statuses, { adopts, unwritten })
    }
    for (const problem of problems) print(problem)
    if (problems.length === 0) print('Models and migrations belong together.')
    if (next !== null) print(`\nNext: ${next}`)
    return problems.length === 0 ? 0 : 1
  },
})
