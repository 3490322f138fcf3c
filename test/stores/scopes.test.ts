/** No write takes a row out of the scopes of its model, whoever writes and on whatever engine. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'

const Office = model({
  name: field.text(),
  closed: field.boolean().default(false),
  desks: field.hasMany('Desk', 'office'),
})
const Desk = model(
  { office: field.belongsTo('Office'), number: field.integer().default(0), label: field.text().optional() },
  { version: true, scopes: { small: row => row.number.lt(100) } },
)
const Note = model({ n: field.integer().default(1) }, { softDelete: true, scopes: { small: row => row.n.lt(100) } })
const schema = defineSchema(
  { Office, Desk, Note },
  { scopes: { Desk: ({ row }) => ({ open: row.office.closed.is(false) }) } },
)
const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, {
  Office: () => open,
  Desk: () => open,
  Note: () => ({ ...open, withDeleted: everyone }),
})
const app = createApp({ schema, rules })
const outside = { status: 403, body: { code: 'rules.row-out-of-scope' } }
const closed = { status: 403, body: { code: 'rules.row-closed' } }

describe.each(serverFamilies)('on %s', engine => {
  async function start() {
    const database = await emptyDatabase(engine)
    const plinth = await createTestApp(app, { store: database.store() })
    const office = await plinth.db.Office.create({ name: 'open' })
    const shut = await plinth.db.Office.create({ name: 'shut', closed: true })
    return {
      ...{ plinth, office, shut, anyone: plinth.asAnonymous() },
      async [Symbol.asyncDispose]() {
        await plinth[Symbol.asyncDispose]()
        await database[Symbol.asyncDispose]()
      },
    }
  }

  test('a row cannot be created outside', async context => {
    needsEngine(context, engine)
    await using started = await start()
    const { plinth, office, shut, anyone } = started
    expect(await anyone.post('/api/notes', { n: 100 })).toMatchObject(closed)
    expect(await anyone.post('/api/desks', { officeId: office.id, number: 100 })).toMatchObject(closed)
    expect(await anyone.post('/api/desks', { officeId: shut.id })).toMatchObject(closed)
    expect(await anyone.post('/api/notes', [{ n: 1 }, { n: 100 }])).toMatchObject(closed)
    expect(await anyone.post('/api/offices', { name: 'new', desks: { create: [{ number: 100 }] } })).toMatchObject(
      closed,
    )
    await expect(plinth.db.Note.create({ n: 100 })).rejects.toMatchObject({ code: 'rules.row-out-of-scope' })
    expect(await anyone.post('/api/notes', { n: 99 })).toMatchObject({ status: 201 })
    expect(await plinth.db.Desk.count()).toBe(0)
    expect(await plinth.db.Note.count()).toBe(1)
    expect(await plinth.db.Office.count()).toBe(2)
  })

  test('a change cannot take a row outside', async context => {
    needsEngine(context, engine)
    await using started = await start()
    const { plinth, office, shut, anyone } = started
    const note = await plinth.db.Note.create({})
    expect(await anyone.patch(`/api/notes/${note.id}`, { n: 100 })).toMatchObject(outside)
    expect(await anyone.patch('/api/notes?n=1', { n: 100 })).toMatchObject(outside)
    await expect(plinth.db.Note.update(note.id, { n: 100 })).rejects.toMatchObject({ code: outside.body.code })
    await expect(plinth.db.Note.updateMany({ where: { n: 1 }, changes: { n: 100 } })).rejects.toMatchObject({
      code: outside.body.code,
    })
    expect(await anyone.patch(`/api/notes/${note.id}`, { n: 99 })).toMatchObject({ status: 200, body: { n: 99 } })
    const desk = await plinth.db.Desk.create({ officeId: office.id })
    expect(await anyone.patch(`/api/desks/${desk.id}`, { officeId: shut.id })).toMatchObject(outside)
    expect(await anyone.patch(`/api/desks/${desk.id}`, { label: 'by the window' })).toMatchObject({ status: 200 })
    expect(await plinth.db.Desk.get(desk.id)).toMatchObject({ officeId: office.id, version: 2 })
  })

  test('rows are deleted softly and restored', async context => {
    needsEngine(context, engine)
    await using started = await start()
    const { plinth, anyone } = started
    const note = await plinth.db.Note.create({})
    expect(await anyone.delete(`/api/notes/${note.id}`)).toMatchObject({ status: 204 })
    expect(await anyone.post(`/api/notes/${note.id}/restore`)).toMatchObject({ status: 200, body: { n: 1 } })
    expect(await plinth.db.Note.count()).toBe(1)
  })
})
