/** `plinth migrate new`: writes a migration from what changed in the models. */
import type { PlannedMigration, WrittenMigration } from '../../../migrate/index.ts'
import { command } from '../../command.ts'
import { applicationOption } from '../../shared-arguments.ts'
import { decisionOptions, decisionsOf, loadMigrated, migrating, print, repeatableDecisions } from './shared.ts'

export const migrateNew = command({
  name: 'migrate new',
  summary: 'Writes a migration from what changed in the models',
  details: [
    'Compares the models with the state after all migrations and writes a folder in migrations/: one file of SQL for each database, to',
    'be read and committed. No database is needed. Nothing is asked: what only you can know (renamed or dropped? which value for rows that',
    'are there?) is refused with every way on.',
  ].join('\n'),
  examples: [
    ['plinth migrate new', 'named after what it does'],
    ['plinth migrate new ratings --fill Article.rating=0', 'rows that are there get 0'],
    ['plinth migrate new --drop Article.summary', 'it is gone for good, not renamed'],
    ['plinth migrate new --data', 'with a file data.ts for code that moves data'],
    ['plinth migrate new --database sqlite,postgres', 'for several databases, from the first migration on'],
  ],
  arguments: {
    name: { type: 'positional', required: false, description: 'What it is called', valueHint: 'add-rating' },
    app: applicationOption,
    ...decisionOptions,
    data: { type: 'boolean', description: 'Add data.ts for code that moves data' },
  },
  repeatable: repeatableDecisions,
  async run(given, words) {
    const application = await loadMigrated(given.app)
    const { newMigration } = await migrating()
    const { migration, added, snapshot } = await newMigration(application, {
      name: given.name ?? null,
      ...(await decisionsOf(given, words)),
      withCode: given.data === true,
    })
    for (const file of added) print(`wrote  ${file}`)
    if (migration === null) {
      print('The models have not changed since the last migration.')
      return 0
    }
    printWritten(migration)
    if (snapshot) print('wrote  plinth.snapshot.json')
    print('\nRead it and commit it. Next: plinth migrate up')
    return 0
  },
})

export function printWritten({ files, plans, left }: WrittenMigration): void {
  for (const file of files) print(`wrote  ${file}`)
  // What is the same for several databases is said once.
  const told = Map.groupBy(plans, ([, plan]) => stepsTold(plan, left.length > 0).join('\n'))
  for (const [steps, alike] of told) {
    const whose = told.size > 1 ? `${alike.map(([database]) => database).join(', ')}: ` : ''
    print(`\n${whose}${steps}`)
  }
  if (left.length > 0) print('\nLeft in the database, as their tables were there before their models:')
  for (const name of left) print(`  ${name}; to drop it: plinth migrate new --drop ${name}`)
}

function stepsTold({ first, second }: PlannedMigration, leaves: boolean): readonly string[] {
  const steps = [...first, ...second]
  if (steps.length === 0) return [`${leaves ? 'The' : 'Names move; the'} database needs no command.`]
  const indented = (half: PlannedMigration['first']): readonly string[] => half.map(({ about }) => `  ${about}`)
  const downtime = steps.filter(step => step.downtime).map(({ about }) => about)
  return [
    ...(first.length > 0 ? ['While the old version still runs:', ...indented(first)] : []),
    ...(second.length > 0 ? ['When only the new version runs:', ...indented(second)] : []),
    ...(downtime.length > 0 ? [`No version may run meanwhile: ${downtime.join('; ')}`] : []),
  ]
}
