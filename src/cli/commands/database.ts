/** `plinth database`: compares the database with the models, and applies what only adds. */
import { command } from '../command.ts'
import { findApplication, loadApplication } from '../find-application.ts'
import { withProgress } from '../progress.ts'
import { applicationArgument, jsonOption } from '../shared-arguments.ts'

export const database = command({
  name: 'database',
  summary: 'Compares the database with the models, and applies what only adds',
  details: [
    'Prints each difference between the database of DATABASE_URL and what the models need. With --apply the differences that only',
    'add (tables, columns, indexes) are applied in one transaction. What would lose or rename something is never done by itself;',
    '--recreate begins anew: it moves the file away, next to where it was, and makes an empty database.',
    'Ends with code 0 when the database fits, else 1.',
  ].join('\n'),
  examples: [
    ['plinth database', 'show the differences'],
    ['plinth database --apply', 'make a new database, or add what is missing'],
    ['plinth database --recreate', 'begin with an empty database; the old file is kept'],
    ['DATABASE_URL=file:/srv/shop.db plinth database --json', 'another database, for other programs'],
  ],
  arguments: {
    app: applicationArgument,
    apply: { type: 'boolean', description: 'Apply differences that only add' },
    recreate: { type: 'boolean', description: 'Set the database file aside and make an empty one' },
    json: jsonOption,
  },
  async run(given) {
    const found = findApplication(given.app, process.cwd(), 'database')
    const { openDatabase } = await import('../../app/index.ts')
    const app = await loadApplication(found)
    const apply = given.apply === true || given.recreate === true
    await using opened = await openDatabase(app, {
      root: found.root,
      environment: process.env,
      setAside: given.recreate === true,
      looks: !apply,
    })
    if (opened.setAside !== null) process.stderr.write(`The database that was there is now ${opened.setAside}\n`)
    const before = await withProgress('Comparing', () => opened.differences())
    const additive = before.filter(({ commands }) => commands !== null)
    if (apply && additive.length > 0) await withProgress('Applying', () => opened.apply(additive))
    const applied = apply ? additive : []
    const left = apply ? await opened.differences() : before
    if (given.json === true) process.stdout.write(`${JSON.stringify({ applied, differences: left }, null, 2)}\n`)
    else {
      for (const { description } of applied) process.stdout.write(`applied  ${description}\n`)
      for (const { description, commands } of left) {
        process.stdout.write(`${commands === null ? 'by hand' : 'adds   '}  ${description}\n`)
        for (const line of commands ?? []) process.stdout.write(`           ${line}\n`)
      }
      if (left.length === 0) process.stdout.write('The database fits the models.\n')
    }
    return left.length === 0 ? 0 : 1
  },
})
