/** Transactions: all or nothing, one writer, and who sees what meanwhile. */
import assert from 'node:assert/strict'
import { PlinthError } from '../../../error/index.ts'
import { settle } from '../../../lib/index.ts'
import { createDb } from '../../../operation/index.ts'
import { systemCaller } from '../../../query/index.ts'
import { group, isUnsupported, refused, writing } from '../case.ts'
import { keys } from '../rows.ts'

class Stop extends Error {}

/** The work ends with what it threw, and not with anything else. */
async function stops(work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (isUnsupported(outcome)) throw outcome
  assert.ok(outcome instanceof Stop)
}

export const transactionGroup = group('transactions', [
  writing('what it did is kept when it returns', ['transactions'], async ({ system }) => {
    const code = await system.transaction(async db => {
      const harbour = await db.Harbour.create({ code: 'BER', name: 'Bergen' })
      await db.Berth.create({ harbourCode: harbour.code, number: 1, length: '10' })
      return harbour.code
    })
    assert.equal(await system.Berth.count({ where: { harbourCode: code } }), 1)
  }),
  writing('nothing is kept when it throws', ['transactions'], async ({ system }) => {
    const work = system.transaction(async db => {
      await db.Harbour.create({ code: 'BER', name: 'Bergen' })
      await db.Voyage.deleteMany({ where: { id: { gte: 1 } } })
      await db.Vessel.update(keys.aurora, { flag: 'XX' })
      throw new Stop()
    })
    await stops(work)
    assert.equal(await system.Harbour.count(), 3)
    assert.equal(await system.Voyage.count(), 5)
    assert.equal((await system.Vessel.get(keys.aurora)).version, 1)
  }),
  writing('it sees its own writes; others do not until it ends', ['transactions'], async ({ system }) => {
    await system.transaction(async db => {
      await db.Harbour.create({ code: 'BER', name: 'Bergen' })
      assert.equal(await db.Harbour.count(), 4)
      assert.equal(await system.Harbour.count(), 3)
    })
    assert.equal(await system.Harbour.count(), 4)
  }),
  writing(
    'what is started at once is done one after the other, and what is refused takes nothing else with it',
    ['transactions', 'unique'],
    async ({ system }) => {
      await system.transaction(async db => {
        const outcomes = await Promise.allSettled([
          db.Harbour.create({ code: 'BER', name: 'Bergen' }),
          db.Harbour.create({ code: 'HAM', name: 'Hamburg again' }),
          db.Harbour.count(),
          db.Harbour.create([
            { code: 'TRO', name: 'Tromsø' },
            { code: 'BER', name: 'Bergen again' },
          ]),
          db.transaction(async inner => {
            await Promise.all([
              inner.Harbour.create({ code: 'ESB', name: 'Esbjerg' }),
              inner.Harbour.create({ code: 'GOT', name: 'Göteborg' }),
            ])
            throw new Stop()
          }),
          db.Vessel.update(keys.aurora, { flag: 'XX' }),
          db.transaction(async inner => {
            await Promise.all(['RIG', 'TLL'].map(code => inner.Harbour.create({ code, name: code })))
            return await inner.Harbour.count()
          }),
        ])
        const ends = outcomes.map(one => (one.status === 'fulfilled' ? one.status : (one.reason as Error).name))
        const [, , counted, , , , countedLast] = outcomes
        assert.deepEqual(ends, [
          'fulfilled',
          'PlinthError',
          'fulfilled',
          'PlinthError',
          'Error',
          'fulfilled',
          'fulfilled',
        ])
        assert.deepEqual(counted, { status: 'fulfilled', value: 4 })
        assert.deepEqual(countedLast, { status: 'fulfilled', value: 6 })
      })
      assert.equal(await system.Harbour.count(), 6)
      assert.equal((await system.Vessel.get(keys.aurora)).flag, 'XX')
    },
  ),
  writing(
    'an operation that is refused inside undoes itself and nothing else',
    ['transactions'],
    async ({ system }) => {
      await system.transaction(async db => {
        await db.Harbour.create({ code: 'BER', name: 'Bergen' })
        await refused(
          db.Harbour.create([
            { code: 'TRO', name: 'Tromsø' },
            { code: 'HAM', name: 'Hamburg again' },
          ]),
          'writes.unique',
        )
        await db.Harbour.create({ code: 'STA', name: 'Stavanger' })
      })
      const codes = (await system.Harbour.find()).map(row => row.code)
      assert.deepEqual(codes, ['BER', 'HAM', 'OSL', 'ROT', 'STA'])
    },
  ),
  writing('a transaction inside a transaction is part of it', ['transactions'], async ({ system }) => {
    await system.transaction(async db => {
      await db.transaction(async inner => {
        await inner.Harbour.create({ code: 'BER', name: 'Bergen' })
      })
      const failed = db.transaction(async inner => {
        await inner.Harbour.create({ code: 'TRO', name: 'Tromsø' })
        throw new Stop()
      })
      await stops(failed)
    })
    assert.equal(await system.Harbour.count(), 4)
  }),
  writing(
    'serializable transactions lose no write: one goes first, another is told to try again',
    ['transactions'],
    async ({ system }) => {
      const once = (): Promise<unknown> =>
        system.transaction(
          async db => {
            const { name } = await db.Harbour.get('OSL')
            await db.Harbour.update('OSL', { name: `${name}!` })
          },
          { isolation: 'serializable' },
        )
      const add = (): Promise<unknown> =>
        once().catch((error: unknown) => {
          if (error instanceof PlinthError && error.code === 'store.busy') return add()
          throw error
        })
      await Promise.all([add(), add(), add(), add(), add()])
      assert.equal((await system.Harbour.get('OSL')).name, 'Oslo!!!!!')
    },
  ),
  writing(
    'a snapshot sees the state of one moment, and nobody who writes waits for it',
    ['transactions'],
    async ({ engine, system, contextOf }) => {
      const choice = { together: false, isolation: 'snapshot' } as const
      const caller = systemCaller('conformance suite')
      await engine.transactions.run(contextOf(caller), choice, function* (inside) {
        const db = createDb(engine, inside) as unknown as typeof system
        assert.equal(yield* settle(db.Harbour.count()), 3)
        yield* settle(system.Harbour.create({ code: 'BER', name: 'Bergen' }))
        yield* settle(system.Voyage.deleteMany({ where: { id: { gte: 1 } } }))
        assert.equal(yield* settle(db.Harbour.count()), 3)
        assert.equal(yield* settle(db.Voyage.count()), 5)
      })
      assert.equal(await system.Harbour.count(), 4)
    },
  ),
  writing('of two that want the same unique value, one is refused', ['transactions'], async ({ system }) => {
    const create = () => system.Harbour.create({ code: 'BER', name: 'Bergen' })
    const outcomes = await Promise.allSettled([create(), create(), create()])
    for (const outcome of outcomes)
      if (outcome.status === 'rejected' && isUnsupported(outcome.reason)) throw outcome.reason
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected', 'rejected'])
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') await refused(Promise.reject(outcome.reason as Error), 'writes.unique')
    }
    assert.equal(await system.Harbour.count(), 4)
  }),
  writing('links that several make at once are made once', ['transactions', 'joins'], async ({ system }) => {
    const link = () => system.Vessel.update(keys.aurora, { certificates: { connect: [{ code: 'SAFE' }] } })
    await system.Certificate.create({ code: 'SAFE', issuer: 'port' })
    await Promise.all([link(), link(), link(), link()])
    const { certificates } = await system.Vessel.get(keys.aurora, { include: { certificates: true } })
    assert.equal(certificates.filter(({ code }) => code === 'SAFE').length, 1)
  }),
  writing('a write through an outer db is refused at once, not waited for', ['transactions'], async ({ system }) => {
    await system.transaction(async db => {
      await db.Harbour.create({ code: 'BER', name: 'Bergen' })
      await refused(system.Harbour.create({ code: 'TRO', name: 'Tromsø' }), 'writes.outer-db')
    })
    assert.equal(await system.Harbour.count(), 4)
  }),
  writing('a db that is used after its transaction has ended is refused', ['transactions'], async ({ system }) => {
    let kept: typeof system | undefined
    await system.transaction(async db => {
      kept = db
      await db.Harbour.count()
    })
    assert.ok(kept !== undefined)
    await refused(kept.Harbour.create({ code: 'BER', name: 'Bergen' }), 'writes.transaction-over')
  }),
  writing(
    'rules hold inside, asSystem lifts them in the same transaction',
    ['transactions', 'joins', 'or'],
    async ({ ann, system }) => {
      await ann.transaction(async db => {
        await refused(db.Voyage.update(3, { note: 'mine' }), 'rules.row-closed')
        await db.asSystem('conformance').Voyage.update(3, { note: 'ours' })
        assert.equal((await db.Voyage.get(3)).note, 'ours')
        assert.equal((await system.Voyage.get(3)).note, '')
      })
      assert.equal((await system.Voyage.get(3)).note, 'ours')
    },
  ),
])
