// Long reads on threads, short ones by index, pages and typed SQL.
import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { CompiledQuery } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import type { PlinthError } from '../../src/error/index.ts'
import { always, type Predicate } from '../../src/model/index.ts'
import { type AggregatePlan, type Observation, planFormat } from '../../src/query/index.ts'
import type { SqliteStore } from '../../src/store/sqlite/index.ts'
import {
  all,
  ascending,
  contextWith,
  equals,
  fieldOf,
  findPlan,
  type FindParts,
  given,
  insert,
  insertPlan,
  inside,
  openShop,
  output,
  slot,
  typeOf,
  updatePlan,
} from './shop.ts'

const text = typeOf('Order', 'note')

/** True of no order, and found out only by looking at all orders of its customer: with n orders of one customer n × n looks. */
const endless: Predicate = {
  kind: 'some',
  row: 0,
  path: ['customer'],
  relation: 'orders',
  where: { kind: 'text', operator: 'contains', insensitive: false, left: fieldOf('note', 1), right: slot(0) },
  authority: 'schema',
}

const counting = (where: Predicate): AggregatePlan => ({
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

async function fill(store: SqliteStore, orders: number): Promise<void> {
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
         select i, '2026-01-01T00:00:00.000Z', 100, 'nothing of interest', 1 from n`,
          [orders],
        ),
      )
    },
  )
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
    const next = prepared.run(['x'], contextWith({ deadline: Date.now() + 50 }))
    await expect(next).rejects.toMatchObject({ code: 'store.time-limit' })
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
    expect(await page.run(['y', 199_998], context)).toEqual(wanted)
    expect(where.map(one => (one.kind === 'statement' ? one.where : one.kind))).toEqual(['worker'])
  })

  test('a thread that dies is replaced', async () => {
    await using shop = openShop({ threads: 1 })
    await fill(shop.store, 20_000)
    const prepared = shop.store.prepareAggregate(counting(endless))
    const { postMessage } = Worker.prototype
    const killing = vi.spyOn(Worker.prototype, 'postMessage').mockImplementationOnce(function (
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
    expect(await shop.store.prepareFind(first).run([], contextWith())).toMatchObject({
      json: '[{"note":"nothing of interest"}]',
    })
  })

  test('the write-ahead log stays small while many write', async () => {
    await using shop = openShop()
    const add = shop.store.prepareInsert(insertPlan('Customer', ['number', 'email']))
    const long = 'x'.repeat(4000)
    let largest = 0
    for (let turn = 0; turn < 200; turn++) {
      const members = Array.from({ length: 40 }, (_, index) => turn * 40 + index)
      await Promise.all(members.map(async number => add.run([[number, `${long}${number}`]], [], contextWith())))
      largest = Math.max(largest, statSync(`${shop.file}-wal`).size)
    }
    expect(largest).toBeGreaterThan(4 * 1024 * 1024)
    // Without checkpoints it would hold every page that was written: more than 60 MB.
    expect(largest).toBeLessThan(40 * 1024 * 1024)
  })

  test('one inside a transaction ends with the transaction', async () => {
    await using shop = openShop()
    await fill(shop.store, 20_000)
    const prepared = shop.store.prepareAggregate(counting(endless))
    const held = shop.store.transaction(
      { isolation: 'default', together: false, limit: 100 },
      contextWith(),
      async transaction => {
        await prepared.run(['x'], inside(transaction))
      },
    )
    await expect(held).rejects.toMatchObject({ code: 'store.time-limit' })
  })
})

describe('indexes', () => {
  const explain =
    (parts: FindParts, modelName = 'Order') =>
    async (store: SqliteStore) => {
      const parameters = parts.parameters ?? []
      const prepared = store.prepareFind(findPlan(modelName, parts))
      return prepared.explain(parameters.map(() => null))
    }
  const moment = typeOf('Order', 'placedAt')
  const number = typeOf('Order', 'number')
  const limit = { source: 'limit', slot: null, fallback: 20, maximum: 200, peek: 1, name: 'limit' } as const
  const newest = [ascending('Order', 'placedAt', 'descending'), ascending('Order', 'number', 'descending')]

  test.each([
    [
      'one row by its key',
      { parameters: [given(number)], where: equals('number', 0), cardinality: 'one' as const },
      'SEARCH t0 USING INTEGER PRIMARY KEY (rowid=?)',
    ],
    [
      'rows by a list of keys',
      { parameters: [given(number, true)], where: { kind: 'in' as const, left: fieldOf('number'), list: slot(0) } },
      'SEARCH t0 USING INTEGER PRIMARY KEY (rowid=?)',
    ],
    [
      'a first page',
      { parameters: [limit], order: newest, limit: 0 },
      'SCAN t0 USING INDEX order_placed_at_number_index',
    ],
    [
      'the next page',
      {
        parameters: [limit, given(moment), given(number)],
        order: newest,
        limit: 0,
        where: {
          kind: 'seek' as const,
          backward: false,
          terms: [
            { of: fieldOf('placedAt'), direction: 'descending' as const, nullable: false, position: slot(1) },
            { of: fieldOf('number'), direction: 'descending' as const, nullable: false, position: slot(2) },
          ],
        },
      },
      'SEARCH t0 USING INDEX order_placed_at_number_index (placed_at<?)',
    ],
    [
      'the next page of a mixed order',
      {
        parameters: [limit, given(moment), given(number)],
        order: [ascending('Order', 'placedAt', 'descending'), ascending('Order', 'number')],
        limit: 0,
        where: {
          kind: 'seek' as const,
          backward: false,
          terms: [
            { of: fieldOf('placedAt'), direction: 'descending' as const, nullable: false, position: slot(1) },
            { of: fieldOf('number'), direction: 'ascending' as const, nullable: false, position: slot(2) },
          ],
        },
      },
      'SEARCH t0 USING INDEX order_placed_at_number_index (placed_at<?)',
    ],
    [
      'texts that begin with a word',
      {
        parameters: [given(text)],
        where: {
          kind: 'text' as const,
          operator: 'startsWith' as const,
          insensitive: false,
          left: fieldOf('email'),
          right: slot(0),
        },
      },
      'SEARCH t0 USING INDEX customer_email_unique (email>? AND email<?)',
    ],
    [
      'rows whose to-one relation is found by a unique',
      {
        parameters: [given(text)],
        where: {
          kind: 'some' as const,
          row: 0,
          path: [],
          relation: 'customer',
          authority: 'schema' as const,
          where: { kind: 'compare' as const, operator: 'eq' as const, left: fieldOf('email', 1), right: slot(0) },
        },
      },
      'SEARCH t0 USING INDEX order_customer_number_index (customer_number=?)',
    ],
  ])('serve %s', async (what, parts: FindParts, wanted) => {
    await using shop = openShop()
    const plan = await explain(parts, what.startsWith('texts') ? 'Customer' : 'Order')(shop.store)
    expect(plan.replaceAll('COVERING ', '')).toContain(wanted)
    if (!what.includes('mixed')) expect(plan).not.toContain('TEMP B-TREE')
  })

  test('rows that hang on a row come out of an index in the order of their key', async () => {
    await using shop = openShop()
    const plan = findPlan('Customer', {
      outputs: [
        {
          kind: 'many',
          output: 'orders',
          link: { model: 'Customer', row: 0, relation: 'orders' },
          node: {
            model: 'Order',
            row: 1,
            where: always,
            order: [{ of: fieldOf('number', 1), type: number, direction: 'ascending', nullable: false }],
            limit: 0,
            offset: null,
            outputs: [output('Order', 'number', 1)],
          },
          visible: null,
          strategy: 'correlated',
        },
      ],
      parameters: [limit],
    })
    const told = await shop.store.prepareFind(plan).explain([20])
    expect(told).toContain('SEARCH t1 USING COVERING INDEX order_customer_number_index (customer_number=?)')
    expect(told).not.toContain('TEMP B-TREE')
  })
})

describe('pages', () => {
  test('an order that no index serves makes the JSON of the page only', async () => {
    await using shop = openShop()
    await insert(shop.store, 'Customer', [{ number: 1, email: 'a@example.com' }])
    const totals = ['3.00', '1.00', null, '2.00'].map((total, index) => ({
      number: index + 1,
      placedAt: '2026-01-01T00:00:00.000Z',
      total: total ?? '0.00',
      note: total,
      customerNumber: 1,
    }))
    await insert(shop.store, 'Order', totals)
    const page = (backward: boolean, direction: 'ascending' | 'descending') =>
      shop.store.prepareFind(
        findPlan('Order', {
          parameters: [{ source: 'limit', slot: null, fallback: 2, maximum: 200, peek: 1, name: 'limit' }],
          order: [ascending('Order', 'note', direction), ascending('Order', 'number')],
          limit: 0,
          backward,
          positions: true,
          outputs: [output('Order', 'number')],
        }),
      )
    const forward = page(false, 'ascending')
    expect(forward.command).toContain('cross join')
    expect(await forward.run([3], contextWith())).toMatchObject({
      json: '[{"number":2},{"number":4}]',
      more: true,
      first: ['1.00', 2],
      last: ['2.00', 4],
    })
    // The last page: nulls last, fetched from the end and turned round.
    expect(await page(true, 'ascending').run([3], contextWith())).toMatchObject({
      json: '[{"number":1},{"number":3}]',
      more: true,
      first: ['3.00', 1],
      last: [null, 3],
    })
    expect(await page(false, 'descending').run([3], contextWith())).toMatchObject({
      json: '[{"number":1},{"number":4}]',
      more: true,
    })
    expect(await page(true, 'descending').run([5], contextWith())).toMatchObject({
      json: '[{"number":1},{"number":4},{"number":2},{"number":3}]',
      more: false,
    })
    expect(await forward.run([1], contextWith())).toMatchObject({
      json: '[]',
      rows: 0,
      more: true,
      first: null,
      last: null,
    })
  })

  test('typed SQL takes part in a transaction, and reads and writes outside of one', async () => {
    await using shop = openShop()
    interface Tables {
      readonly customer: { readonly number: number; readonly email: string }
    }
    const add = shop.store.prepareInsert(insertPlan('Customer', ['number', 'email']))
    const failing = shop.store.transaction(
      { isolation: 'default', together: false, limit: 5000 },
      contextWith(),
      async transaction => {
        await add.run([[1, 'a@example.com']], [], inside(transaction))
        const sql = await shop.store.typedSql<Tables>(inside(transaction))
        expect(await sql.selectFrom('customer').select('email').execute()).toEqual([{ email: 'a@example.com' }])
        await sql.insertInto('customer').values({ number: 2, email: 'b@example.com' }).execute()
        await expect(
          sql.insertInto('customer').values({ number: 2, email: 'c@example.com' }).execute(),
        ).rejects.toMatchObject({ code: 'writes.unique' })
        throw new Error('undone')
      },
    )
    await expect(failing).rejects.toThrow('undone')
    const sql = await shop.store.typedSql<Tables>(contextWith())
    expect(await sql.selectFrom('customer').selectAll().execute()).toEqual([])
    const { numInsertedOrUpdatedRows } = await sql
      .insertInto('customer')
      .values({ number: 2, email: 'b@example.com' })
      .executeTakeFirstOrThrow()
    expect(numInsertedOrUpdatedRows).toBe(1n)
    await sql.executeQuery(CompiledQuery.raw('update customer set email = ? where number = ?', ['d@example.com', 2]))
    expect(await all(shop.store, 'Customer')).toEqual([{ number: 2, email: 'd@example.com' }])
    await expect(sql.transaction().execute(async () => undefined)).rejects.toMatchObject({ code: 'store.unsupported' })
  })
})
