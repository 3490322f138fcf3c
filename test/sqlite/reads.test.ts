// Long reads on threads: their limits, their ends, and what the main thread feels of them.
import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { CompiledQuery, sql as sqlText } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { type PlinthError, refusal } from '../../src/error/index.ts'
import type { Predicate } from '../../src/model/index.ts'
import type { Observation } from '../../src/query/index.ts'
import { counting, emails, endless, fill, held, rename, text } from './endless.ts'
import {
  ascending,
  contextWith,
  equals,
  fieldOf,
  findPlan,
  given,
  insertPlan,
  inside,
  openShop,
  output,
  slot,
  typeOf,
  updatePlan,
  whole,
} from './shop.ts'

/** As `endless`, of the orders of the customer of those orders, and so on: with n orders n to the power of `depth` looks. */
const endlessOverFew = (depth: number, row = 0): Predicate => ({
  kind: 'some',
  row,
  path: ['customer'],
  relation: 'orders',
  where:
    depth === 1
      ? { kind: 'text', operator: 'contains', insensitive: false, left: fieldOf('note', row + 1), right: slot(0) }
      : endlessOverFew(depth - 1, row + 1),
  authority: 'schema',
})

/**
 * Watches the event loop, and tells the milliseconds of its longest turn: of work of this thread, since that other programs of the machine
 * take the processor is not the store's doing.
 */
function longestTurn(): () => number {
  let longest = 0
  let before = process.threadCpuUsage()
  const turn = (): void => {
    const { user, system } = process.threadCpuUsage(before)
    longest = Math.max(longest, (user + system) / 1000)
    before = process.threadCpuUsage()
  }
  const turning = setInterval(turn, 1)
  return () => {
    turn()
    clearInterval(turning)
    return longest
  }
}

describe('long reads', () => {
  test('an endless aggregate ends at its deadline and does not hold up the event loop', async () => {
    await using shop = openShop()
    await fill(shop.store, 20_000)
    const prepared = shop.store.prepareAggregate(counting(endless))
    const point = shop.store.prepareFind(
      findPlan('Order', {
        parameters: [given(typeOf('Order', 'number'))],
        where: equals('number', 0),
        cardinality: 'one',
      }),
    )
    const began = performance.now()
    const outcome = Promise.resolve(prepared.run(['x'], contextWith({ deadline: Date.now() + 500 }))).then(
      () => 'answered',
      (error: unknown) => error,
    )
    let ended = false
    void outcome.then(() => (ended = true))
    let answered = 0
    let longest = 0
    let turn = process.threadCpuUsage()
    while (!ended) {
      const found = await point.run([answered % 100], contextWith())
      if (found.rows === 1) answered++
      else answered += 1
      await new Promise(resolve => setImmediate(resolve))
      const { user, system } = process.threadCpuUsage(turn)
      longest = Math.max(longest, (user + system) / 1000)
      turn = process.threadCpuUsage()
    }
    expect(await outcome).toMatchObject({ code: 'store.time-limit', status: 503 })
    expect(performance.now() - began).toBeLessThan(2000)
    expect(answered).toBeGreaterThan(100)
    // Work of this thread in one turn; that other programs of the machine take the processor is not the store's doing.
    expect(longest).toBeLessThan(50)
  })

  test('ends at its deadline over rows whose numbers are below zero', async () => {
    await using shop = openShop()
    await fill(shop.store, 20_000, -1)
    const began = performance.now()
    const outcome = Promise.resolve(
      shop.store.prepareAggregate(counting(endless)).run(['x'], contextWith({ deadline: Date.now() + 300 })),
    )
    expect(performance.now() - began).toBeLessThan(200)
    await expect(outcome).rejects.toMatchObject({ code: 'store.time-limit' })
  })

  test('ends at its deadline over few rows too, whatever their numbers are', async () => {
    await using shop = openShop()
    await fill(shop.store, 60)
    const prepared = shop.store.prepareAggregate(counting(endlessOverFew(6)))
    const began = performance.now()
    const outcome = Promise.resolve(prepared.run(['x'], contextWith({ deadline: Date.now() + 300 })))
    // It has left this thread at once.
    expect(performance.now() - began).toBeLessThan(200)
    await expect(outcome).rejects.toMatchObject({ code: 'store.time-limit' })
  })

  test('is stopped when nobody waits any more, running or queued', async () => {
    await using shop = openShop({ threads: 1 })
    await fill(shop.store, 20_000)
    const prepared = shop.store.prepareAggregate(counting(endless))
    const gone = new AbortController()
    const running = prepared.run(['x'], contextWith({ signal: gone.signal }))
    const queued = prepared.run(['x'], contextWith({ signal: gone.signal }))
    setTimeout(() => gone.abort(), 30)
    for (const outcome of await Promise.allSettled([running, queued])) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store.cancelled' } })
    }
    // The thread is free again.
    const next = prepared.run(['x'], contextWith({ deadline: Date.now() + 500 }))
    await expect(next).rejects.toMatchObject({ code: 'store.time-limit' })
  })

  test('says that time is over when that is why it was stopped', async () => {
    await using shop = openShop({ threads: 1 })
    await fill(shop.store, 20_000)
    const prepared = shop.store.prepareAggregate(counting(endless))
    const over = new AbortController()
    const context = contextWith({ signal: over.signal })
    const outcomes = Promise.allSettled([prepared.run(['x'], context), prepared.run(['x'], context)])
    setTimeout(() => over.abort(refusal('store.time-limit', { limit: 30 })), 30)
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store.time-limit' } })
    const late = prepared.run(['x'], context)
    await expect(late).rejects.toMatchObject({ code: 'store.time-limit' })
  })

  test('the queue is bounded, and waiting does not outlast the deadline', async () => {
    await using shop = openShop({ threads: 1, queue: 2 })
    await fill(shop.store, 20_000)
    const prepared = shop.store.prepareAggregate(counting(endless))
    const first = prepared.run(['x'], contextWith({ deadline: Date.now() + 300 }))
    const late = prepared.run(['x'], contextWith({ deadline: Date.now() + 100 }))
    const last = prepared.run(['x'], contextWith({ deadline: Date.now() + 100 }))
    await expect(prepared.run(['x'], contextWith())).rejects.toMatchObject({ code: 'store.busy' })
    const codes = (await Promise.allSettled([first, late, last])).map(outcome =>
      outcome.status === 'rejected' ? (outcome.reason as PlinthError).code : null,
    )
    expect(codes).toEqual(['store.time-limit', 'store.busy', 'store.busy'])
  })

  test('what takes long gives the same answer from a thread', async () => {
    await using shop = openShop({ threads: 1 })
    await fill(shop.store, 200_000)
    const where: Observation[] = []
    const context = contextWith({ observe: observation => void where.push(observation) })
    const page = shop.store.prepareFind(
      findPlan('Order', {
        parameters: [given(text), given({ kind: 'integer', options: {} })],
        where: {
          kind: 'or',
          of: [
            { kind: 'text', operator: 'contains', insensitive: true, left: fieldOf('note'), right: slot(0) },
            { kind: 'compare', operator: 'gt', left: fieldOf('number'), right: slot(1) },
          ],
        },
        order: [ascending('Order', 'number')],
        outputs: [output('Order', 'number')],
        positions: true,
      }),
    )
    const wanted = {
      json: '[{"number":199999},{"number":200000}]',
      rows: 2,
      more: false,
      first: [199_999],
      last: [200_000],
      count: null,
      version: null,
    }
    expect(await whole(page.run(['y', 199_998], context))).toEqual(wanted)
    expect(where.map(one => (one.kind === 'statement' ? one.where : one.kind))).toEqual(['worker'])
  })

  test('a thread that dies is replaced', async () => {
    await using shop = openShop({ threads: 1 })
    await fill(shop.store, 20_000)
    const prepared = shop.store.prepareAggregate(counting(endless))
    const { postMessage } = Worker.prototype
    using killing = vi.spyOn(Worker.prototype, 'postMessage').mockImplementationOnce(function (
      this: Worker,
      message: unknown,
    ) {
      postMessage.call(this, message)
      void this.terminate()
    })
    await expect(prepared.run(['x'], contextWith())).rejects.toMatchObject({ code: 'store.unavailable' })
    killing.mockRestore()
    await expect(prepared.run(['x'], contextWith({ deadline: Date.now() + 300 }))).rejects.toMatchObject({
      code: 'store.time-limit',
    })
  })

  test('raw SQL that cannot be stopped is given up at its deadline, with its thread', async () => {
    await using shop = openShop({ threads: 1 })
    const sql = await shop.store.typedSql(contextWith({ deadline: Date.now() + 100 }))
    const long =
      'with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000000) select count(*) as c from n'
    await expect(sql.executeQuery(CompiledQuery.raw(long))).rejects.toMatchObject({ code: 'store.time-limit' })
    const next = await shop.store.typedSql(contextWith())
    expect((await next.executeQuery(CompiledQuery.raw('select 1 as one'))).rows).toEqual([{ one: 1 }])
  })

  test('a write that looks at too many rows ends with its transaction, undone', async () => {
    await using shop = openShop()
    await fill(shop.store, 20_000)
    const prepared = shop.store.prepareUpdate(
      updatePlan('Order', {
        parameters: [given(text)],
        where: {
          kind: 'or',
          of: [
            endless,
            {
              kind: 'compare',
              operator: 'eq',
              left: fieldOf('number'),
              right: { kind: 'literal', value: 1, type: typeOf('Order', 'number') },
            },
          ],
        },
        set: [{ field: 'note', to: slot(0) }],
      }),
    )
    await expect(prepared.run(['x'], contextWith({ deadline: Date.now() + 100 }))).rejects.toMatchObject({
      code: 'store.time-limit',
    })
    const first = findPlan('Order', {
      where: {
        kind: 'compare',
        operator: 'eq',
        left: fieldOf('number'),
        right: { kind: 'literal', value: 1, type: typeOf('Order', 'number') },
      },
      outputs: [output('Order', 'note')],
    })
    expect(await whole(shop.store.prepareFind(first).run([], contextWith()))).toMatchObject({
      json: '[{"note":"nothing of interest"}]',
    })
  })

  test('the write-ahead log is moved into the database and begins anew while rows are written', async () => {
    await using shop = openShop()
    const add = shop.store.prepareInsert(insertPlan('Customer', ['number', 'email']))
    const long = 'x'.repeat(4000)
    let number = 0
    const write = async (rows: number): Promise<number> => {
      const members = Array.from({ length: rows }, () => number++)
      await Promise.all(members.map(async one => add.run([[one, `${long}${one}`]], [], contextWith())))
      return statSync(`${shop.file}-wal`).size
    }
    const megabyte = 1024 * 1024
    while ((await write(64)) < 20 * megabyte);
    // A log that begins anew is cut to 16 MB. The test's own time limit is the limit.
    while ((await write(1)) > 16 * megabyte) await new Promise(resolve => setImmediate(resolve))
    expect(await write(1)).toBeLessThanOrEqual(16 * megabyte)
  })

  test.each([false, true])(
    'inside a transaction ends with it and holds up nobody, behind a change: %s',
    async changed => {
      await using shop = openShop()
      await fill(shop.store, 20_000)
      const prepared = shop.store.prepareAggregate(counting(endless))
      const context = contextWith()
      const longest = longestTurn()
      const outcome = shop.store.transaction({ ...held, limit: 300 }, context, async transaction => {
        if (changed) await shop.store.prepareUpdate(rename).run(['b@example.com'], { ...context, transaction })
        await prepared.run(['x'], { ...context, transaction })
      })
      await expect(outcome).rejects.toMatchObject({ code: 'store.time-limit' })
      expect(longest()).toBeLessThan(50)
      // The change went with the transaction.
      expect(await emails(shop.store)).toEqual([{ email: 'a@example.com' }])
    },
  )

  test('behind a change, a thread reads the change, and what user code does beside it waits for its turn', async () => {
    await using shop = openShop()
    await fill(shop.store, 500)
    const where: Observation[] = []
    const context = contextWith()
    const isCustomers: Predicate = {
      kind: 'compare',
      operator: 'eq',
      left: { ...fieldOf('email'), path: ['customer'] },
      right: slot(0),
    }
    const looking = shop.store.prepareAggregate(counting({ kind: 'or', of: [endless, isCustomers] }))
    const change = shop.store.prepareUpdate(rename)
    const counts = await shop.store.transaction(held, context, async transaction => {
      const within = { ...context, transaction, observe: (one: Observation) => void where.push(one) }
      await change.run(['b@example.com'], within)
      return await Promise.all([
        looking.run(['b@example.com'], within),
        change.run(['c@example.com'], within),
        shop.store.savepoint(within, () => looking.run(['b@example.com'], within)),
        looking.run(['c@example.com'], within),
      ])
    })
    expect(counts).toMatchObject([
      { json: '[{"count":500}]' },
      { count: 1 },
      { json: '[{"count":0}]' },
      { json: '[{"count":500}]' },
    ])
    expect(where.map(one => one.kind === 'statement' && one.where)).toEqual([
      ...['writer', 'worker', 'writer', 'worker', 'worker'],
    ])
    expect(await emails(shop.store)).toEqual([{ email: 'c@example.com' }])
  })

  test('a transaction that ends beside its own read does not wait for it', async () => {
    await using shop = openShop()
    await fill(shop.store, 20_000)
    const context = contextWith()
    let read: Promise<unknown> = Promise.resolve()
    await shop.store.transaction(held, context, async transaction => {
      const within = { ...context, transaction }
      await shop.store.prepareUpdate(rename).run(['b@example.com'], within)
      read = Promise.resolve(shop.store.prepareAggregate(counting(endless)).run(['x'], within)).catch(
        (error: unknown) => error,
      )
    })
    expect(await read).toMatchObject({ code: 'writes.transaction-over' })
    expect(await emails(shop.store)).toEqual([{ email: 'b@example.com' }])
  })

  test('typed SQL inside a transaction is read by a worker, behind a change too', async () => {
    await using shop = openShop()
    await fill(shop.store, 10)
    const where: Observation[] = []
    const options = { isolation: 'default', together: false, limit: 5000 } as const
    await shop.store.transaction(options, contextWith(), async transaction => {
      const context = { ...inside(transaction), observe: (one: Observation) => void where.push(one) }
      const sql = await shop.store.typedSql<{ order: { number: number; note: string } }>(context)
      const notes = sql.selectFrom('order').select('note').where('number', '=', 1)
      expect(await notes.execute()).toEqual([{ note: 'nothing of interest' }])
      await sql.updateTable('order').set({ note: 'mine' }).where('number', '=', 1).execute()
      // Its own change is seen by nobody else.
      expect(await notes.execute()).toEqual([{ note: 'mine' }])
      const changes = sql.selectNoFrom(sqlText<number>`changes()`.as('rows'))
      expect(await changes.execute()).toEqual([{ rows: 1 }])
      const outside = await shop.store.typedSql<{ order: { number: number; note: string } }>(contextWith())
      const others = outside.selectFrom('order').select('note').where('number', '=', 1)
      expect(await others.execute()).toEqual([{ note: 'nothing of interest' }])
    })
    expect(where.map(one => (one.kind === 'statement' ? one.where : one.kind))).toEqual(['writer', 'writer'])
  })
})

test(
  'a list in a row is given up long before it takes a gigabyte, also behind a write',
  { timeout: 60_000 },
  async () => {
    const schema = defineSchema({
      Book: model({ title: field.text(), pages: field.hasMany('Page', 'book') }),
      Page: model({ book: field.belongsTo('Book'), text: field.text({ max: 10_000_000 }) }),
    })
    const open = { read: everyone, update: everyone }
    const rules = defineRules(schema, { Book: () => open, Page: () => open })
    await using plinth = await createTestApp(createApp({ schema, rules }))
    const { id } = await plinth.db.Book.create({ title: 'Long' })
    for (let page = 0; page < 7; page++) await plinth.db.Page.create({ bookId: id, text: 'x'.repeat(9_900_000) })
    const select = 'select=a:pages(text),b:pages(text)'
    const caller = plinth.asAnonymous()
    for (const told of [
      await caller.get(`/api/books?${select}`),
      await caller.patch(`/api/books/${id}?${select}`, { title: 'x' }),
    ])
      expect([told.status, told.body.parameters]).toEqual([422, { limit: 64 * 1024 * 1024 }])
    expect(await plinth.db.Book.get(id)).toMatchObject({ title: 'Long' })
    // The writer's connection takes longer values again.
    const rows = Array.from({ length: 7 }, () => ({ bookId: id, text: 'y'.repeat(9_900_000) }))
    expect(await plinth.db.Page.create(rows, { select: { id: true } })).toHaveLength(7)
  },
)
