/** `plinth migrate rebase`: writes a migration anew on top of those of another branch. */
import { command } from '../../command.ts'
import { applicationOption } from '../../shared-arguments.ts'
import { printWritten } from './new.ts'
import {
  decisionOptions,
  decisionsOf,
  loadMigrated,
  migrating,
  print,
  printDatabase,
  repeatableDecisions,
} from './shared.ts'

export const migrateRebase = command({
  name: 'migrate rebase',
  summary: 'Writes a migration anew on top of those of another branch',
  details: [
    'After a merge, migrations of both branches run as they are where they change different things. Where they do not go together, one',
    'of them, which has run nowhere but on your own database, is taken away and written anew from the models as they are now. Its data.ts is kept.',
    'It can be that of either branch: what is left to do on top of the other differs, and one may do without downtime.',
  ].join('\n'),
  examples: [
    ['plinth migrate rebase', 'the last one'],
    ['plinth migrate rebase 20261125192301-add-rating', 'this one'],
  ],
  arguments: {
    id: { type: 'positional', required: false, description: 'The migration', valueHint: 'migration' },
    app: applicationOption,
    ...decisionOptions,
  },
  repeatable: repeatableDecisions,
  async run(given, words) {
    const application = await loadMigrated(given.app, { rebased: given.id ?? null })
    const { readStanding, rebaseMigration } = await migrating()
    const hasRun = async (id: string): Promise<boolean> => {
      await printDatabase(application)
      return (await readStanding(application)).statuses.some(status => status.id === id && status.position !== 'waits')
    }
    const decisions = await decisionsOf(given, words)
    const { replaced, migration } = await rebaseMigration(application, given.id ?? null, decisions, hasRun)
    print(`removed  migrations/${replaced}`)
    if (migration === null) print('The others have made all of its changes.')
    else printWritten(migration)
    print('\nRead it and commit it. Next: plinth migrate up')
    return 0
  },
})
