/** What editors show: names where names are wanted, rows by their fields, and messages that begin with what is wrong. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

// `^` stands where somebody types or points at.
const lines = {
  select: 'await db.Article.find({ select: { ^ } })',
  selectDeep: 'await db.Article.find({ select: { author: { select: { ^ } } } })',
  include: 'await db.Article.find({ include: { comments: { ^ } } })',
  includeWhere: 'await db.Article.find({ include: { comments: { where: { ^ } } } })',
  create: 'await db.Article.create({ ^ })',
  createNested: "await db.Article.create({ title: 'x', countryCode: 'x', price: '1', comments: { create: [{ ^ }] } })",
  rules: 'defineRules(schema, { ^ })',
  figures: "await db.Article.aggregate({ groupBy: ['state'], sum: ['price'], sort: '^' })",
  rows: 'const ^rows = await db.Article.find({ select: { title: true, author: { select: { name: true } } } })',
  whole: 'const ^whole = await db.Tag.first()',
  group: "const ^group = await db.Article.aggregate({ groupBy: ['state'], count: true })",
  misspelt: 'await db.Article.find({ select: { titel: true } })',
  closed: "await db.User.find({ where: { email: 'x' } })",
  wrongValue: "await db.Article.create({ title: 'x', countryCode: 'x', price: 3 })",
  noCondition: 'defineRules(schema, { Article: () => ({ read: true }) })',
  noFilter: 'await db.Article.deleteMany({ where: {} })',
  noGroup: "await db.Comment.aggregate({ groupBy: ['bodi'], count: true })",
  groups: "await db.Comment.aggregate({ groupBy: ['^'], count: true })",
}
const program = `import { defineRules } from '../../../src/model/index.ts'
import type { Db } from '../../../src/operation/db-types.ts'
import { schema } from '../../../test/types/models.ts'
declare const db: Db<typeof schema>
${Object.values(lines).join('\n')}
`
const text = program.replaceAll('^', '')
const lineOf = (name: keyof typeof lines): number => 4 + Object.keys(lines).indexOf(name)

let folder = ''
let ask: (method: string, more?: object) => Promise<unknown>
let server: ReturnType<typeof spawn>

beforeAll(async () => {
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true })
  folder = await mkdtemp(join(root, 'node_modules/.cache/editor-'))
  const options = { extends: join(root, 'tsconfig.json'), include: ['*.ts'], exclude: [] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
  await writeFile(join(folder, 'program.ts'), text)
  const compiler = spawn(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--lsp', '--stdio'])
  server = compiler
  const waiting = new Map<number, (answer: unknown) => void>()
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    compiler.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  let received = Buffer.alloc(0)
  compiler.stdout.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data])
    for (;;) {
      const head = received.indexOf('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, head).toString())?.[1])
      if (head < 0 || received.length < head + 4 + length) return
      const message = JSON.parse(received.subarray(head + 4, head + 4 + length).toString())
      received = received.subarray(head + 4 + length)
      if (message.method === undefined) waiting.get(message.id)?.(message.result)
      else if (message.id !== undefined) send({ id: message.id, result: (message.params?.items ?? []).map(() => null) })
    }
  })
  let asked = 0
  const request = (method: string, params: object) =>
    new Promise(resolve => {
      waiting.set(++asked, resolve)
      send({ id: asked, method, params })
    })
  const uri = pathToFileURL(join(folder, 'program.ts')).href
  ask = (method, more = {}) => request(`textDocument/${method}`, { textDocument: { uri }, ...more })
  const capabilities = { textDocument: { hover: { contentFormat: ['plaintext'] } } }
  await request('initialize', { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities })
  send({ method: 'initialized', params: {} })
  send({
    method: 'textDocument/didOpen',
    params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
  })
}, 60_000)

afterAll(async () => {
  server.kill()
  await rm(folder, { recursive: true, force: true })
})

const placeOf = (name: keyof typeof lines) => ({
  position: { line: lineOf(name), character: lines[name].indexOf('^') },
})

async function offered(name: keyof typeof lines): Promise<string[]> {
  const { items } = (await ask('completion', placeOf(name))) as { items: { label: string }[] }
  return items.map(({ label }) => label.replace('?', ''))
}

async function shown(name: keyof typeof lines): Promise<string> {
  const { contents } = (await ask('hover', placeOf(name))) as { contents: { value: string } }
  return contents.value
    .replaceAll(/```\w*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

it('offers names where they are wanted', { timeout: 60_000 }, async () => {
  expect(await offered('select')).toEqual(expect.arrayContaining(['title', 'authorId', 'comments', 'commentCount']))
  expect(await offered('selectDeep')).toEqual(expect.arrayContaining(['name', 'articles']))
  expect(await offered('include')).toEqual(expect.arrayContaining(['select', 'include', 'where', 'sort', 'limit']))
  expect(await offered('includeWhere')).toEqual(expect.arrayContaining(['body', 'author', 'or']))
  expect(await offered('create')).toEqual(expect.arrayContaining(['title', 'countryCode', 'tags']))
  expect(await offered('createNested')).toEqual(expect.arrayContaining(['body', 'authorId']))
  expect(await offered('rules')).toEqual(expect.arrayContaining(['Article', 'User']))
  expect((await offered('figures')).toSorted()).toEqual(['-state', '-sum.price', 'state', 'sum.price'])
  expect(await offered('groups')).toEqual(expect.arrayContaining(['body', 'article.title']))
  // Nothing else: a place without a type offers everything that there is.
  expect((await offered('select')).length).toBeLessThan(40)
  expect(await offered('create')).not.toContain('concat')
})

it('shows rows by their fields', { timeout: 60_000 }, async () => {
  expect(await shown('rows')).toBe('const rows: { title: string; author: { name: string; } | null; }[]')
  expect(await shown('whole')).toBe('const whole: { name: string; } | null')
  expect(await shown('group')).toBe('const group: { count: number; state: "draft" | "published"; }[]')
})

it('begins with what is wrong', { timeout: 60_000 }, async () => {
  const { items } = (await ask('diagnostic')) as {
    items: { message: string; range: { start: { line: number } } }[]
  }
  const messageAt = (name: keyof typeof lines): string | undefined =>
    items.find(({ range }) => range.start.line === lineOf(name))?.message
  expect(messageAt('misspelt')).toMatch(/^Type 'true' is not .{0,40}"Article has no field or relation 'titel'"/)
  expect(messageAt('closed')).toMatch(/^Type 'string' is not .{0,40}"This field is not readable by callers"/)
  expect(messageAt('wrongValue')).toBe("Type 'number' is not assignable to type 'string'.")
  expect(messageAt('noCondition')).toMatch(/^Type 'boolean' is not assignable to type 'Condition</)
  expect(messageAt('noGroup')).toMatch(/^Type '"bodi"' is not assignable to type '"article\.authorId" \|[^<]*'\.$/)
  expect(messageAt('noFilter')).toMatch(/^Type '\{\}' is not .{0,40}"An empty filter would be about all rows"/)
})
