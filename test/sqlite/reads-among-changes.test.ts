// Long reads behind a change: what the transaction, its writer and those who wait for it feel of them.
import { CompiledQuery, sql as sqlText } from 'kysely'
import { expect, test } from 'vitest'
import type { PlinthError } from '../../src/error/index.ts'
import type { Observation } from '../../src/query/index.ts'
import { counting, emails, endless, fill, held, rename } from './endless.ts'
import { contextWith, inside, openShop } from './shop.ts'

test('what waits for such a read when its transaction ends is refused, and leaves the writer as it was', async () => {
  await using shop = openShop()
  await fill(shop.store, 20_000)
  const context = contextWith()
  const change = shop.store.prepareUpdate(rename)
  let late: Promise<readonly unknown[]> = Promise.resolve([])
  await shop.store.transaction(held, context, async transaction => {
    const within = { ...context, transaction }
    const sql = await shop.store.typedSql<{ order: { number: number } }>(within)
    await change.run(['b@example.com'], within)
    const errors: Promise<unknown>[] = []
    const begin = (work: unknown): void =>
      void errors.push(Promise.resolve(work).catch((error: unknown) => (error as PlinthError).code))
    begin(shop.store.prepareAggregate(counting(endless)).run(['x'], within))
    begin(sql.selectFrom('order').select('number').execute())
    // By then the second read waits for the first.
    await new Promise(resolve => setTimeout(resolve, 20))
    begin(shop.store.savepoint(within, () => change.run(['c@example.com'], within)))
    late = Promise.all(errors)
  })
  expect(await late).toEqual(Array.from({ length: 3 }, () => 'writes.transaction-over'))
  expect(await emails(shop.store)).toEqual([{ email: 'b@example.com' }])
  await change.run(['d@example.com'], context)
  expect(await emails(shop.store)).toEqual([{ email: 'd@example.com' }])
})

test('a savepoint that is undone after such a read takes nothing with it of what was started beside it', async () => {
  await using shop = openShop()
  await fill(shop.store, 500)
  const context = contextWith()
  const change = shop.store.prepareUpdate(rename)
  const count = shop.store.prepareAggregate(counting(endless))
  await shop.store.transaction(held, context, async transaction => {
    const within = { ...context, transaction }
    await change.run(['b@example.com'], within)
    const sql = await shop.store.typedSql<{ order: { number: number; note: string } }>(within)
    // As the engine's steps do: nothing is waited for but the store.
    const undone = shop.store.savepoint(within, async () => {
      await count.run(['x'], within)
      await change.run(['undone@example.com'], within)
      await count.run(['x'], within)
      throw new Error('undone')
    })
    const outcomes = await Promise.allSettled([
      undone,
      shop.store.savepoint(within, () => change.run(['c@example.com'], within)),
      sql.updateTable('order').set({ note: 'mine' }).where('number', '=', 1).execute(),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })
  expect(await emails(shop.store)).toEqual([{ email: 'c@example.com' }])
  const notes = await shop.store.typedSql<{ order: { number: number; note: string } }>(context)
  expect(await notes.selectFrom('order').select('note').where('number', '=', 1).execute()).toEqual([{ note: 'mine' }])
})

test('who waits for the writer is refused in time while a read that cannot be stopped keeps it', async () => {
  await using shop = openShop()
  await fill(shop.store, 10)
  const context = contextWith()
  const change = shop.store.prepareUpdate(rename)
  const began = Promise.withResolvers<void>()
  let over = false
  const outcome = shop.store
    .transaction({ ...held, limit: 100 }, context, async transaction => {
      const within = { ...context, transaction }
      const sql = await shop.store.typedSql(within)
      await change.run(['b@example.com'], within)
      began.resolve()
      const endlessly = sqlText<number>`(with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000000) select count(*) from n)`
      await sql.selectNoFrom(endlessly.as('count')).execute()
    })
    .catch((error: unknown) => error)
  await began.promise
  const waiting = Promise.resolve(change.run(['c@example.com'], contextWith({ deadline: Date.now() + 200 })))
  const freed = change.run(['d@example.com'], context)
  void Promise.resolve(freed).then(() => (over = true))
  await expect(waiting).rejects.toMatchObject({ code: 'store.busy' })
  expect(over).toBe(false)
  expect(await outcome).toMatchObject({ code: 'store.time-limit' })
  await freed
  expect(await emails(shop.store)).toEqual([{ email: 'd@example.com' }])
})

test.each(['create temporary table mine', 'create table mine'])(
  'what a transaction makes is read where it is: %s',
  async make => {
    await using shop = openShop()
    await fill(shop.store, 300)
    const count = shop.store.prepareAggregate(counting(endless))
    await shop.store.transaction(held, contextWith(), async transaction => {
      const within = inside(transaction)
      const sql = await shop.store.typedSql<{ mine: { number: number }; order: { number: number } }>(within)
      await sql.executeQuery(CompiledQuery.raw(`${make} as select number from "order" where number < 3`))
      expect(await sql.selectFrom('mine').select('number').execute()).toEqual([{ number: 1 }, { number: 2 }])
      expect(await sql.selectFrom('order').select('number').execute()).toHaveLength(300)
      expect(await count.run(['x'], within)).toMatchObject({ json: '[{"count":0}]' })
    })
    // Threads read among the changes of the next one.
    await shop.store.transaction(held, contextWith(), async transaction => {
      const where: Observation[] = []
      const within = { ...inside(transaction), observe: (one: Observation) => void where.push(one) }
      await shop.store.prepareUpdate(rename).run(['b@example.com'], within)
      expect(await count.run(['x'], within)).toMatchObject({ json: '[{"count":0}]' })
      expect(where.map(one => one.kind === 'statement' && one.where)).toEqual(['writer', 'worker'])
    })
  },
)
