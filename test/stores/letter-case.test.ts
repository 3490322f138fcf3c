/** What is found without regard to letter case is found by an index, where one is declared, on every engine. */
import { describe, expect, test } from 'vitest'
import { defineSchema, field, model } from '../../src/model/index.ts'
import { emptyFind, type FilterRequest, type FindRequest } from '../../src/query/index.ts'
import { engines, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { systemContext } from '../fixtures/system-context.ts'
import { openTables } from './open-tables.ts'

const schema = defineSchema({
  Account: model({
    name: field.text({ max: 80 }).index({ ignoreCase: true }),
    email: field.email().unique({ ignoreCase: true }),
    motto: field.text().optional().index({ ignoreCase: true }),
  }),
  Team: model({ name: field.text({ max: 80 }).unique({ ignoreCase: true }) }, { softDelete: true }),
  Seat: model(
    { room: field.integer(), label: field.text({ max: 40 }), note: field.text({ max: 40 }).default('') },
    {
      unique: [{ fields: ['room', 'label'], ignoreCase: ['label'] }],
      index: [{ fields: ['note', 'room'], ignoreCase: ['note'] }],
    },
  ),
})
const where = (path: string, operator: 'eq' | 'in' | 'startsWith' | 'iequals' | 'istartsWith'): FilterRequest => ({
  kind: 'compare',
  path: [path],
  operator,
  slot: 0,
})
const onlyId = { defaults: false, outputs: [{ kind: 'field', output: 'id', field: 'id' }] } as const

/** MySQL looks the one row of a unique index up before it plans anything else. */
const byIndex = (name: string): RegExp => new RegExp(`${name}|rows_fetched_before_execution`, 'u')

/** One server of each family, and the oldest PostgreSQL: its planner folds constants by other means. */
const tried = [...new Set([...engines, ...serverFamilies, 'postgres-15' as const])]

describe.each(tried)('on %s', engine => {
  test('the indexes that ignore case are used', { timeout: 60_000 }, async context => {
    needsEngine(context, engine)
    await using tables = await openTables(engine, schema)
    const { queries, db } = tables
    const people = Array.from({ length: 3000 }, (_, number) => ({
      name: `Näme ${number}`,
      email: `Person.${number}@example.com`,
      motto: `Ever Onward ${number}`,
    }))
    await db.Account.create(people)
    await db.Team.create(people.map(({ name }) => ({ name })))
    await tables.analyze()
    const explain = async (value: unknown, request: Partial<FindRequest>): Promise<string> => {
      const prepared = queries.find({ ...emptyFind, model: 'Account', select: onlyId, ...request }, 'system')
      return prepared.explain({ form: 'json', values: [value], cursor: null }, systemContext())
    }
    const email = byIndex('account_email_ignoring_case_unique')
    const name = byIndex('account_name_ignoring_case_index')
    const address = 'PERSON.7@EXAMPLE.COM'
    expect(await explain(address, { where: where('email', 'iequals') })).toMatch(email)
    expect(await explain('PERSON.70', { where: where('email', 'istartsWith') })).toMatch(email)
    expect(await explain(address, { by: { fields: ['email'], slots: [0] } })).toMatch(email)
    // What is equal, or begins alike, is found there, too: no other index has it.
    expect(await explain('Person.7@example.com', { where: where('email', 'eq') })).toMatch(email)
    expect(await explain('Person.70', { where: where('email', 'startsWith') })).toMatch(email)
    expect(await explain(['Person.7@example.com'], { where: where('email', 'in') })).toMatch(email)
    expect(await explain('NÄME 70', { where: where('name', 'iequals') })).toMatch(name)
    expect(await explain('NÄME 70', { where: where('name', 'istartsWith') })).toMatch(name)
    const motto = byIndex('account_motto_ignoring_case_index')
    expect(await explain('EVER ONWARD 7', { where: where('motto', 'iequals') })).toMatch(motto)
    expect(await explain('EVER ONWARD 70', { where: where('motto', 'istartsWith') })).toMatch(motto)
    const live = byIndex('team_name_ignoring_case_unique')
    expect(await explain('NÄME 7', { model: 'Team', where: where('name', 'iequals') })).toMatch(live)
    expect(await db.Account.get({ email: address })).toMatchObject({ name: 'Näme 7' })
    expect(await db.Account.count({ where: { email: { istartsWith: 'PERSON.70' } } })).toBe(11)
  })

  test('a group of fields leaves out the case of those that it names', { timeout: 60_000 }, async context => {
    needsEngine(context, engine)
    await using tables = await openTables(engine, schema)
    const { queries, db } = tables
    await db.Seat.create(
      Array.from({ length: 3000 }, (_, number) => ({
        room: number % 30,
        label: `Ärmel ${Math.floor(number / 30)}`,
        note: `Note ${number}`,
      })),
    )
    await tables.analyze()
    const taken = { room: 7, label: 'ÄRMEL 50' }
    await expect(db.Seat.create(taken)).rejects.toMatchObject({ code: 'writes.unique' })
    expect(await db.Seat.get(taken)).toMatchObject({ room: 7, label: 'Ärmel 50' })
    // In another room there is one of its own.
    expect(await db.Seat.get({ room: 8, label: 'ärmel 50' })).toMatchObject({ room: 8, label: 'Ärmel 50' })
    const changed = await db.Seat.upsert({ on: ['room', 'label'], create: taken, update: { note: 'found' } })
    expect(changed).toMatchObject({ label: 'Ärmel 50', note: 'found' })
    expect(await db.Seat.count()).toBe(3000)

    const explain = async (values: readonly unknown[], request: Partial<FindRequest>): Promise<string> => {
      const prepared = queries.find({ ...emptyFind, model: 'Seat', select: onlyId, ...request }, 'system')
      return prepared.explain({ form: 'json', values, cursor: null }, systemContext())
    }
    expect(await explain([7, 'ÄRMEL 50'], { by: { fields: ['room', 'label'], slots: [0, 1] } })).toMatch(
      byIndex('seat_room_label_ignoring_case_unique'),
    )
    expect(await explain(['NOTE 7'], { where: where('note', 'iequals') })).toMatch(
      byIndex('seat_note_ignoring_case_room_index'),
    )
  })
})
