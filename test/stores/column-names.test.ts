/** What fields and their columns are called changes nothing on any engine; what a store cannot keep or do is told in its name. */
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/index.ts'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { graphOf } from '../../src/model/index.ts'
import { emptyFind, fullCapabilities, systemCaller } from '../../src/query/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'
import { mysqlStore } from '../../src/store/mysql/index.ts'
import { postgresStore } from '../../src/store/postgres/index.ts'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'

/** Such a list comes to the database as one value, whose parts have names of their own there. */
const Seat = model(
  {
    room: field.text({ max: 40 }),
    place: field.text({ max: 40 }),
    v: field.json().optional(),
    value: field.text({ max: 40 }).optional(),
    tuple: field.json().optional(),
    plinthTuples: field.json().optional(),
    k0: field.text({ max: 40 }).optional(),
    l: field.text({ max: 40 }).optional(),
  },
  { key: ['room', 'place'] },
)
const schema = defineSchema({ Seat })
const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { Seat: ({ row }) => ({ ...open, update: row.place.isNot('none') }) })
const app = createApp({ schema, rules })

describe.each(serverFamilies)('on %s', engine => {
  test('rows with a key of two fields are found whatever their other fields are called', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    await using plinth = await createTestApp(app, { store: database.store() })
    const anyone = plinth.asAnonymous()
    // As if it were the list itself.
    const list = ['a', '1']
    const others = { v: list, value: 'a', tuple: list, plinthTuples: list, k0: 'a', l: 'a' }
    const rows = [
      { room: 'a', place: '1', ...others, v: ['x', 'y'], tuple: null, plinthTuples: null },
      { room: 'b', place: '1', ...others },
    ]
    expect(await anyone.post('/api/seats', rows)).toMatchObject({ status: 201, body: rows })
    expect(await anyone.patch('/api/seats?room=a', { l: 'z' })).toMatchObject({ status: 200, body: { count: 1 } })
    expect((await anyone.get('/api/seats?sort=room&select=room,l')).body).toMatchObject({
      data: [
        { room: 'a', l: 'z' },
        { room: 'b', l: 'a' },
      ],
    })
    expect(await anyone.delete('/api/seats?room=a')).toMatchObject({ status: 200, body: { count: 1 } })
    expect((await anyone.get('/api/seats')).body).toMatchObject({ data: [{ room: 'b' }] })
    expect(plinth.failures).toEqual([])
  })
})

/** Each is longer than the names that databases take. */
const Approvals = 'PurchaseOrderLineApprovalsOfTheResponsibleDepartmentsAndTheirHeads'
const responsible = 'departmentsThatAreResponsibleForTheApprovalOfPurchaseOrderLines'
const stateOf = 'stateOfTheApprovalAsTheResponsibleDepartmentHasDecidedAboutIt'
const longNamed = defineSchema({
  [Approvals]: model(
    {
      [stateOf]: field.enum(['open', 'given']).index(),
      title: field.text({ max: 40 }).unique(),
      [responsible]: field.manyToMany('Department'),
      first: field.belongsTo('Department').optional(),
      note: field.json().optional(),
    },
    { softDelete: true, unique: [['title', stateOf]], plural: 'approvals' },
  ),
  Department: model({ name: field.text({ max: 40 }).unique({ ignoreCase: true }) }),
})

describe.each(serverFamilies)('on %s', engine => {
  test('names that are longer than the database takes are shortened, those of constraints and keys too', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const everything = { read: everyone, create: everyone }
    const Department = () => everything
    const app = createApp({
      schema: longNamed,
      rules: defineRules(longNamed, { [Approvals]: () => everything, Department }),
    })
    const path = '/api/approvals'
    // The second start finds the tables as they have to be.
    for (const [ids, title] of ['one', 'two'].entries()) {
      await using plinth = await createTestApp(app, { store: database.store(), ids })
      const departments = { create: [{ name: title }] }
      const body = { title, [stateOf]: 'given', [responsible]: departments, first: { create: { name: `${title}!` } } }
      const anyone = plinth.asAnonymous()
      const created = await anyone.post(`${path}?include=${responsible}(name)`, body)
      expect(created).toMatchObject({ status: 201, body: { [responsible]: [{ name: title }] } })
      expect(await anyone.post(path, { title, [stateOf]: 'open' })).toMatchObject({ status: 409 })
      expect(plinth.failures).toEqual([])
    }
  })
})

test('a column that every table of the database has by itself stops the start', () => {
  const taken = defineSchema({ Doc: model({ xmin: field.integer().optional() }) })
  const store = postgresStore({ url: 'postgres://nobody@localhost/none' })
  expect(() => createEngine({ graph: graphOf(taken), store })).toThrow(
    expect.objectContaining({ code: 'boot.store-unable', message: expect.stringContaining('xmin') as string }),
  )
  const renamed = defineSchema({ Doc: model({ xmin: field.integer().optional().column('lowest') }) })
  expect(() => createEngine({ graph: graphOf(renamed), store })).not.toThrow()
  expect(fullCapabilities.reservedColumns.size).toBe(0)
  expect(() => createEngine({ graph: graphOf(taken), store: memoryStore() })).not.toThrow()
})

test('a check that asks what a list holds stops the start where no check can', () => {
  const graph = graphOf(
    defineSchema({ Doc: model({ tags: field.array(field.text()).check(tags => tags.has('a'), 'a') }) }),
  )
  const databases = [
    sqliteStore({ file: ':memory:' }),
    postgresStore({ url: 'postgres://nobody@localhost/none' }),
    mysqlStore({ url: 'mysql://nobody@localhost/none' }),
  ]
  for (const store of databases) {
    expect(() => createEngine({ graph, store })).toThrow(
      expect.objectContaining({ code: 'boot.store-unable', message: expect.stringContaining('check "a"') as string }),
    )
  }
  expect(() => createEngine({ graph, store: memoryStore() })).not.toThrow()
})

test('what a store cannot do is refused in its name', () => {
  const Author = model({ name: field.text() })
  const Book = model({ author: field.belongsTo('Author') })
  const store = Object.assign(memoryStore(), { capabilities: { ...fullCapabilities, joins: false } })
  const engine = createEngine({ graph: graphOf(defineSchema({ Author, Book })), store })
  const nested = { select: { defaults: true, outputs: [] }, where: null, sort: [], limit: null }
  const outputs = [{ kind: 'include', output: 'author', relation: 'author', nested }] as const
  const prepared = engine.find({ ...emptyFind, model: 'Book', select: { defaults: false, outputs } }, 'system')
  expect(() => prepared.planned(systemCaller('test'))).toThrow(
    'The store "memory" cannot do this: it cannot follow the relation author.',
  )
})
