/** `plinth dev`: serves the application and starts it anew when a file changes. */
import { command } from '../command.ts'
import { supervise } from '../dev/supervise.ts'
import { findApplication } from '../find-application.ts'
import { addressArguments, addressVariables, applicationArgument } from '../shared-arguments.ts'

export const dev = command({
  name: 'dev',
  summary: 'Serves the application, and starts it again when a file changes',
  details: [
    'Without a database a SQLite file is made (data/app.db). Changes of the models that only add are applied to it;',
    'others are named with the command that does them. The columns of the models are written to plinth.snapshot.json:',
    'commit that file. Each request is printed with what it did; the last ones are at /dev/requests.',
  ].join('\n'),
  examples: [
    ['plinth dev', 'app.ts or src/app.ts of this folder, on port 3000'],
    ['plinth dev examples/shop --port 4000', 'another folder, another port'],
    ['DATABASE_URL=memory: plinth dev', 'rows are gone when it ends'],
  ],
  arguments: {
    app: applicationArgument,
    ...addressArguments,
    reload: {
      type: 'boolean',
      default: true,
      description: 'Start again when a file changes',
      negativeDescription: 'Run one version only',
    },
  },
  async run(given) {
    const { file, root } = findApplication(given.app, process.cwd(), 'dev')
    return supervise({
      file,
      root,
      environment: { ...process.env, NODE_ENV: 'development', ...addressVariables(given) },
      reload: given.reload,
      print: text => process.stdout.write(`${text}\n`),
    })
  },
})
