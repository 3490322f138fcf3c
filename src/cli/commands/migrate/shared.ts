/** What the commands of `plinth migrate` have in common. */
import type { MigratedApplication } from '../../../app/index.ts'
import { refusal } from '../../../error/index.ts'
import { valuesOf } from '../../command.ts'
import { findApplication, loadApplication } from '../../find-application.ts'

/** What only a developer can decide about a change. */
export const decisionOptions = {
  database: {
    type: 'string',
    valueHint: 'name',
    description: 'sqlite, postgres, mariadb or mysql; several with commas',
  },
  drop: {
    type: 'string',
    valueHint: 'Article.title',
    description: 'A field or model that is dropped, not renamed; may come several times',
  },
  fill: {
    type: 'string',
    valueHint: 'Article.rating=0',
    description: 'What rows get in a field that is required from now on; may come several times',
  },
  'by-hand': {
    type: 'string',
    valueHint: 'Article.title',
    description: 'A field whose column is changed by hand, as no command keeps its values; may come several times',
  },
} as const

/** Those of them that may come more than once. */
export const repeatableDecisions = ['drop', 'fill', 'by-hand'] as const satisfies (keyof typeof decisionOptions)[]

/** What writes and runs migrations, with all that an application is made of. */
export const migrating = async () => (await import('../../../app/index.ts')).migrating()

/** Loads the application with its migrations. `more.rebased`: the one that is written anew. */
export async function loadMigrated(
  given: string | undefined,
  more: { readonly rebased?: string | null } = {},
): Promise<MigratedApplication> {
  const found = findApplication(given, process.cwd(), 'migrate')
  const { migratedApplication } = await migrating()
  return migratedApplication(await loadApplication(found), { root: found.root, environment: process.env, ...more })
}

/** Which database the command looks at: it is said before anything is done there. */
export async function printDatabase(application: MigratedApplication): Promise<void> {
  const { databasePlace } = await migrating()
  print(`Database: ${databasePlace(application)}`)
}

/** The databases of `--database`; null where nothing is said. */
async function databasesOf(given: string | undefined) {
  if (given === undefined) return null
  const { requireDatabase } = await migrating()
  return given.split(',').map(name => requireDatabase(name.trim()))
}

interface GivenDecisions {
  readonly database?: string | undefined
}

/** What was decided on the command line about a migration that is written now. `words`: as they were written. */
export async function decisionsOf({ database }: GivenDecisions, words: readonly string[]) {
  return {
    databases: await databasesOf(database),
    drops: valuesOf('drop', words),
    byHand: valuesOf('by-hand', words),
    fills: fillsOf(valuesOf('fill', words)),
    now: new Date(),
  }
}

/** `Article.rating=0` for each `--fill`. */
function fillsOf(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map(text => {
      const end = text.indexOf('=')
      if (end > 0) return [text.slice(0, end), text.slice(end + 1)] as const
      throw refusal('migrate.name-invalid', { reason: `Write --fill as Article.rating=0, not "${text}"` })
    }),
  )
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`)
