/** Figures over rows, whole and in groups: exact, null over nothing, and only over rows that the caller may read. */
import assert from 'node:assert/strict'
import { group, reading, writing, refused } from '../case.ts'
import { insertRows } from '../stored-rows.ts'

export const aggregateGroups = [
  group('figures', [
    reading('count, with a filter', [], async ({ system }) => {
      assert.equal(await system.Voyage.count(), 5)
      assert.equal(await system.Voyage.count({ where: { priority: { gt: 0 } } }), 2)
      assert.equal(await system.Voyage.count({ where: { id: 99 } }), 0)
    }),
    reading('sum, avg, min, max; nulls do not take part', ['aggregates'], async ({ system }) => {
      const [row] = await system.Cargo.aggregate({
        count: true,
        sum: ['weight', 'worth', 'pieces'],
        avg: ['pieces'],
        min: ['weight', 'worth', 'label'],
        max: ['weight', 'worth', 'label'],
      })
      assert.deepEqual(row, {
        count: 5,
        sum: { weight: '3077.875', worth: 9007199254740989n, pieces: 16n },
        avg: { pieces: 3.2 },
        min: { weight: '0.125', worth: -5n, label: 'Grain ' },
        max: { weight: '2000.000', worth: 9007199254740993n, label: 'steel' },
      })
    }),
    reading('over no rows the count is 0 and everything else null', ['aggregates'], async ({ system }) => {
      const rows = await system.Cargo.aggregate({
        where: { label: 'nothing' },
        count: true,
        sum: ['weight'],
        avg: ['pieces'],
        min: ['weight'],
        max: ['worth'],
      })
      assert.deepEqual(rows, [
        { count: 0, sum: { weight: null }, avg: { pieces: null }, min: { weight: null }, max: { worth: null } },
      ])
      assert.deepEqual(
        await system.Cargo.aggregate({ where: { label: 'nothing' }, groupBy: ['label'], count: true }),
        [],
      )
    }),
    writing('sums are exact: 0.1 + 0.2, and beyond 2^53', ['aggregates'], async ({ store, engine, system }) => {
      const samples = [
        { name: 'a', decimal: '0.1000', bigint: '9007199254740993', integer: 9007199254740991 },
        { name: 'b', decimal: '0.2000', bigint: '9007199254740993', integer: 9007199254740991 },
        { name: 'c', decimal: '-99999999999999.9999', bigint: '1', integer: 1 },
      ]
      await insertRows(store, engine.graph, { Sample: samples })
      const two = await system.Sample.aggregate({
        where: { name: { in: ['a', 'b'] } },
        sum: ['decimal', 'bigint', 'integer'],
      })
      assert.deepEqual(two, [{ sum: { decimal: '0.3000', bigint: 18014398509481986n, integer: 18014398509481982n } }])
      const all = await system.Sample.aggregate({ sum: ['decimal'] })
      assert.deepEqual(all, [{ sum: { decimal: '-99999999999999.6999' } }])
    }),
    reading('groups, nulls being a group of their own', ['aggregates', 'orderByAnything'], async ({ system }) => {
      const rows = await system.Voyage.aggregate({ groupBy: ['priority'], count: true, sort: 'priority' })
      assert.deepEqual(rows, [
        { priority: -1, count: 1 },
        { priority: 5, count: 2 },
        { priority: null, count: 2 },
      ])
      const states = await system.Voyage.aggregate({
        groupBy: ['state'],
        count: true,
        max: ['departs'],
        sort: ['-count', 'state'],
      })
      assert.deepEqual(states, [
        { state: 'planned', count: 3, max: { departs: new Date('2026-04-10T08:00:00Z') } },
        { state: 'sailed', count: 1, max: { departs: new Date('2026-01-10T08:00:00Z') } },
        { state: 'secret', count: 1, max: { departs: new Date('2026-03-10T08:00:00Z') } },
      ])
    }),
    reading(
      'groups that the sort does not tell apart come by their own values, null last',
      ['aggregates'],
      async ({ system }) => {
        const [low, high, none] = [-1, 5, null].map((priority, index) => ({ priority, count: index === 0 ? 1 : 2 }))
        const byCount = { groupBy: ['priority'], count: true } as const
        assert.deepEqual(await system.Voyage.aggregate({ ...byCount, sort: '-count' }), [high, none, low])
        assert.deepEqual(await system.Voyage.aggregate({ ...byCount, limit: 2 }), [low, high])
        const pairs = await system.Voyage.aggregate({
          groupBy: ['state', 'originCode'],
          count: true,
          sort: '-originCode',
        })
        const names = pairs.map(({ originCode, state }) => `${originCode} ${state}`)
        assert.deepEqual(names, ['ROT planned', 'ROT secret', 'OSL planned', 'HAM planned', 'HAM sailed'])
      },
    ),
    reading('groups by several fields, limited', ['aggregates', 'orderByAnything'], async ({ system }) => {
      const rows = await system.Voyage.aggregate({
        groupBy: ['originCode', 'state'],
        count: true,
        sort: ['originCode', '-state'],
        limit: 3,
      })
      assert.deepEqual(rows, [
        { originCode: 'HAM', state: 'sailed', count: 1 },
        { originCode: 'HAM', state: 'planned', count: 1 },
        { originCode: 'OSL', state: 'planned', count: 1 },
      ])
    }),
    reading('only over rows that the caller may read', ['aggregates', 'or', 'joins'], async ({ ann, bob }) => {
      assert.equal(await ann.Voyage.count(), 4)
      assert.equal(await bob.Voyage.count(), 5)
      assert.deepEqual(await ann.Voyage.aggregate({ min: ['priority'], count: true }), [
        { min: { priority: 5 }, count: 4 },
      ])
      assert.deepEqual(await bob.Voyage.aggregate({ min: ['priority'], count: true }), [
        { min: { priority: -1 }, count: 5 },
      ])
    }),
    reading('soft-deleted rows are not counted', [], async ({ system }) => {
      assert.equal(await system.Vessel.count(), 3)
      assert.equal(await system.Vessel.count({ withDeleted: true }), 4)
    }),
    reading('fields that depend on the row are not aggregated', ['aggregates'], async ({ ann }) => {
      await refused(ann.Vessel.aggregate({ sum: ['tonnage'] }), 'rules.field-closed')
      await refused(ann.Vessel.aggregate({ groupBy: ['tonnage'], count: true }), 'rules.field-closed')
    }),
  ]),
  group('computed fields', [
    reading('counts, existence, sums and texts over relations', ['joins', 'aggregates'], async ({ system }) => {
      const harbours = await system.Harbour.find({ select: { code: true, berthCount: true, roofed: true } })
      assert.deepEqual(harbours, [
        { code: 'HAM', berthCount: 2, roofed: true },
        { code: 'OSL', berthCount: 0, roofed: false },
        { code: 'ROT', berthCount: 1, roofed: false },
      ])
      const voyages = await system.Voyage.find({ select: { id: true, cargoWeight: true, title: true }, limit: 2 })
      assert.deepEqual(voyages, [
        { id: 1, cargoWeight: '1000.750', title: 'Aurora from Hamburg' },
        { id: 2, cargoWeight: '2000.000', title: 'Aurora from Oslo' },
      ])
      assert.deepEqual(await system.Voyage.get(5, { select: { cargoWeight: true } }), { cargoWeight: null })
    }),
    reading(
      'relative to the caller; booleans are booleans',
      ['joins', 'or', 'aggregates'],
      async ({ ann, bob, anonymous }) => {
        assert.deepEqual(await ann.Voyage.get(1, { select: { mine: true } }), { mine: true })
        assert.deepEqual(await bob.Voyage.get(1, { select: { mine: true } }), { mine: false })
        assert.deepEqual(await anonymous.Voyage.get(1, { select: { mine: true } }), { mine: false })
      },
    ),
    writing('constants of a kind with a codec', ['joins', 'aggregates', 'or'], async ({ store, engine, system }) => {
      const addresses = ['::1', '9.255.0.1', '10.0.0.1', null]
      await insertRows(store, engine.graph, { Sample: addresses.map((ip, index) => ({ name: `${index}`, ip })) })
      const found = async (where: object): Promise<readonly unknown[]> =>
        (await system.Sample.find({ where, select: { ip: true } })).map(row => row.ip)
      assert.deepEqual(await found({ loopback: true }), ['::1'])
      assert.deepEqual(await found({ first: true }), ['9.255.0.1'])
      assert.deepEqual(await found({ first: false }), ['::1', '10.0.0.1', null])
    }),
    reading('filters on them', ['joins', 'aggregates', 'or'], async ({ ann, system }) => {
      const codes = async (where: object): Promise<readonly unknown[]> =>
        (await system.Harbour.find({ where })).map(row => row.code)
      assert.deepEqual(await codes({ berthCount: { gte: 1 } }), ['HAM', 'ROT'])
      assert.deepEqual(await codes({ not: { berthCount: 1 } }), ['HAM', 'OSL'])
      assert.deepEqual(await codes({ roofed: true }), ['HAM'])
      const mine = await ann.Voyage.find({ where: { mine: true } })
      assert.deepEqual(
        mine.map(row => row.id),
        [1, 2],
      )
      const heavy = await system.Voyage.find({ where: { cargoWeight: { gt: '999' } } })
      assert.deepEqual(
        heavy.map(row => row.id),
        [1, 2],
      )
    }),
  ]),
]
