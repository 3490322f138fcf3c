/** What is found without regard to letter case is found by an index, where one is declared, on every engine. */
import { describe, expect, test } from 'vitest'
import { defineSchema, field, model } from '../../src/model/index.ts'
import { emptyFind } from '../../src/operation/index.ts'
import type { FilterRequest, FindRequest } from '../../src/query/index.ts'
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
})
