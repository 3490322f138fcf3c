/** `plinth migrate rename`: says that something in the models is what was there under another name. */
import { command } from '../../command.ts'
import { applicationOption } from '../../shared-arguments.ts'
import { loadMigrated, migrating, print } from './shared.ts'

export const migrateRename = command({
  name: 'migrate rename',
  summary: 'Says what a field or model was called before, so that it keeps its values',
  details: [
    'Does in plinth.snapshot.json what renamedFrom does in code: the table or column that something was born with goes over to its new',
    'name. The database needs no command, and the old version of the application can run beside the new one.',
  ].join('\n'),
  examples: [
    ['plinth migrate rename Article.title headline', 'a field, which is called headline in the model already'],
    ['plinth migrate rename Article Post', 'a model'],
  ],
  arguments: {
    from: { type: 'positional', required: true, description: 'What it was called', valueHint: 'Article.title' },
    to: { type: 'positional', required: true, description: 'What it is called now', valueHint: 'headline' },
    app: applicationOption,
  },
  async run(given) {
    const application = await loadMigrated(given.app)
    const { renameBornName } = await migrating()
    renameBornName(application, given.from, given.to)
    print(`${given.from} is ${given.to} now, with what it held. wrote  plinth.snapshot.json`)
    print('\nCommit it. Next: plinth migrate new')
    return 0
  },
})
