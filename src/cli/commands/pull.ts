/** `plinth pull`: takes an existing database over. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PulledApplication } from '../../app/index.ts'
import { refusal } from '../../error/index.ts'
import { command } from '../command.ts'
import { withProgress } from '../progress.ts'
import { jsonOption } from '../shared-arguments.ts'

export const pull = command({
  name: 'pull',
  summary: 'Writes models for a database that is there already',
  details: [
    'Writes a file for each table into src/models, src/schema.ts, and, where there are none yet, closed rules, src/app.ts and package.json.',
    'The first pull also writes the first migration: what makes an empty database the same, in the words of this one.',
    'The database is only read. Pulled again, it brings the files up to date and leaves what was changed by hand: where both have changed a',
    'line, yours stays and the other one is printed. plinth.pull.json remembers what was pulled last; commit it.',
    'Without a URL the variable DATABASE_URL is taken, from .env too. Passwords are neither written nor printed.',
    'Ends with code 0 when all is in its place, 1 when lines are left for you to settle.',
  ].join('\n'),
  examples: [
    ['plinth pull file:./shop.db', 'a file of SQLite'],
    ['plinth pull "postgres://reader@db.internal/shop?schema=sales"', 'one schema of PostgreSQL'],
    ['DATABASE_URL=mysql://reader:secret@localhost/shop plinth pull', 'without the password in the list of processes'],
  ],
  arguments: {
    url: {
      type: 'positional',
      required: false,
      description: 'The database; DATABASE_URL without it',
      valueHint: 'url',
    },
    into: {
      type: 'string',
      valueHint: 'folder',
      description: 'The folder of the application; the current one without it',
    },
    json: jsonOption,
  },
  async run(given) {
    const folder = process.cwd()
    const root = resolve(folder, given.into ?? '.')
    const url = given.url ?? variableIn(root)
    if (url === undefined || url === '') throw refusal('boot.pull-no-url', {})
    const { pullDatabase } = await import('../../app/index.ts')
    const pulled = await withProgress('Reading the database', () =>
      pullDatabase({ url, root, from: given.url === undefined ? root : folder }),
    )
    process.stdout.write(
      given.json === true ? `${JSON.stringify(pulled, null, 2)}\n` : print(pulled, given.url === undefined),
    )
    return pulled.conflicts.length === 0 ? 0 : 1
  },
})

function variableIn(root: string): string | undefined {
  const variables = join(root, '.env')
  if (existsSync(variables)) process.loadEnvFile(variables)
  return process.env['DATABASE_URL']
}

function print(pulled: PulledApplication, isSet: boolean): string {
  const { models, written, removed, conflicts, notes } = pulled
  const lines = [
    ...written.map(path => `wrote    ${path}`),
    ...removed.map(path => `removed  ${path}`),
    ...(written.length + removed.length === 0 ? ['Nothing has changed.'] : []),
    ...section('What models have no word for', notes),
  ]
  if (conflicts.length > 0) lines.push('', 'To be settled by hand')
  for (const { path, conflict, reason } of conflicts) {
    const place = conflict === null ? path : `${path}:${conflict.line}`
    lines.push('', `  ${place}: ${reason}; yours stays.`)
    for (const line of conflict?.pulled ?? []) lines.push(`    the database has  ${line.trim()}`)
    if (conflict?.pulled.length === 0) lines.push('    the database has nothing there')
  }
  return `${[...lines, '', `${models} models. ${nextOf(pulled, isSet)}`.trimEnd()].join('\n')}\n`
}

/** `isSet`: DATABASE_URL is where the database was found. */
function nextOf({ written, removed, conflicts, first }: PulledApplication, isSet: boolean): string {
  if (conflicts.length > 0) return 'Look at these lines, then: plinth migrate new'
  if (!first)
    return written.length + removed.length === 0 ? '' : 'Next: plinth migrate new, then plinth migrate up --adopt'
  return `Open a model in src/rules.ts${isSet ? '' : ', set DATABASE_URL'}, then: plinth migrate up --adopt, and plinth dev`
}

const section = (title: string, sentences: readonly string[]): readonly string[] =>
  sentences.length === 0 ? [] : ['', title, '', ...sentences.map(sentence => `  ${sentence}`)]
