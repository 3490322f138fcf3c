/** `plinth seed`: runs the application's seed on the database. */
import type { SeedReport } from '../../app/index.ts'
import { command } from '../command.ts'
import { findApplication, loadApplication } from '../find-application.ts'
import { withProgress } from '../progress.ts'
import { applicationArgument, jsonOption } from '../shared-arguments.ts'
import { durationOf, number } from '../transfer-arguments.ts'

export const seed = command({
  name: 'seed',
  summary: 'Puts the first rows into the database',
  details: [
    'Runs the option "seed" of createApp on the database of DATABASE_URL, in one transaction: all of it or nothing. A database that has',
    'rows is left alone and its rows are told, unless --add says that the seed adds to them. "plinth dev" does the same by itself when it',
    'starts on a database without rows.',
  ].join('\n'),
  examples: [
    ['plinth seed', 'an empty database'],
    ['plinth seed --add', 'one that has rows'],
  ],
  arguments: {
    app: applicationArgument,
    add: { type: 'boolean', description: 'Run it although there are rows' },
    'time-limit': { type: 'string', valueHint: 'time', description: 'For all of it: 30s, 10m, 2h; 10m by default' },
    json: jsonOption,
  },
  async run(given) {
    const found = findApplication(given.app, process.cwd(), 'seed')
    const { defaultTimeLimit, runSeed } = await import('../../app/index.ts')
    const app = await loadApplication(found)
    const options = {
      root: found.root,
      environment: process.env,
      add: given.add === true,
      timeLimit: durationOf('--time-limit', given['time-limit'], defaultTimeLimit),
    }
    const report = await withProgress('Seeding', () => runSeed(app, options))
    process.stdout.write(`${given.json === true ? JSON.stringify(report, null, 2) : print(report)}\n`)
    return 0
  },
})

const words: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  restore: 'restored',
  change: 'changed',
}

function print({ models }: SeedReport): string {
  if (models.length === 0) return 'The seed has run and changed no row.'
  return models
    .map(({ model, changes }) => {
      const parts = Object.entries(changes).map(([what, count]) => `${number(count)} ${words[what] ?? what}`)
      return `${model}: ${parts.join(', ')}`
    })
    .join('\n')
}
