/** Reads of the shop that take as long as they may, and what tests do beside them. */
import { CompiledQuery } from 'kysely'
import type { Predicate } from '../../src/model/index.ts'
import { type AggregatePlan, planFormat } from '../../src/query/index.ts'
import type { SqliteStore } from '../../src/store/sqlite/index.ts'
import { all, contextWith, fieldOf, given, insert, inside, output, slot, typeOf, updatePlan } from './shop.ts'

export const text = typeOf('Order', 'note')

/** True of no order, and found out only by looking at all orders of its customer: with n orders of one customer n × n looks. */
export const endless: Predicate = {
  kind: 'some',
  row: 0,
  path: ['customer'],
  relation: 'orders',
  where: { kind: 'text', operator: 'contains', insensitive: false, left: fieldOf('note', 1), right: slot(0) },
  authority: 'schema',
}

export const counting = (where: Predicate): AggregatePlan => ({
  format: planFormat,
  kind: 'aggregate',
  model: 'Order',
  caller: 'system',
  parameters: [given(text)],
  reads: { models: {}, caller: [], now: false },
  where,
  groupBy: [],
  measures: [{ output: 'count', function: 'count', of: null, type: { kind: 'integer', options: {} } }],
  order: [],
  limit: null,
})

export const held = { isolation: 'default', together: false, limit: 5000 } as const

export const rename = updatePlan('Customer', {
  parameters: [given(typeOf('Customer', 'email'))],
  set: [{ field: 'email', to: slot(0) }],
})

export const emails = async (store: SqliteStore): Promise<unknown> =>
  all(store, 'Customer', { outputs: [output('Customer', 'email')] })

export async function fill(store: SqliteStore, orders: number, sign: 1 | -1 = 1): Promise<void> {
  await insert(store, 'Customer', [{ number: 1, email: 'a@example.com' }])
  await store.transaction(
    { isolation: 'default', together: false, limit: 60_000 },
    contextWith(),
    async transaction => {
      const sql = await store.typedSql(inside(transaction))
      await sql.executeQuery(
        CompiledQuery.raw(
          `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
         insert into "order" (number, placed_at, total, note, customer_number)
         select i * ?, '2026-01-01T00:00:00.000Z', 100, 'nothing of interest', 1 from n`,
          [orders, sign],
        ),
      )
    },
  )
}
