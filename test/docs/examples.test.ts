// Every TypeScript example of README and docs: it compiles as it stands, and what it declares can be declared.
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Block, type Page, readPage, repository, textAfter } from './markdown.ts'
import { Project } from './project.ts'

const paths = ['README.md', ...globSync('docs/*.md', { cwd: repository }).toSorted()]
const pages = paths.map(readPage)
const project = new Project()
/** Folders of the project that hold examples, each with its files. */
const folders = new Map<string, readonly string[]>()
/** Examples that compile and are refused when the application starts. */
const refused: { readonly block: Block; readonly file: string }[] = []

beforeAll(() => {
  project.write('tsconfig.json', JSON.stringify({ compilerOptions: readerOptions() }))
  for (const page of pages) writeExamples(page)
})
afterAll(() => project.remove())

/** The options that the guide gives its reader, from source. */
function readerOptions(): object {
  const block = pages.flatMap(({ blocks }) => blocks).find(({ attributes }) => attributes['file'] === 'tsconfig.json')
  if (block === undefined) throw new Error('no page gives a tsconfig.json')
  const { compilerOptions } = JSON.parse(block.text) as { readonly compilerOptions: object }
  return { ...compilerOptions, customConditions: ['plinth-source'] }
}

/**
 * On reference pages blocks share a folder, with a file name or without. The guide's files are an application that grows: they are kept as
 * they are after each section, so that none of its states is left out.
 */
function writeExamples(page: Page): void {
  const name = page.name.replace('.md', '').toLowerCase()
  const files = new Map<string, string>()
  const keep = (folder: string): void => {
    for (const [file, text] of files) project.write(`${folder}/${file}`, text)
    folders.set(folder, [...files.keys()])
  }
  const blocks = page.blocks.filter(isTypeScript)
  for (const [at, block] of blocks.entries()) {
    const { file = `line-${block.line}.ts` } = block.attributes
    if (name !== 'guide' && files.has(file)) throw new Error(`${page.name}:${block.line}: ${file} is there already`)
    files.set(file, textAfter(block, files.get(file) ?? null))
    if (block.attributes['refused'] !== undefined) refused.push({ block, file: `${name}/${file}` })
    if (name === 'guide' && block.section !== blocks[at + 1]?.section) keep(`guide/${slug(block.section)}`)
  }
  if (name !== 'guide' && files.size > 0) keep(name)
}

const isTypeScript = ({ language, attributes }: Block): boolean =>
  language === 'ts' || (language === 'diff' && attributes['file']?.endsWith('.ts') === true)
const isTest = (file: string): boolean => file.endsWith('.test.ts')
const slug = (heading: string): string => heading.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

test('there are examples', () => {
  expect(folders.size).toBeGreaterThan(5)
})

/** What the compiler may do for all examples, Plinth's own sources among them: an editor does the same at every key. */
const mostInstantiations = 2_500_000

test('every example compiles, and soon', { timeout: 120_000 }, async () => {
  const { code, output } = await project.run(['tsc', '--project', '.', '--pretty', 'false', '--extendedDiagnostics'])
  expect(output.split('\n').filter(line => line.includes('error'))).toEqual([])
  expect(code).toBe(0)
  const instantiations = Number(/^Instantiations:\s+(\d+)$/m.exec(output)?.[1])
  expect(instantiations).toBeLessThan(mostInstantiations)
})

test('every example can be loaded', { timeout: 60_000 }, async () => {
  const closed = refused.map(({ file }) => file)
  const modules = [...folders]
    .flatMap(([folder, files]) => files.filter(file => !isTest(file)).map(file => `${folder}/${file}`))
    .filter(file => !closed.includes(file))
  project.write('load.mjs', modules.map(file => `await import('./${file}')\n`).join(''))
  const { code, output } = await project.run(['node', 'load.mjs'])
  expect(output).toBe('')
  expect(code).toBe(0)
})

test('what is refused says what the page says', { timeout: 60_000 }, async () => {
  expect(refused).not.toEqual([])
  for (const { block, file } of refused) {
    const page = pages.find(({ name }) => name === block.page)
    const message = page?.blocks[page.blocks.indexOf(block) + 1]
    expect(message?.language, `${block.page}:${block.line}`).toBe('text')
    const { code, output } = await project.run(['node', file])
    expect(output).toContain(message?.text.trim())
    expect(code).not.toBe(0)
  }
})

test('the tests among the examples pass', { timeout: 120_000 }, async () => {
  const reference = [...folders].filter(([folder, files]) => !folder.startsWith('guide/') && files.some(isTest))
  expect(reference).not.toEqual([])
  const tests = reference.flatMap(([folder, files]) => files.filter(isTest).map(file => `${folder}/${file}`))
  // All in one process: each of its own would load Plinth anew.
  const together = ['--test', '--test-isolation=none', '--test-reporter=junit']
  const { code, output } = await project.run(['node', ...together, ...tests])
  const ran = new Set([...output.matchAll(/<testcase [^>]*file="([^"]+)"/g)].map(([, file = '']) => file))
  const files = tests.map(file => join(project.root, file)).toSorted()
  expect({ code, output, ran: [...ran].toSorted() }).toMatchObject({ code: 0, ran: files })
})

/** No test has a Docker. What an image runs is `node` with the package's own file, and a command that there is. */
test('images run commands that there are', () => {
  const images = pages.flatMap(({ blocks }) => blocks.filter(({ language }) => language === 'dockerfile'))
  const runs = images.flatMap(({ text }) => [...text.matchAll(/node_modules\/\.bin\/plinth(?:", "| )(\w+)/g)])
  expect(runs.map(([, word = '']) => word)).toEqual(['check', 'start'])
  for (const [, word = ''] of runs) expect(existsSync(join(repository, `src/cli/commands/${word}.ts`))).toBe(true)
})

test('no other language of examples is left untested', () => {
  const known = ['ts', 'diff', 'sh', 'json', 'http', 'text', 'abnf', 'sql', 'dockerfile']
  const odd = pages.flatMap(({ blocks }) => blocks.filter(({ language }) => !known.includes(language)))
  expect(odd.map(({ page, line, language }) => `${page}:${line}: ${language}`)).toEqual([])
})
