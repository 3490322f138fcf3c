// Which index serves what, and pages that no index serves; typed SQL beside them.
import { CompiledQuery } from 'kysely'
import { describe, expect, test } from 'vitest'
import { always } from '../../src/model/index.ts'
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
  whole,
} from './shop.ts'

const text = typeOf('Order', 'note')

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
    expect(await whole(forward.run([3], contextWith()))).toMatchObject({
      json: '[{"number":2},{"number":4}]',
      more: true,
      first: ['1.00', 2],
      last: ['2.00', 4],
    })
    // The last page: nulls last, fetched from the end and turned round.
    expect(await whole(page(true, 'ascending').run([3], contextWith()))).toMatchObject({
      json: '[{"number":1},{"number":3}]',
      more: true,
      first: ['3.00', 1],
      last: [null, 3],
    })
    expect(await whole(page(false, 'descending').run([3], contextWith()))).toMatchObject({
      json: '[{"number":1},{"number":4}]',
      more: true,
    })
    expect(await whole(page(true, 'descending').run([5], contextWith()))).toMatchObject({
      json: '[{"number":1},{"number":4},{"number":2},{"number":3}]',
      more: false,
    })
    expect(await whole(forward.run([1], contextWith()))).toMatchObject({
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
