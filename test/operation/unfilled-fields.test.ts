// Required fields that callers cannot write: somebody has to fill them in, or the application does not start. And what else hooks have to leave.
import { expect, test } from 'vitest'
import { createApp, defineHooks, defineRules, defineSchema, everyone, field, model, nobody } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { checkApplication } from '../../src/app/index.ts'

const schema = defineSchema({
  Member: model({ name: field.text(), passwordHash: field.text().private(), badge: field.text().readOnly() }),
})
const rules = defineRules(schema, { Member: () => ({ read: everyone, create: everyone }) })
const impossible = {
  code: 'boot.create-impossible',
  errors: [
    { pointer: '/Member/passwordHash', message: expect.stringContaining('Member.passwordHash needs a value') },
    { pointer: '/Member/badge' },
  ],
}

test('a model that callers may create rows of and never can is refused at the start and by plinth check', async () => {
  const app = createApp({ schema, rules })
  await expect(createTestApp(app)).rejects.toMatchObject(impossible)
  await expect(checkApplication(app, { root: import.meta.dirname, tags: [] })).rejects.toMatchObject(impossible)
})

test('it is none where only code creates rows, or a hook fills them in', async () => {
  const closed = defineRules(schema, { Member: () => ({ read: everyone, create: nobody }) })
  await using byCode = await createTestApp(createApp({ schema, rules: closed }))
  expect(await byCode.db.Member.create({ name: 'ann', passwordHash: 'x', badge: '1' })).toMatchObject({ badge: '1' })
  const hooks = defineHooks(schema, {
    Member: {
      beforeCreate: ({ rows }) => {
        for (const row of rows) Object.assign(row, { passwordHash: 'x', badge: '7' })
      },
    },
  })
  await using byHook = await createTestApp(createApp({ schema, rules, hooks }))
  const created = await byHook.asAnonymous().post('/api/members', { name: 'ann' })
  expect([created.status, created.body]).toMatchObject([201, { name: 'ann', badge: '7' }])
})

test('a hook meets no row without what its writer has to send', async () => {
  let ran = 0
  const hooks = defineHooks(schema, {
    Member: {
      beforeCreate: ({ rows }) => {
        ran++
        for (const row of rows) Object.assign(row, { name: row.name.trim(), passwordHash: 'x', badge: '7' })
      },
    },
  })
  await using plinth = await createTestApp(createApp({ schema, rules, hooks }))
  const refused = await plinth.asAnonymous().post('/api/members', [{ name: 'ann' }, {}])
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ code: 'values.required', pointer: '/1/name' }] } })
  // Told with other mistakes, too.
  const both = await plinth.asAnonymous().post('/api/members', { nam: 'ann' })
  expect(both.body.errors).toMatchObject([{ pointer: '/nam' }, { code: 'values.required', pointer: '/name' }])
  expect([ran, plinth.failures]).toEqual([0, []])
  expect(await plinth.asAnonymous().post('/api/members', { name: ' ann ' })).toMatchObject({ body: { name: 'ann' } })
})

test('the ends of links are filled in by them', async () => {
  const linked = defineSchema({
    Article: model({ title: field.text(), tags: field.manyToMany('Tag', { through: 'Tagging' }) }),
    Tag: model({ name: field.text().unique() }),
    Tagging: model({ article: field.belongsTo('Article').readOnly(), tag: field.belongsTo('Tag').readOnly() }),
  })
  const open = () => ({ read: everyone, create: everyone })
  const linkedRules = defineRules(linked, { Article: open, Tag: open, Tagging: open })
  await using plinth = await createTestApp(createApp({ schema: linked, rules: linkedRules }))
  const written = await plinth.asAnonymous().post('/api/articles', { title: 'a', tags: { create: { name: 'x' } } })
  expect(written.status).toBe(201)
})

test('what a hook has forgotten is told to the log and to code, not to callers', async () => {
  const hooks = defineHooks(schema, { Member: { beforeCreate: () => {} } })
  await using plinth = await createTestApp(createApp({ schema, rules, hooks }))
  const refused = await plinth.asAnonymous().post('/api/members', { name: 'ann' })
  expect([refused.status, refused.body.code]).toEqual([500, 'server.unexpected'])
  expect(JSON.stringify(refused.body)).not.toMatch(/passwordHash|badge/)
  expect(plinth.failures).toMatchObject([
    { cause: { code: 'values.invalid', errors: [{ pointer: '/passwordHash' }, {}] } },
  ])
  await expect(plinth.db.Member.create({ name: 'ann', badge: '1' } as never)).rejects.toMatchObject({
    code: 'values.invalid',
    errors: [{ pointer: '/passwordHash' }],
  })
})

test('hooks change rows in place: they take none away, add none, and leave each its key', async () => {
  const things = defineSchema({ Thing: model({ name: field.text(), number: field.integer().default(0) }) })
  const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
  const hooks = defineHooks(things, {
    Thing: {
      beforeCreate: ({ rows }) => {
        if (rows[0]?.name === 'fewer') rows.pop()
        if (rows[0]?.name === 'more') rows.push({ ...rows[0] })
      },
      beforeUpdate: ({ rows, previous }) => {
        for (const [index, row] of rows.entries()) {
          if (row.name === 'same') Object.assign(row, previous[index], { name: 'kept' })
          if (row.name === 'other') Object.assign(row, { id: '01950000-0000-7000-8000-000000000000' })
        }
      },
    },
  })
  const app = createApp({ schema: things, rules: defineRules(things, { Thing: () => open }), hooks })
  await using plinth = await createTestApp(app)
  const somebody = plinth.asAnonymous()
  for (const body of [{ name: 'fewer' }, { name: 'more' }, [{ name: 'more' }, { name: 'x' }]])
    expect((await somebody.post('/api/things', body)).body.code).toBe('writes.hook-rows')
  const url = `/api/things/${(await somebody.post('/api/things', { name: 'x' })).body.id}`
  expect((await somebody.patch(url, { name: 'other' })).body.code).toBe('writes.hook-key')
  expect((await somebody.patch('/api/things?name=x', { name: 'other' })).body.code).toBe('writes.hook-key')
  expect((await somebody.patch(url, { name: 'same' })).body).toMatchObject({ name: 'kept' })
  expect(await plinth.db.Thing.count()).toBe(1)
})

test('a private default that the caller has nothing for refuses without its name', async () => {
  const notes = defineSchema(
    {
      User: model({ name: field.text() }),
      Note: model({
        text: field.text(),
        owner: field
          .belongsTo('User')
          .default(caller => caller.id)
          .private(),
      }),
    },
    { caller: 'User' },
  )
  const open = () => ({ read: everyone, create: everyone })
  await using plinth = await createTestApp(
    createApp({ schema: notes, rules: defineRules(notes, { User: open, Note: open }) }),
  )
  const user = await plinth.db.User.create({ name: 'ann' })
  expect((await plinth.as(user).post('/api/notes', { text: 'a' })).status).toBe(201)
  const refused = await plinth.asAnonymous().post('/api/notes', { text: 'a' })
  expect([refused.status, refused.body.code]).toEqual([403, 'rules.row-closed'])
  const mistaken = await plinth.asAnonymous().post('/api/notes', { text: 5 })
  expect(mistaken.status).toBe(422)
  expect(JSON.stringify([refused.body, mistaken.body])).not.toContain('owner')
})
