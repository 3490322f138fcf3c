// Each stage of `npm run check` passes on a small repository in order, and fails when something it is there for is wrong.
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkStages } from '../../scripts/check-stages.ts'
import { exportsOf } from '../../scripts/exports.ts'
import { folderWith } from './in-folder.ts'
import { repository, run } from './run.ts'

const entries = { '.': 'src/index.ts' }
const scripts = ['module-graph', 'check-layers', 'check-files', 'check-links', 'check-lock', 'exports']
const manifest = {
  name: 'plinth',
  type: 'module',
  exports: exportsOf(entries),
  scripts: Object.fromEntries(scripts.map(name => [name, `node scripts/${name}.ts`])),
  devDependencies: { 'github-slugger': '*', 'oxc-parser': '*' },
}
const inOrder = {
  'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
  'scripts/entries.ts': "// The entries.\nexport const entries = { '.': 'src/index.ts' }\n",
  '.gitignore': 'node_modules\n',
  'src/index.ts': "// The entry.\nexport { answer } from './lib/index.ts'\n",
  'src/lib/index.ts': "// A folder.\nexport { answer } from './answer.ts'\n",
  'src/lib/answer.ts': '// An answer.\nexport function answer(): number {\n  return 42\n}\n',
  'package-lock.json': JSON.stringify({ packages: { '': {} } }),
  'README.md': '# Small\n\n[source](src/index.ts)\n',
}

/** A small repository with our configuration and scripts, in order but for `changes`. */
function repositoryWith(changes: Readonly<Record<string, string>>): string {
  const root = folderWith(inOrder)
  for (const file of ['.oxlintrc.json', '.oxfmtrc.json', 'knip.json', 'tsconfig.json', 'src/layers.json'])
    cpSync(join(repository, file), join(root, file))
  for (const name of scripts) cpSync(join(repository, `scripts/${name}.ts`), join(root, `scripts/${name}.ts`))
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction')
  for (const [path, content] of Object.entries(changes)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

function runStage(name: string, changes: Readonly<Record<string, string>>): ReturnType<typeof run> {
  const stage = checkStages.find(candidate => candidate.name === name)
  if (!stage) throw new Error(`there is no stage '${name}'`)
  const [program, ...args] = stage.command
  return run(repositoryWith(changes), program, args)
}

/** A file that the entry exports, so that nothing is wrong with it but its content. */
function code(body: string): Record<string, string> {
  return { 'src/lib/answer.ts': `// An answer.\n${body}\nexport function answer(): number {\n  return 42\n}\n` }
}

function lockOf(locked: object): string {
  return JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0', ...locked } } })
}

type Wrong = readonly [what: string, changes: Readonly<Record<string, string>>, complaint: RegExp]

const wrong: Readonly<Record<string, readonly Wrong[]>> = {
  lint: [
    [
      'a promise nobody waits for',
      code('export function lost(): void {\n  Promise.resolve()\n}'),
      /no-floating-promises/,
    ],
    ['any', code('export const loose: any = 1'), /no-explicit-any/],
    ['any that leaks', code("export const name = JSON.parse('{}').name"), /no-unsafe-/],
    ['a non-null assertion', code('export const first = (list: string[]) => list[0]!'), /no-non-null-assertion/],
    [
      'a switch that forgets a case',
      code("export function kind(of: 'a' | 'b'): void {\n  switch (of) {\n    case 'a':\n      answer()\n  }\n}"),
      /switch-exhaustiveness-check/,
    ],
    ['an unused variable', code('const unused = 1'), /no-unused-vars/],
    ['a file name in camel case', { 'src/lib/theAnswer.ts': '// An answer.\nexport const b = 1\n' }, /filename-case/],
    [
      'a test left out',
      { 'test/a.test.ts': "// A test.\nimport { test } from 'vitest'\ntest.only('a', () => {})\n" },
      /no-focused-tests/,
    ],
    ['an exception no rule needs', code('// oxlint-disable-next-line no-console\nexport const fine = 1'), /disable/i],
    ['a file that is too long', code('export {}\n'.repeat(460)), /max-lines/],
  ],
  types: [['a type error', code('export const text: string = 1'), /TS2322/]],
  'unused files, exports and dependencies': [
    ['a file nobody imports', { 'src/lib/lonely.ts': '// Lonely.\nexport const lonely = 1\n' }, /lonely\.ts/],
    ['an export nobody imports', code('export function spare(): void {}'), /spare/],
    [
      'a dependency nobody imports',
      { 'package.json': JSON.stringify({ ...manifest, dependencies: { kysely: '*' } }) },
      /kysely/,
    ],
    ['a package that is not a dependency', code("import 'kysely'"), /kysely/],
  ],
  format: [['a semicolon', code('export const spare = 1;'), /answer\.ts/]],
  'layers and import cycles': [
    [
      'an import of a lower folder',
      { ...code("import '../plan/index.ts'"), 'src/plan/index.ts': '// Plan.\n' },
      /lib\/ may not import plan\//,
    ],
  ],
  'purpose of files': [['no purpose', { 'src/lib/answer.ts': 'export const answer = 1\n' }, /src\/lib\/answer\.ts/]],
  'exports of the package': [
    [
      'an entry that package.json lacks',
      { 'package.json': JSON.stringify({ ...manifest, exports: {} }) },
      /npm run exports/,
    ],
  ],
  'lock file': [
    ['a registry host', { 'package-lock.json': lockOf({ resolved: 'https://example.org/a.tgz' }) }, /registry host/],
  ],
  'links in documents': [['a dead link', { 'README.md': '[gone](gone.md)' }, /gone\.md does not exist/]],
}

test('every stage is proven below', () => {
  expect(Object.keys(wrong).toSorted()).toEqual(checkStages.map(({ name }) => name).toSorted())
})

describe.each(Object.entries(wrong))('%s', (name, cases) => {
  test('passes on what is in order', () => {
    const { status, output } = runStage(name, {})
    expect(status, output).toBe(0)
  })

  test.each(cases)('fails for %s', (_, changes, complaint) => {
    const { status, output } = runStage(name, changes)
    expect(output).toMatch(complaint)
    expect(status).not.toBe(0)
  })
})
