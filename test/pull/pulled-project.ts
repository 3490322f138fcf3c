/** A database of a test's own, and a folder into which it is pulled, as its user has both. */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { type Project, project } from '../cli/project.ts'
import type { Ended } from '../cli/resident.ts'
import { emptyDatabase, type Engine } from '../fixtures/engines.ts'
import { administer } from '../services/administration.ts'
import { familyOf } from './awkward.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))

export interface PulledProject extends AsyncDisposable {
  readonly url: string
  readonly folder: string
  /** What the database answers, each cell as text. */
  sql(...statements: readonly string[]): Promise<unknown>
  read(file: string): string
  write(file: string, text: string): void
  /** Puts `to` in the place of `from`, which has to be there. */
  edit(file: string, from: string | RegExp, to: string): void
  files(): readonly string[]
  /** Runs `plinth …` with the database as DATABASE_URL. */
  plinth(...words: readonly string[]): Promise<Ended>
  /** The same on another database. */
  plinthOn(url: string, ...words: readonly string[]): Promise<Ended>
  /** Runs what has to end well: gives what it printed. */
  done(...words: readonly string[]): Promise<string>
  /** Type-checks what was pulled; null when all is well. */
  typecheck(): string | null
  /** What a formatter would change; null when nothing. */
  format(): string | null
  /** Serves the application and gives its address. */
  serve(environment?: Readonly<Record<string, string>>): Promise<string>
}

export async function pulledProject(engine: Engine, statements: readonly string[]): Promise<PulledProject> {
  const database = await emptyDatabase(engine)
  const own: Project = project({})
  const { folder } = own
  const types = join(folder, 'node_modules/@types')
  mkdirSync(types)
  symlinkSync(join(repository, 'node_modules/@types/node'), join(types, 'node'))
  const config = JSON.parse(readFileSync(join(repository, '.oxfmtrc.json'), 'utf8')) as Record<string, unknown>
  writeFileSync(join(folder, '.oxfmtrc.json'), JSON.stringify({ ...config, $schema: undefined, ignorePatterns: [] }))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: strict, include: ['src'] }))
  const path = (file: string): string => join(folder, file)
  const family = familyOf(engine)
  const sql = async (...all: readonly string[]): Promise<unknown> => {
    if (family !== 'sqlite') return administer(family, database.url, ...all)
    const file = new DatabaseSync(database.url.slice('file:'.length))
    try {
      return all.map(statement => file.prepare(statement).all()).at(-1)
    } finally {
      file.close()
    }
  }
  const plinthOn = (url: string, ...words: readonly string[]): Promise<Ended> =>
    own.command(words, { DATABASE_URL: url })
  await sql(...statements)
  return {
    url: database.url,
    folder,
    sql,
    read: file => readFileSync(path(file), 'utf8'),
    write: (file, text) => own.write(file, text),
    edit(file, from, to) {
      const text = readFileSync(path(file), 'utf8')
      const changed = text.replace(from, to)
      if (changed === text) throw new Error(`${file} does not have ${String(from)}:\n${text}`)
      writeFileSync(path(file), changed)
    },
    files: () => (existsSync(path('src/models')) ? readdirSync(path('src/models')).toSorted() : []),
    plinth: (...words) => plinthOn(database.url, ...words),
    plinthOn,
    done: (...words) => own.done(words, { DATABASE_URL: database.url }),
    typecheck: () => typecheck(folder),
    format: () => complaint('oxfmt', ['--list-different', 'src'], folder),
    serve: environment => own.run(['dev', '--no-reload'], { DATABASE_URL: database.url, ...environment }).url(),
    async [Symbol.asyncDispose]() {
      own[Symbol.dispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

/**
 * What the compiler has found out of the last project: the most of it is of Plinth itself, and holds for the next one, in another test
 * file, too. The compiler looks whether what it read is still the same.
 */
const checkedBefore = join(repository, 'node_modules/.cache/pulled.tsbuildinfo')

function typecheck(folder: string): string | null {
  const file = join(folder, 'checked.tsbuildinfo')
  if (existsSync(checkedBefore)) copyFileSync(checkedBefore, file)
  const told = complaint('tsc', ['-p', folder, '--incremental', '--tsBuildInfoFile', file], folder)
  if (existsSync(file)) {
    mkdirSync(dirname(checkedBefore), { recursive: true })
    // Whole at once: another test file may be reading it.
    const own = `${checkedBefore}.${process.pid}`
    copyFileSync(file, own)
    renameSync(own, checkedBefore)
  }
  return told
}

/** Type-checks several at once, which takes hardly longer than one; null when all is well. */
export function typecheckAll(projects: readonly PulledProject[]): string | null {
  const [first] = projects
  if (first === undefined) throw new Error('There is nothing to compile.')
  const include = projects.map(({ folder }) => join(folder, 'src'))
  first.write('tsconfig.all.json', JSON.stringify({ extends: './tsconfig.json', include }))
  return complaint('tsc', ['-p', 'tsconfig.all.json'], first.folder)
}

const strict = {
  target: 'es2024',
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  customConditions: ['plinth-source'],
}

function complaint(program: string, words: readonly string[], folder: string): string | null {
  try {
    execFileSync(join(repository, 'node_modules/.bin', program), words, {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    })
    return null
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    return `${stdout}${stderr}`
  }
}

/** Rules that open every model to everybody. */
export const openRules = (
  models: readonly string[],
  views: readonly string[],
): string => `import { defineRules, everyone } from 'plinth'
import { schema } from './schema.ts'

const open = { read: everyone, create: everyone, update: everyone, delete: everyone }

export const rules = defineRules(schema, {
${models.map(model => `  ${model}: () => open,\n`).join('')}${views.map(model => `  ${model}: () => ({ read: everyone }),\n`).join('')}})
`
