// Broken constraints in the words of the model.
import { describe, expect, test } from 'vitest'
import { PlinthError } from '../../src/error/index.ts'
import type { Value } from '../../src/model/index.ts'
import {
  all,
  contextWith,
  deletePlan,
  equals,
  fieldOf,
  given,
  insert,
  insertPlan,
  openShop,
  slot,
  typeOf,
  updatePlan,
} from './shop.ts'

async function refusalOf(work: () => unknown): Promise<object> {
  try {
    await work()
  } catch (error) {
    if (error instanceof PlinthError)
      return {
        code: error.code,
        ...error.parameters,
        ...(error.pointer === undefined ? {} : { pointer: error.pointer }),
      }
    throw error
  }
  throw new Error('Nothing was refused.')
}

const order = { number: 1, placedAt: '2026-01-01T00:00:00.000Z', total: '1.00', note: null, customerNumber: 1 }

async function filled() {
  const shop = openShop()
  await insert(shop.store, 'Customer', [
    { number: 1, email: 'a@example.com' },
    { number: 2, email: 'b@example.com' },
  ])
  await insert(shop.store, 'Order', [order])
  await insert(shop.store, 'Product', [{ number: 1, name: 'tea', state: 'new' }])
  await insert(shop.store, 'Line', [{ number: 1, orderNumber: 1, productNumber: 1 }])
  return shop
}

describe('what the database refuses is said in the words of the model', () => {
  const add =
    (row: Readonly<Record<string, Value>>, many: boolean) => async (shop: Awaited<ReturnType<typeof filled>>) => {
      const modelName = 'email' in row ? 'Customer' : 'state' in row ? 'Product' : 'Order'
      const plan = insertPlan(modelName, Object.keys(row), { many })
      await shop.store.prepareInsert(plan).run([Object.values(row)], [], contextWith())
    }

  test.each([
    [
      'a key that is taken',
      { number: 1, email: 'c@example.com' },
      { code: 'writes.unique', model: 'Customer', fields: 'number', pointer: '/number' },
    ],
    [
      'a unique that is taken',
      { number: 3, email: 'a@example.com' },
      { code: 'writes.unique', model: 'Customer', fields: 'email', pointer: '/email' },
    ],
    [
      'a reference to nothing',
      { ...order, number: 2, customerNumber: 9 },
      { code: 'writes.reference-missing', name: 'customerNumber', model: 'Customer', pointer: '/customerNumber' },
    ],
    [
      'a check of the model',
      { ...order, number: 2, total: '-0.01' },
      { code: 'writes.check', model: 'Order', check: 'notNegative', pointer: '/total' },
    ],
    [
      'a check that null cannot fulfil',
      { ...order, number: 2, total: null },
      { code: 'writes.check', model: 'Order', check: 'notNegative', pointer: '/total' },
    ],
    [
      'no value where one has to be',
      { ...order, number: 2, placedAt: null },
      { code: 'values.not-nullable', name: 'placedAt', pointer: '/placedAt' },
    ],
    [
      'a word that the enum does not have',
      { number: 2, name: 'x', state: 'gone' },
      { code: 'writes.check', model: 'Product', check: 'state', pointer: '/state' },
    ],
  ])('%s', async (_what, row, wanted) => {
    await using shop = await filled()
    expect(await refusalOf(() => add(row, false)(shop))).toEqual(wanted)
    expect(await refusalOf(() => add(row, true)(shop))).toEqual(wanted)
  })

  test('a row that others refer to', async () => {
    await using shop = await filled()
    const remove = (modelName: string) =>
      shop.store.prepareDelete(
        deletePlan(modelName, { parameters: [given(typeOf(modelName, 'number'))], where: equals('number', 0) }),
      )
    expect(await refusalOf(() => remove('Customer').run([1], contextWith()))).toEqual({
      code: 'writes.reference-in-use',
      model: 'Customer',
      other: 'Order',
    })
    expect(await refusalOf(() => remove('Product').run([1], contextWith()))).toEqual({
      code: 'writes.reference-in-use',
      model: 'Product',
      other: 'Line',
    })
    expect(await remove('Customer').run([2], contextWith())).toEqual({ count: 1, returned: [] })
    expect(await remove('Order').run([1], contextWith())).toEqual({ count: 1, returned: [] })
    expect(await all(shop.store, 'Line')).toEqual([])
  })

  test('a reference changed to nothing, and a key changed that others refer to', async () => {
    await using shop = await filled()
    const set = (modelName: string, name: string) =>
      shop.store.prepareUpdate(
        updatePlan(modelName, { parameters: [given(typeOf(modelName, name))], set: [{ field: name, to: slot(0) }] }),
      )
    expect(await refusalOf(() => set('Order', 'customerNumber').run([7], contextWith()))).toEqual({
      code: 'writes.reference-missing',
      name: 'customerNumber',
      model: 'Customer',
      pointer: '/customerNumber',
    })
    const rename = shop.store.prepareUpdate(
      updatePlan('Product', {
        parameters: [given(typeOf('Product', 'number'))],
        where: {
          kind: 'compare',
          operator: 'eq',
          left: fieldOf('number'),
          right: { kind: 'literal', value: 1, type: typeOf('Product', 'number') },
        },
        set: [{ field: 'number', to: slot(0) }],
      }),
    )
    expect(await refusalOf(() => rename.run([5], contextWith()))).toEqual({
      code: 'writes.reference-in-use',
      model: 'Product',
      other: 'Line',
    })
  })

  test('rows that break a rule are left out and counted, and conflicts can be passed over', async () => {
    await using shop = await filled()
    const cheap = shop.store.prepareInsert(
      insertPlan('Order', Object.keys(order), {
        many: true,
        parameters: [given(typeOf('Order', 'total'))],
        check: { kind: 'compare', operator: 'lt', left: fieldOf('total'), right: slot(0) },
        returning: ['number', 'total', 'placedAt'],
      }),
    )
    const rows = [
      { ...order, number: 2, total: '9.99' },
      { ...order, number: 3, total: '10.00' },
    ].map(row => Object.values(row))
    expect(await cheap.run(rows, ['10'], contextWith())).toEqual({
      count: 1,
      returned: [[2, '9.99', '2026-01-01T00:00:00.000Z']],
    })
    const again = shop.store.prepareInsert(
      insertPlan('Customer', ['number', 'email'], { many: true, ignoreConflictOn: ['number'] }),
    )
    expect(
      await again.run(
        [
          [1, 'x@example.com'],
          [3, 'c@example.com'],
        ],
        [],
        contextWith(),
      ),
    ).toEqual({ count: 1, returned: [] })
  })
})
