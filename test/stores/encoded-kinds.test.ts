/** Kinds that are stored in a form of their own can be keys, references, checks and defaults like any other, on every engine. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model, openApp } from '../../src/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, type Engine, needsEngine, serverFamilies } from '../fixtures/engines.ts'

const open = { read: everyone, create: everyone, update: everyone, delete: everyone }

const schema = defineSchema({
  Host: model({
    ip: field.ip().key(),
    name: field.text().default('unnamed'),
    ports: field.hasMany('Port', 'host'),
    notes: field.hasMany('Note', 'host'),
    groups: field.manyToMany('Group'),
  }),
  Port: model(
    { host: field.belongsTo('Host', { onDelete: 'cascade' }), number: field.integer() },
    { key: ['hostIp', 'number'], softDelete: true },
  ),
  Note: model({ host: field.belongsTo('Host', { onDelete: 'setNull' }).optional() }, { version: true }),
  Group: model({ gateway: field.ip().key(), hosts: field.manyToMany('Host') }),
  Private: model(
    {
      ip: field.ip().check(ip => ip.gte('10.0.0.0'), 'from'),
      mask: field.ip().optional(),
    },
    { check: { below: row => row.ip.lte('10.255.255.255'), masked: row => row.mask.notIn(['10.0.0.9']) } },
  ),
})
const app = createApp({
  schema,
  rules: defineRules(schema, {
    Host: () => open,
    Port: () => open,
    Note: () => open,
    Group: () => open,
    Private: () => open,
  }),
})

const before = defineSchema({ Visit: model({ page: field.text() }) })
const after = defineSchema({ Visit: model({ page: field.text(), from: field.ip().default('192.0.2.1') }) })

describe.each<Engine | 'memory'>(['memory', ...serverFamilies])('on %s', engine => {
  test('rows are written and deleted by an encoded key, with what refers to them', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using database = engine === 'memory' ? null : await emptyDatabase(engine)
    await using plinth = await createTestApp(app, { store: database?.store() ?? memoryStore() })
    const anyone = plinth.asAnonymous()

    const made = await anyone.post('/api/hosts?include=ports,groups', {
      ip: '192.0.2.1',
      ports: { create: [{ number: 80 }, { number: 443 }] },
      groups: { create: [{ gateway: '2001:db8::1' }] },
    })
    expect(made).toMatchObject({
      status: 201,
      headers: { location: '/api/hosts/192.0.2.1' },
      body: { ports: [{ hostIp: '192.0.2.1', number: 80 }, { number: 443 }], groups: [{ gateway: '2001:db8::1' }] },
    })
    expect(await anyone.post('/api/hosts', [{ ip: '192.0.2.2' }, { ip: '192.0.2.3' }])).toMatchObject({ status: 201 })
    const note = (await anyone.post('/api/notes', { host: { connect: '192.0.2.1' } })).body

    expect(await anyone.patch('/api/hosts/192.0.2.1', { name: 'web' })).toMatchObject({
      status: 200,
      body: { name: 'web' },
    })
    expect(await anyone.patch('/api/hosts?ip[gte]=192.0.2.2', { name: 'spare' })).toMatchObject({ body: { count: 2 } })
    expect(await anyone.post('/api/hosts?on=ip', { ip: '192.0.2.2', name: 'db' })).toMatchObject({
      status: 200,
      body: { name: 'db' },
    })
    expect(
      await anyone.patch('/api/hosts/192.0.2.2?include=groups', { groups: { set: ['2001:db8::1'] } }),
    ).toMatchObject({
      body: { groups: [{ gateway: '2001:db8::1' }] },
    })
    expect(await anyone.delete('/api/ports/192.0.2.1,80')).toMatchObject({ status: 204 })
    expect(await anyone.get('/api/ports?select=number')).toMatchObject({ body: { data: [{ number: 443 }] } })

    expect(await anyone.delete('/api/hosts?ip[lte]=192.0.2.2')).toMatchObject({ status: 200, body: { count: 2 } })
    expect(await anyone.get('/api/hosts?select=ip')).toMatchObject({ body: { data: [{ ip: '192.0.2.3' }] } })
    expect(await anyone.get('/api/ports')).toMatchObject({ body: { data: [] } })
    expect(await anyone.get(`/api/notes/${note.id}`)).toMatchObject({ body: { hostIp: null, version: 2 } })

    const statuses = ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'].map(async ip =>
      anyone.post('/api/privates', { ip, mask: '10.0.0.1' }),
    )
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([201, 201, 422, 422])
    expect(await anyone.post('/api/privates', { ip: '10.0.0.1', mask: '10.0.0.9' })).toMatchObject({ status: 422 })
    expect(plinth.failures).toEqual([])
  })
})

describe.each(serverFamilies)('on %s', engine => {
  test('rows that are there get a default in the form that is stored', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const environment = { DATABASE_URL: database.url }
    {
      const rules = defineRules(before, { Visit: () => open })
      await using first = await openApp(createApp({ schema: before, rules }), { environment })
      await first.db.Visit.create({ page: '/' })
    }
    const rules = defineRules(after, { Visit: () => open })
    await using second = await openApp(createApp({ schema: after, rules }), { environment })
    expect(await second.db.Visit.find({ where: { from: '192.0.2.1' } })).toMatchObject([{ from: '192.0.2.1' }])
  })
})
