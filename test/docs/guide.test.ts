// The guide, done to the letter: its files written, its commands given in order, and every answer compared with the one it prints.
//
// Files are blocks with `file=`; commands are `sh` blocks; the block after a command is its answer: `json` for a body, `http` for status,
// headers and body, `text` for a terminal. `sh npm` blocks prepare the folder with other programs: here Plinth is linked into it instead.
// `text dev` is what the terminal of plinth dev shows since the last time it was looked at. See placeholders.ts for what may differ.
import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { type Block, readPage, textAfter } from './markdown.ts'
import { Placeholders } from './placeholders.ts'
import { Project } from './project.ts'
import { sendOnce } from './send-once.ts'
import { Served } from './served.ts'
import { readCommands, type ShellRequest } from './shell.ts'

const page = readPage('docs/guide.md')
const project = new Project()
const placeholders = new Placeholders()
const variables = new Map<string, string>()
const exported: Record<string, string> = {}
let server: Served | null = null
/** Files that were saved and that the server may not have noticed yet. */
let saved: { readonly files: string[]; readonly since: number } | null = null
let failedAt: string | null = null

afterAll(async () => {
  await server?.stop()
  project.remove()
}, 30_000)

/** One block of the reader's work, with the answer that the guide prints for it. */
interface Step {
  readonly block: Block
  readonly answer: Block | null
}

const isAnswer = ({ language, attributes }: Block): boolean =>
  attributes['file'] === undefined && ['json', 'http', 'text'].includes(language)

function stepsOf(blocks: readonly Block[]): readonly Step[] {
  return blocks.flatMap((block, at) => {
    if (isAnswer(block)) return block.attributes['dev'] === undefined ? [] : [{ block, answer: null }]
    const next = blocks[at + 1]
    const answered = next !== undefined && isAnswer(next) && next.attributes['dev'] === undefined
    return [{ block, answer: answered ? next : null }]
  })
}

const sections = [...Map.groupBy(stepsOf(page.blocks), ({ block }) => block.section)]

it('has something to do in every section that has code', () => {
  expect(sections.length).toBeGreaterThan(10)
  const answers = page.blocks.filter(isAnswer).length
  const used = sections
    .flatMap(([, steps]) => steps)
    .filter(({ block, answer }) => answer !== null || isAnswer(block)).length
  expect(used, 'answers without a command').toBe(answers)
})

// In order: each section goes on where the one before has ended.
describe('the guide', () => {
  it.each(sections)('%s', { timeout: 180_000 }, async (section, steps) => {
    if (failedAt !== null) throw new Error(`not tried, because "${failedAt}" has failed`)
    failedAt = section
    for (const { block, answer } of steps) {
      const place = `docs/${block.page}:${block.line}`
      if (block.attributes['file'] !== undefined) save(block, block.attributes['file'])
      else if (block.language === 'sh') await perform(block, answer, place)
      else if (block.attributes['dev'] !== undefined) await lookAtTerminal(block, place)
      else throw new Error(`${place}: nobody knows what to do with a block of ${block.language}`)
    }
    expect(steps).not.toEqual([])
    failedAt = null
  })
})

function save(block: Block, file: string): void {
  const before = project.read(file)
  const text = textAfter(block, before)
  if (before === text) return
  // The server starts again for what the application imports: not for settings of other tools and tests, nor for a file that nobody imports yet.
  if (before !== null && /\.(?:ts|json)$/.test(file) && !/(?:^|\/)(?:tsconfig|package)\.json$|\.test\.ts$/.test(file)) {
    saved ??= { files: [], since: server?.printedSoFar ?? 0 }
    saved.files.push(file)
  }
  project.write(file, text)
}

/** What was saved is seen by the running server before anything else is done. */
async function settled(): Promise<void> {
  if (server !== null && saved !== null) await server.restarted(saved.files, saved.since)
  saved = null
}

async function perform(block: Block, answer: Block | null, place: string): Promise<void> {
  await settled()
  if (block.attributes['npm'] !== undefined) {
    const secret = 'echo "PLINTH_SECRET=$(openssl rand -base64 32)" > .env\n'
    if (block.text === secret) project.write('.env', `PLINTH_SECRET=${randomBytes(32).toString('base64')}\n`)
    else expect(block.text, place).toMatch(/^(?:npm (?:init|pkg|install) .*\n)+$/)
    return
  }
  const commands = readCommands(placeholders.realise(block.text), variables)
  for (const [at, command] of commands.entries()) {
    // What is printed is the answer to the last one; those before it have to succeed.
    const expected = at === commands.length - 1 ? answer : null
    if (command.kind === 'assignment') variables.set(command.name, command.value)
    else if (command.kind === 'export') exported[command.name] = command.value
    else if (command.kind === 'request') await request(command.request, expected, place)
    else await runProgram(command.words, expected, place)
  }
}

async function request(sent: ShellRequest, answer: Block | null, place: string): Promise<void> {
  if (server === null) throw new Error(`${place}: nothing is served yet`)
  const { method, url, headers, body } = sent
  const response = await sendOnce(server.address + url, { method, headers }, body)
  const { text } = response
  const terminal = response.status < 500 ? '' : `\n${server.terminal()}`
  const where = `${place}: ${method} ${url} was answered with ${response.status} ${text}${terminal}`
  if (answer === null) {
    expect(response.status, where).toBeLessThan(400)
    return
  }
  const shown = answer.language === 'http' ? answer.text : `\n${answer.text}`
  const [head = '', shownBody = ''] = shown.split(/\n\n|^\n/, 2)
  expect(answer.language, `${place}: curl -i and an http block belong together`).toBe(sent.showsHead ? 'http' : 'json')
  const [statusLine, ...headerLines] = head.split('\n').filter(line => line !== '')
  if (statusLine !== undefined) expect(`HTTP/1.1 ${response.status} ${response.reason}`, where).toBe(statusLine)
  for (const line of headerLines) {
    const [, name = '', value = ''] = /^([\w-]+): (.*)$/.exec(line) ?? []
    expect(placeholders.textAsShown(value, response.headers[name.toLowerCase()] ?? ''), `${where}: ${name}`).toBe(value)
  }
  if (shownBody.trim() === '') expect(text, where).toBe('')
  else placeholders.compareJson(JSON.parse(shownBody), JSON.parse(text), where)
}

async function runProgram(words: readonly string[], answer: Block | null, place: string): Promise<void> {
  const [program, ...rest] = words[0] === 'npx' ? words.slice(1) : words
  const [command] = rest
  if (program === 'plinth' && (command === 'dev' || command === 'start')) {
    expect(await server?.stop(), 'the one before ends in order').toBe(server === null ? undefined : 0)
    server = new Served(project, command, exported)
    const output = await server.ready()
    if (answer !== null) placeholders.compareLines(answer.text, output, place)
    return
  }
  if (program === 'tsc') {
    // examples.test.ts compiles the files of every section, with the tsconfig.json that the guide gives.
    expect(project.read('tsconfig.json'), place).not.toBeNull()
    return
  }
  const { code, output } = await project.run([program ?? '', ...rest], exported)
  if (answer === null) expect(code, `${place}: ${output}`).toBe(0)
  else placeholders.compareLines(answer.text, output, place)
}

async function lookAtTerminal(block: Block, place: string): Promise<void> {
  await settled()
  if (server === null) throw new Error(`${place}: plinth dev does not run`)
  const lines = block.text.trimEnd().split('\n')
  const last = placeholders.lineMatcher(lines.at(-1) ?? '')
  expect(lines, place).not.toEqual([''])
  const printed = (await server.printed(last)).split('\n')
  const first = printed.findLastIndex(line => placeholders.lineMatcher(lines[0] ?? '').test(line))
  placeholders.compareLines(
    block.text,
    printed.slice(Math.max(first, 0), Math.max(first, 0) + lines.length).join('\n'),
    place,
  )
}
