// The package as a user gets it: packed, its shape checked, installed with no driver into an empty folder, every subpath imported.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageProblems } from '../../scripts/check-package.ts'
import { entries } from '../../scripts/entries.ts'

const root = join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  peerDependencies?: Record<string, string>
}
const specifiers = Object.keys(entries).map(subpath => join('plinth', subpath))
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-pack-')))
const user = join(folder, 'user')
const tarball = join(folder, `plinth-${manifest.version}.tgz`)

type Run = { readonly status: number | null; readonly stdout: string; readonly output: string }

/** Runs a program as a user would: this Node first on the path, npm's own configuration, nothing of the npm run we are in. */
function run(cwd: string, program: string, args: readonly string[]): Run {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle|command|execpath)|npm_config_(local_prefix|user_agent)|NODE_OPTIONS)/i.test(name),
  )
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  const result = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...Object.fromEntries(inherited), PATH },
    shell: process.platform === 'win32',
  })
  if (result.error) throw result.error
  return { status: result.status, stdout: result.stdout, output: `${result.stdout}${result.stderr}` }
}

function succeed(result: Run): string {
  if (result.status !== 0) throw new Error(`exit code ${result.status}:\n${result.output}`)
  return result.stdout
}

beforeAll(() => {
  succeed(run(root, 'npm', ['pack', '--pack-destination', folder])) // builds first, by the script `prepack`
  succeed(
    run(folder, 'node', ['-e', "fs.mkdirSync('user'); fs.writeFileSync('user/package.json', '{\"type\":\"module\"}')"]),
  )
  // What is in npm's cache is not asked for again, so that this works without a network after one `npm ci`.
  succeed(run(user, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball]))
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('has the shape other tools expect', { timeout: 60_000 }, () => {
  expect(packageProblems(tarball)).toEqual([])
})

test('contains no tests, no tools and nothing private', () => {
  const files = succeed(run(folder, 'tar', ['-tf', tarball]))
    .trim()
    .split('\n')
  const unwanted = files.filter(
    file =>
      !/^package\/((dist|src)\/.*|docs\/[a-z-]+\.md|(package\.json|README\.md|LICENSE|CHANGELOG\.md))$/.test(file),
  )
  expect(unwanted).toEqual([])
  expect(files.filter(file => /\.test(-d)?\.|\/testdata\/|layers\.json/.test(file))).toEqual([])
})

test('installs no driver', () => {
  const drivers = Object.keys(manifest.peerDependencies ?? {})
  expect(drivers.filter(name => existsSync(join(user, 'node_modules', name)))).toEqual([])
})

test('every entry can be imported', () => {
  const script = `for (const name of ${JSON.stringify(specifiers)}) console.log(name, Object.keys(await import(name)).length)`
  const { status, output } = run(user, 'node', ['--input-type=module', '-e', script])
  // Each exports something, and importing it prints no warning.
  expect(output).toMatch(new RegExp(`^${specifiers.map(name => `${name} [1-9]\\d*\n`).join('')}$`))
  expect(status).toBe(0)
})

// How types resolve for bundlers is the checkers' question, above.
test(
  'its types compile, and what an application exports can be written into declaration files',
  { timeout: 60_000 },
  () => {
    const application = `import { action, createApp, defineHooks, defineRules, defineSchema, everyone, field, maskable, model, partial, projection, routesOf, type Db } from 'plinth'
const User = model({ name: field.text(), profile: field.hasOne('Profile', 'user'), notes: field.hasMany('Note', 'by') })
const Profile = model({ user: field.belongsTo('User').unique(), settings: field.json() })
const Note = model({ text: field.text(), by: field.belongsTo('User'), tags: field.manyToMany('Tag') }, { timestamps: true })
const Tag = model({ name: field.text().key() })
export const schema = defineSchema({ User, Profile, Note, Tag }, {
  caller: 'User',
  computed: { User: ({ row }) => ({ size: row.notes.count(), hidden: maskable(row.name) }) },
})
export const rules = defineRules(schema, { Note: () => ({ read: everyone }) })
export const hooks = defineHooks(schema, {})
export const shared = { title: field.text(), by: field.id('User'), more: partial({ on: field.date() }) }
export const View = projection(schema, 'Note', ({ row }) => ({ text: row.text }))
export const latest = action(schema, { input: shared, output: [View], run: ({ db }) => db.Note.find() })
export const routes = routesOf(schema)
export const notes = (db: Db<typeof schema>) => db.Note
export const page = (db: Db<typeof schema>) => db.Note.page({ include: { by: true } })
export default createApp({ schema, rules, hooks })
`
    writeFileSync(join(user, 'application.ts'), application)
    const imports = specifiers.map(
      (specifier, index) => `import * as entry${index} from '${specifier}'\nvoid entry${index}\n`,
    )
    writeFileSync(join(user, 'entries.ts'), imports.join(''))
    const options =
      '--declaration --emitDeclarationOnly --outDir out --strict --target es2024 --module nodenext --skipLibCheck false --types node'
    const types = ['--typeRoots', join(root, 'node_modules/@types')]
    const compiler = join(root, 'node_modules/.bin/tsc')
    const files = ['application.ts', 'entries.ts']
    const { output } = run(user, compiler, [...options.split(' '), ...types, '--pretty', 'false', ...files])
    // Mistakes in the types of packages Plinth depends on are theirs.
    const ours = output.split('\n').filter(line => /^(\w+\.ts|.*node_modules\/plinth\/)/.test(line))
    expect(ours).toEqual([])
    expect(existsSync(join(user, 'out/application.d.ts'))).toBe(true)
  },
)

test('the command plinth gives its help', () => {
  const { status, stdout } = run(user, join(user, 'node_modules/.bin/plinth'), ['--help'])
  expect(stdout).toMatch(/plinth/i)
  expect(status).toBe(0)
})

test('every source map leads to a source in the package', () => {
  const installed = join(user, 'node_modules/plinth')
  const maps = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.map'),
  )
  const missing = maps.filter(file => {
    const map = JSON.parse(readFileSync(join(installed, 'dist', file), 'utf8')) as { sources: string[] }
    return map.sources.some(source => !existsSync(join(installed, 'dist', dirname(file), source)))
  })
  expect(maps.length).toBeGreaterThan(0)
  expect(missing).toEqual([])
})
