/** Filters: logic, nulls, and conditions on related rows, of which only those exist that the caller may read. */
import assert from 'node:assert/strict'
import { group, reading } from '../case.ts'
import type { Fixture } from '../fixture.ts'
import { keys } from '../rows.ts'

type Where = Readonly<Record<string, unknown>>

async function voyages({ system }: Fixture, where: Where): Promise<readonly number[]> {
  const rows = await system.Voyage.find({ where, select: { id: true } })
  return rows.map(row => row.id)
}

async function vessels({ system }: Fixture, where: Where): Promise<readonly string[]> {
  const rows = await system.Vessel.find({ where, select: { name: true } })
  return rows.map(row => row.name).toSorted()
}

export const relationGroups = [
  group('logic', [
    reading('properties hold together; and, or, not nest', ['or'], async fixture => {
      assert.deepEqual(await voyages(fixture, { state: 'planned', priority: 5 }), [3])
      assert.deepEqual(await voyages(fixture, { or: [{ state: 'sailed' }, { priority: -1 }] }), [1, 4])
      assert.deepEqual(await voyages(fixture, { and: [{ or: [{ id: 1 }, { id: 2 }] }, { not: { id: 2 } }] }), [1])
      assert.deepEqual(await voyages(fixture, { not: { or: [{ id: 1 }, { not: { priority: 5 } }] } }), [3])
    }),
    reading('empty groups: and of nothing is true, or of nothing is false', ['or'], async fixture => {
      assert.deepEqual(await voyages(fixture, { and: [] }), [1, 2, 3, 4, 5])
      assert.deepEqual(await voyages(fixture, { or: [] }), [])
      assert.deepEqual(await voyages(fixture, { not: { or: [] } }), [1, 2, 3, 4, 5])
    }),
    reading('a comparison with null is false, and not turns it into true', ['or'], async fixture => {
      assert.deepEqual(await voyages(fixture, { priority: { lt: 100 } }), [1, 3, 4])
      assert.deepEqual(await voyages(fixture, { priority: { ne: 5 } }), [4])
      assert.deepEqual(await voyages(fixture, { not: { priority: 5 } }), [2, 4, 5])
      assert.deepEqual(await voyages(fixture, { not: { not: { priority: 5 } } }), [1, 3])
      assert.deepEqual(await voyages(fixture, { not: { priority: { in: [5, -1] } } }), [2, 5])
      assert.deepEqual(await voyages(fixture, { not: { and: [{ priority: 5 }, { note: '' }] } }), [1, 2, 4, 5])
    }),
    reading('the empty text is no null', [], async fixture => {
      assert.deepEqual(await voyages(fixture, { note: '' }), [3])
      assert.deepEqual(await voyages(fixture, { note: { isNull: true } }), [2])
      assert.deepEqual(await voyages(fixture, { note: { ne: 'first' } }), [3, 4, 5])
    }),
  ]),
  group('conditions on related rows', [
    reading('to-one', ['joins'], async fixture => {
      assert.deepEqual(await voyages(fixture, { vessel: { name: 'Aurora' } }), [1, 2])
      assert.deepEqual(await voyages(fixture, { origin: { name: { startsWith: 'R' } } }), [4, 5])
      assert.deepEqual(await voyages(fixture, { vessel: { owner: { name: 'Bob' } } }), [3, 4])
    }),
    reading('two relations to one model are told apart', ['joins'], async fixture => {
      assert.deepEqual(await voyages(fixture, { origin: { code: 'HAM' } }), [1, 3])
      assert.deepEqual(await voyages(fixture, { destination: { code: 'HAM' } }), [4])
      assert.deepEqual(await voyages(fixture, { origin: { code: 'ROT' }, destination: { code: 'ROT' } }), [5])
    }),
    reading('to-one by a key of two fields', ['joins'], async fixture => {
      assert.deepEqual(await voyages(fixture, { berth: { covered: true } }), [3])
      assert.deepEqual(await voyages(fixture, { berth: { length: { gte: '300' } } }), [1, 4])
      assert.deepEqual(await voyages(fixture, { berth: { harbour: { code: 'ROT' } } }), [4])
    }),
    reading('a relation that leads nowhere', ['joins', 'or'], async fixture => {
      assert.deepEqual(await voyages(fixture, { destination: { isNull: true } }), [3])
      assert.deepEqual(await voyages(fixture, { previous: { isNull: false } }), [2, 4])
      // Nothing is true of a row that is not there, and its negation is.
      assert.deepEqual(await voyages(fixture, { destination: { name: { ne: 'Oslo' } } }), [2, 4, 5])
      assert.deepEqual(await voyages(fixture, { not: { destination: { name: 'Oslo' } } }), [2, 3, 4, 5])
    }),
    reading('some, every, none over a to-many relation', ['joins', 'or'], async fixture => {
      assert.deepEqual(await voyages(fixture, { cargo: { some: { label: 'grain' } } }), [1, 3])
      assert.deepEqual(await voyages(fixture, { cargo: { some: {} } }), [1, 2, 3, 4])
      assert.deepEqual(await voyages(fixture, { cargo: { none: {} } }), [5])
      assert.deepEqual(await voyages(fixture, { cargo: { none: { label: 'grain' } } }), [2, 4, 5])
      // Some of the rows that are looked for lead nowhere, and are found by an index.
      assert.deepEqual(await voyages(fixture, { next: { none: { vesselId: keys.aurora } } }), [2, 3, 4, 5])
      // Of no rows, every one fulfils everything.
      assert.deepEqual(await voyages(fixture, { cargo: { every: { sealed: true } } }), [3, 5])
      assert.deepEqual(await voyages(fixture, { cargo: { every: { worth: { isNull: true } } } }), [4, 5])
    }),
    reading('both conditions of some hold for one row', ['joins'], async fixture => {
      assert.deepEqual(await voyages(fixture, { cargo: { some: { label: 'grain', sealed: false } } }), [])
      assert.deepEqual(await voyages(fixture, { cargo: { some: { label: 'Grain ', sealed: false } } }), [1])
    }),
    reading('many-to-many, from both sides', ['joins', 'or'], async fixture => {
      assert.deepEqual(await vessels(fixture, { certificates: { some: { code: 'ISM' } } }), ['Aurora', 'Borealis'])
      assert.deepEqual(await vessels(fixture, { certificates: { none: { code: 'SOLAS' } } }), ['Borealis', 'Corvus'])
      assert.deepEqual(await vessels(fixture, { certificates: { every: { issuer: 'DNV' } } }), ['Borealis', 'Corvus'])
      const certificates = await fixture.system.Certificate.find({
        where: { vessels: { some: { flag: { isNull: true } } } },
      })
      assert.deepEqual(
        certificates.map(row => row.code),
        ['ISM'],
      )
    }),
    reading('many-to-many through a model of its own', ['joins'], async fixture => {
      assert.deepEqual(await vessels(fixture, { crew: { some: { name: 'Bob' } } }), ['Aurora', 'Borealis'])
      assert.deepEqual(await vessels(fixture, { assignments: { some: { rank: { gt: 1 } } } }), ['Aurora'])
    }),
    reading('a relation to the model itself', ['joins', 'or'], async fixture => {
      assert.deepEqual(await vessels(fixture, { tender: { name: 'Aurora' } }), ['Borealis'])
      assert.deepEqual(await vessels(fixture, { tenderOf: { some: { name: 'Borealis' } } }), ['Aurora'])
      assert.deepEqual(await voyages(fixture, { previous: { previous: { isNull: true } } }), [2, 4])
    }),
    reading('has-one, from both sides', ['joins', 'or', 'unique'], async ({ system }) => {
      const holders = await system.Person.find({ where: { licence: { number: 'L-2' } } })
      assert.deepEqual(
        holders.map(row => row.name),
        ['Bob'],
      )
      const without = await system.Person.find({ where: { licence: { isNull: true } } })
      assert.deepEqual(
        without.map(row => row.name),
        ['Cyd'],
      )
    }),
    reading('three levels deep', ['joins'], async ({ system }) => {
      const found = await system.Harbour.find({
        where: { departures: { some: { vessel: { owner: { name: 'Cyd' } } } } },
      })
      assert.deepEqual(
        found.map(row => row.code),
        ['ROT'],
      )
    }),
    reading(
      'rows that the caller may not read do not exist for some, every and none',
      ['joins', 'or'],
      async ({ ann, bob }) => {
        // Voyage 4 is secret; only Bob, who owns Borealis, may know of it.
        const codes = async (db: typeof ann, where: Where): Promise<readonly string[]> =>
          (await db.Harbour.find({ where })).map(row => row.code)
        assert.deepEqual(await codes(ann, { arrivals: { some: {} } }), ['OSL', 'ROT'])
        assert.deepEqual(await codes(bob, { arrivals: { some: {} } }), ['HAM', 'OSL', 'ROT'])
        assert.deepEqual(await codes(ann, { arrivals: { none: {} } }), ['HAM'])
        assert.deepEqual(await codes(bob, { arrivals: { none: {} } }), [])
        assert.deepEqual(await codes(ann, { departures: { every: { state: { ne: 'secret' } } } }), [
          'HAM',
          'OSL',
          'ROT',
        ])
        assert.deepEqual(await codes(bob, { departures: { every: { state: { ne: 'secret' } } } }), ['HAM', 'OSL'])
      },
    ),
  ]),
]
