/** Several who want the same at once: each gets it, whoever comes first, where no code of the application has run (semantics 32). */
import { describe, expect, test } from 'vitest'
import { action, createApp, defineHooks, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { freshDatabase, needs } from '../services/index.ts'
import { engines } from './engine.ts'

const schema = defineSchema({
  Word: model({
    text: field.text({ max: 50 }).unique({ ignoreCase: true }),
    uses: field.integer().default(0),
    notes: field.manyToMany('Note'),
    letters: field.manyToMany('Letter'),
  }),
  Page: model(
    { title: field.text({ max: 50 }), slug: field.slug('title').unique(), lane: field.integer() },
    { unique: [['lane', 'title']] },
  ),
  Note: model({ lane: field.integer(), words: field.manyToMany('Word'), tags: field.hasMany('Tag', 'note') }),
  Tag: model({ text: field.text({ max: 50 }).unique(), note: field.belongsTo('Note').optional() }),
  Letter: model({ lane: field.integer(), words: field.manyToMany('Word') }),
})
const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, {
  Word: () => all,
  Page: () => all,
  Note: () => all,
  Letter: () => all,
  Tag: ({ row }) => ({ ...all, update: row.note.lane.gte(0) }),
})

const written: unknown[] = []
const hooks = defineHooks(schema, { Letter: { beforeCreate: ({ rows }) => void written.push(...rows) } })

/** Writes in a transaction of its own code: it is the operation that starts again, not the code. */
const note = action(schema, {
  input: { text: field.text(), uses: field.integer() },
  allow: everyone,
  run: async ({ db, input }) => {
    await db.Word.upsert({ on: ['text'], create: input, update: { uses: input.uses } })
  },
})

async function open(engine: (typeof engines)[number]) {
  const database = await freshDatabase(engine.name)
  const tested = await createTestApp(createApp({ schema, rules, hooks, actions: { note } }), {
    store: engine.store(database.url),
  })
  return {
    tested,
    client: tested.asAnonymous(),
    async [Symbol.asyncDispose]() {
      await tested[Symbol.asyncDispose]()
      await database.drop()
    },
  }
}

/** All of them at once create a note that connects the row, or creates it. */
const connecting = async (
  client: Pick<Awaited<ReturnType<typeof open>>['client'], 'post'>,
  relation: string,
  text: string,
  path = '/api/notes',
) => {
  const nested = { [relation]: { connectOrCreate: [{ text }] } }
  const made = await Promise.all(times.map(lane => client.post(path, { lane, ...nested })))
  expect(made.map(({ status }) => status)).toEqual(times.map(() => 201))
}

const times = Array.from({ length: 8 }, (_, index) => index)

describe.each(engines)('on $name', { timeout: 60_000 }, engine => {
  test('upserts of one value make one row', async context => {
    needs(context, engine.name)
    await using opened = await open(engine)
    const { tested, client } = opened
    for (const word of ['a', 'b', 'c']) {
      const told = await Promise.all(
        times.map(uses =>
          client.post('/api/words?on=text', { text: uses % 2 === 0 ? word : word.toUpperCase(), uses }),
        ),
      )
      expect(told.filter(({ status }) => status === 200)).toHaveLength(times.length - 1)
      expect(told.filter(({ status }) => status === 201)).toHaveLength(1)
    }
    const told = await Promise.all(times.map(uses => client.post('/api/actions/note', { text: 'd', uses })))
    expect(told.map(({ status }) => status)).toEqual(times.map(() => 204))
    expect((await client.get('/api/words?count=true')).body.count).toBe(4)
    expect(tested.failures).toEqual([])
  })

  test('rows of one title get slugs of their own', async context => {
    needs(context, engine.name)
    await using opened = await open(engine)
    const { tested, client } = opened
    const made = await Promise.all(times.map(lane => client.post('/api/pages', { title: 'Same', lane })))
    expect(made.map(({ status }) => status)).toEqual(times.map(() => 201))
    const told = await Promise.all([
      ...made.slice(0, 4).map(({ body }) => client.patch(`/api/pages/${body.id}`, { title: 'Other' })),
      client.patch('/api/pages?lane[gte]=4', { title: 'Other' }),
    ])
    expect(told.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const slugs = (await client.get('/api/pages?select=slug')).body.data.map(({ slug }: { slug: string }) => slug)
    expect(new Set(slugs).size).toBe(times.length)
    expect(slugs.filter((slug: string) => !slug.startsWith('other'))).toEqual([])
    // What somebody has sent is refused as ever.
    const again = await client.post('/api/pages', { title: 'Other', lane: 0 })
    expect([again.status, again.body.code]).toEqual([409, 'writes.unique'])
    expect(tested.failures).toEqual([])
  })

  test('rows that are connected or created are made once', async context => {
    needs(context, engine.name)
    await using opened = await open(engine)
    const { tested, client } = opened
    for (const text of ['a', 'b', 'c', 'd']) await connecting(client, 'words', text)
    expect((await client.get('/api/words?count=true')).body.count).toBe(4)
    expect(await tested.db.Note.count({ where: { words: { some: {} } } })).toBe(4 * times.length)
    // The hooks of whoever connects them do not run again.
    written.length = 0
    for (const text of ['e', 'f', 'g', 'h']) await connecting(client, 'words', text, '/api/letters')
    expect((await client.get('/api/words?count=true')).body.count).toBe(8)
    expect(await tested.db.Letter.count({ where: { words: { some: {} } } })).toBe(4 * times.length)
    expect(written).toHaveLength(4 * times.length)
    expect(tested.failures).toEqual([])
  })

  test('a child whose rule asks its parent goes to each that connects it', async context => {
    needs(context, engine.name)
    await using opened = await open(engine)
    const { tested, client } = opened
    for (const text of ['a', 'b', 'c', 'd']) await connecting(client, 'tags', text)
    expect(await tested.db.Note.count({ where: { tags: { some: {} } } })).toBe(4)
    const moved = await Promise.all(
      times.map(lane => tested.db.Note.create({ lane, tags: { connect: [{ text: 'a' }] } })),
    )
    const [last] = await tested.db.Tag.find({ where: { text: 'a' }, select: { noteId: true } })
    expect(moved.map(({ id }) => id)).toContain(last?.noteId)
    expect(tested.failures).toEqual([])
  })

  test('links that are made at one end and undone at the other are refused to nobody', async context => {
    needs(context, engine.name)
    await using opened = await open(engine)
    const { tested, client } = opened
    const note = (await client.post('/api/notes', { lane: 1 })).body.id
    const word = (await client.post('/api/words', { text: 'a' })).body.id
    const other = (await client.post('/api/words', { text: 'b' })).body.id
    for (let round = 0; round < 12; round++) {
      const connect = round % 2 === 0 ? [word] : [word, other]
      const told = await Promise.all(
        times.map(at =>
          at % 2 === 0
            ? client.patch(`/api/notes/${note}`, { words: { connect } })
            : client.patch(`/api/words/${word}`, { notes: { disconnect: [{ id: note }] } }),
        ),
      )
      expect(told.map(({ status }) => status)).toEqual(times.map(() => 200))
    }
    expect(tested.failures).toEqual([])
  })
})
