// Rows that are gathered beside a SQLite database, and what stands against them by the time when they are put in their place.
import { expect, it } from 'vitest'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import { defineSchema, field, graphOf, model } from '../../src/model/index.ts'
import { createDb, createRows, type UntypedDb, type UntypedModelDb } from '../../src/operation/index.ts'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { systemContext } from '../fixtures/system-context.ts'

const Team = model({ name: field.text().unique() }, { key: ['name'] })
const Person = model(
  {
    email: field.text().unique(),
    team: field.belongsTo('Team').optional(),
    boss: field.belongsTo('Person').optional(),
  },
  { softDelete: true },
)
const Numbered = model({ id: field.sequence(), text: field.text() })
const Counted = model({ number: field.bigint() }, { key: ['number'] })
const graph = graphOf(defineSchema({ Team, Person, Numbered, Counted }))

const create = (engine: Engine, rows: readonly object[], name = 'Person') =>
  createRows(engine, { model: name, form: 'json', rows, many: true, select: null }, systemContext())

const idOf = (number: number): string => `01900000-0000-7000-8000-00000000000${number}`

it('finds by line what came meanwhile, changes nothing then, and puts all in their place when it is gone', async () => {
  const store = sqliteStore({ file: ':memory:' })
  const engine = createEngine({ graph, store, makeDb: createDb })
  store.open(engine.graph)
  store.applySchema(store.compareSchema(engine.graph))
  const db = createDb(engine, () => systemContext()) as UntypedDb & Record<'Person' | 'Team', UntypedModelDb>
  const emails = async (): Promise<readonly unknown[]> =>
    (await db.Person.find({ select: { email: true }, sort: 'email' })).map(({ email }) => email)
  // The value of a row that was deleted softly is free.
  await db.Person.create({ id: idOf(1), email: 'gone' })
  await db.Person.delete(idOf(1))

  expect(await store.stage(engine.model('Numbered')), 'the database gives numbers where rows stay').toBe(null)
  {
    await using staging = await store.stage(engine.model('Person'))
    if (staging === null) throw new Error('Persons can be gathered apart.')
    const apart = createEngine({ graph, store: staging.store })
    const conflicts = () => staging.conflicts(10).map(({ line, error: { code } }) => [line, code])
    // The first one refers to a later one.
    await create(apart, [
      { email: 'a', bossId: idOf(3) },
      { email: 'gone', teamName: 'red' },
    ])
    staging.note([2, 5])
    await expect(create(apart, [{ email: 'd' }, { email: 'a' }])).rejects.toMatchObject({ code: 'writes.unique' })
    await create(apart, [{ id: idOf(3), email: 'c' }])
    staging.note([9])
    expect(conflicts()).toEqual([[5, 'writes.reference-missing']])
    await db.Team.create({ name: 'red' })
    expect(conflicts()).toEqual([])

    // Between the look and the merge somebody else takes one of the values.
    await db.Person.create({ id: idOf(4), email: 'c' })
    expect(await staging.merge(systemContext())).toBe(false)
    expect(conflicts()).toEqual([[9, 'writes.unique']])
    expect(await emails()).toEqual(['c'])
    await db.Person.delete(idOf(4))
    expect(await staging.merge(systemContext())).toBe(true)
    expect(await emails()).toEqual(['a', 'c', 'gone'])
  }
  await store.close()
})

it('puts rows in their place whose keys are numbers of 64 bits', async () => {
  const store = sqliteStore({ file: ':memory:' })
  const engine = createEngine({ graph, store })
  store.open(engine.graph)
  store.applySchema(store.compareSchema(engine.graph))
  const [first, last] = ['-9223372036854775808', '9223372036854775807']
  {
    await using staging = await store.stage(engine.model('Counted'))
    if (staging === null) throw new Error('They can be gathered apart.')
    await create(createEngine({ graph, store: staging.store }), [{ number: last }, { number: first }], 'Counted')
    staging.note([2, 3])
    await create(engine, [{ number: last }], 'Counted')
    expect(staging.conflicts(10).map(({ line }) => line)).toEqual([2])
    expect(await staging.merge(systemContext())).toBe(false)
  }
  {
    await using staging = await store.stage(engine.model('Counted'))
    await create(
      createEngine({ graph, store: staging?.store ?? store }),
      [{ number: '0' }, { number: first }],
      'Counted',
    )
    expect(await staging?.merge(systemContext())).toBe(true)
  }
  await expect(create(engine, [{ number: first }], 'Counted')).rejects.toMatchObject({ code: 'writes.unique' })
  await store.close()
})
