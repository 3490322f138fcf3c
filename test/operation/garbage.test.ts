/**
 * What a request needed is gone with it: V8's small collections take it away. What they cannot take away has to be moved by each of them, which
 * once took a tenth of a write's time, and a hundred megabytes.
 */
import { Agent, request } from 'node:http'
import { expect, test } from 'vitest'
import { project } from '../cli/project.ts'

const notes: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "notes", "private": true, "type": "module" }',
  'schema.ts': `import { defineSchema, field, model } from 'plinth'

const Note = model({ text: field.text().unique(), pages: field.integer().default(0), tags: field.manyToMany('Tag') }, { softDelete: true })
const Tag = model({ name: field.text().unique() })
export const schema = defineSchema({ Note, Tag })
`,
  'meter.ts': `import type { IncomingMessage, ServerResponse } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void

/** Bytes that are left after small collections; at '/all', after a full one. */
export function meter({ url }: IncomingMessage, response: ServerResponse): void {
  if (url === '/all') collect({ type: 'major' })
  for (let turn = 0; turn < 3; turn++) collect({ type: 'minor' })
  response.end(String(process.memoryUsage().heapUsed))
}
`,
  'app.ts': `import { action, createApp, defineRules, everyone, field } from 'plinth'
import { meter } from './meter.ts'
import { schema } from './schema.ts'

const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { Note: () => ({ ...all, withDeleted: everyone }), Tag: () => all })
const note = action(schema, {
  allow: everyone,
  input: { text: field.text() },
  output: { id: field.text() },
  run: async ({ db, input }) => ({ id: (await db.Note.create({ text: input.text })).id }),
})
export default createApp({ schema, rules, actions: { note }, mount: { '/meter': { allow: everyone, handler: meter } } })
`,
}

const turns = 300
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function ask(method: string, url: string, body?: object): Promise<{ status: number; text: string }> {
  const bytes = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers: { 'content-type': 'application/json' } }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(bytes)
  })
}

test('what a write needed is gone with it', { timeout: 180_000 }, async () => {
  using here = project(notes)
  await here.done(['database', '--apply'], { HOST: '127.0.0.1' })
  const base = await here.run(['start'], { HOST: '127.0.0.1' }).url()
  const url = `${base}/api/notes`
  const made = await ask('POST', url, { text: 'first' })
  const { id } = JSON.parse(made.text) as { id: string }
  const tag = JSON.parse((await ask('POST', `${base}/api/tags`, { name: 'red' })).text) as { id: string }
  let count = 0
  const writes: Readonly<Record<string, readonly [status: number, write: () => ReturnType<typeof ask>]>> = {
    create: [201, () => ask('POST', url, { text: `note ${++count}` })],
    update: [200, () => ask('PATCH', `${url}/${id}`, { pages: ++count })],
    'update many': [200, () => ask('PATCH', `${url}?id=${id}`, { pages: ++count })],
    link: [200, () => ask('PATCH', `${url}/${id}`, { tags: { connect: [tag.id] } })],
    'delete and restore': [
      200,
      async () => {
        await ask('DELETE', `${url}/${id}`)
        return ask('POST', `${url}/${id}/restore`)
      },
    ],
    'an action': [200, () => ask('POST', `${base}/api/actions/note`, { text: `note ${++count}` })],
    'a refusal': [422, () => ask('PATCH', `${url}/${id}`, { pages: 'many' })],
  }
  const kept: Record<string, number> = {}
  for (const [name, [status, write]] of Object.entries(writes)) {
    const answered = await write()
    expect({ name, ...answered }).toEqual({ name, status, text: expect.any(String) as string })
    for (let turn = 0; turn < turns; turn++) await write()
    await ask('GET', `${base}/meter/all`)
    const before = Number((await ask('GET', `${base}/meter/few`)).text)
    for (let turn = 0; turn < turns; turn++) await write()
    const after = Number((await ask('GET', `${base}/meter/few`)).text)
    kept[name] = (after - before) / turns
  }
  // A write needs 8 to 20 kB. What stays is compiled code, and a few objects of the last request.
  for (const [name, bytes] of Object.entries(kept)) expect(bytes, name).toBeLessThan(5000)
})
