/** Includes: related rows inside rows, with their own filter, sort and limit, and only those that the caller may read. */
import assert from 'node:assert/strict'
import { group, reading, refused, writing } from '../case.ts'
import { insertRows } from '../stored-rows.ts'
import { keys } from '../rows.ts'

export const includeGroup = group('includes', [
  reading('to-one, and one that leads nowhere', ['joins'], async ({ system }) => {
    const rows = await system.Voyage.find({
      where: { id: { in: [1, 3] } },
      select: { id: true, origin: { select: { name: true } }, destination: { select: { name: true } } },
    })
    assert.deepEqual(rows, [
      { id: 1, origin: { name: 'Hamburg' }, destination: { name: 'Oslo' } },
      { id: 3, origin: { name: 'Hamburg' }, destination: null },
    ])
  }),
  reading('to-one by a key of two fields', ['joins'], async ({ system }) => {
    const rows = await system.Voyage.find({
      where: { id: { lte: 3 } },
      select: { id: true, berth: { select: { number: true, harbour: { select: { name: true } } } } },
    })
    assert.deepEqual(rows, [
      { id: 1, berth: { number: 1, harbour: { name: 'Hamburg' } } },
      { id: 2, berth: null },
      { id: 3, berth: { number: 2, harbour: { name: 'Hamburg' } } },
    ])
  }),
  reading('to-many: sorted by key, empty where there is nothing', ['joins'], async ({ system }) => {
    const rows = await system.Voyage.find({ select: { id: true, cargo: { select: { label: true } } } })
    assert.deepEqual(rows, [
      { id: 1, cargo: [{ label: 'grain' }, { label: 'Grain ' }] },
      { id: 2, cargo: [{ label: 'steel' }] },
      { id: 3, cargo: [{ label: 'grain' }] },
      { id: 4, cargo: [{ label: 'crates' }] },
      { id: 5, cargo: [] },
    ])
  }),
  reading('to-many with its own filter, sort and limit', ['joins', 'orderByAnything'], async ({ system }) => {
    const heaviest = await system.Vessel.find({
      sort: 'name',
      select: {
        name: true,
        voyages: { where: { state: { ne: 'sailed' } }, sort: ['-departs'], limit: 1, select: { id: true } },
      },
    })
    assert.deepEqual(heaviest, [
      { name: 'Aurora', voyages: [{ id: 2 }] },
      { name: 'Borealis', voyages: [{ id: 4 }] },
      { name: 'Corvus', voyages: [{ id: 5 }] },
    ])
  }),
  reading('a limit counts for each row, not for all together', ['joins', 'orderByAnything'], async ({ system }) => {
    const rows = await system.Vessel.find({ sort: 'name', select: { voyages: { limit: 1, select: { id: true } } } })
    assert.deepEqual(rows, [{ voyages: [{ id: 1 }] }, { voyages: [{ id: 3 }] }, { voyages: [{ id: 5 }] }])
  }),
  reading('many-to-many, from both sides', ['joins', 'orderByAnything'], async ({ system }) => {
    const vessels = await system.Vessel.find({ sort: 'name', select: { certificates: { select: { code: true } } } })
    assert.deepEqual(vessels, [
      { certificates: [{ code: 'ISM' }, { code: 'SOLAS' }] },
      { certificates: [{ code: 'ISM' }] },
      { certificates: [] },
    ])
    const certificates = await system.Certificate.find({
      select: { code: true, vessels: { sort: '-name', select: { name: true } } },
    })
    assert.deepEqual(certificates, [
      { code: 'ISM', vessels: [{ name: 'Borealis' }, { name: 'Aurora' }] },
      { code: 'SOLAS', vessels: [{ name: 'Aurora' }] },
    ])
  }),
  reading('many-to-many through a model of its own', ['joins', 'orderByAnything'], async ({ anonymous }) => {
    const rows = await anonymous.Vessel.find({ select: { name: true, crew: { sort: 'name', select: { name: true } } } })
    assert.deepEqual(rows, [{ name: 'Aurora', crew: [{ name: 'Ann' }, { name: 'Bob' }] }])
  }),
  reading('has-one, and a relation to the model itself', ['joins', 'unique', 'orderByAnything'], async ({ system }) => {
    const people = await system.Person.find({
      sort: 'name',
      select: { name: true, licence: { select: { number: true } } },
    })
    assert.deepEqual(people, [
      { name: 'Ann', licence: { number: 'L-1' } },
      { name: 'Bob', licence: { number: 'L-2' } },
      { name: 'Cyd', licence: null },
    ])
    const vessels = await system.Vessel.find({
      sort: 'name',
      select: { name: true, tender: { select: { name: true } }, tenderOf: { select: { name: true } } },
    })
    assert.deepEqual(vessels, [
      { name: 'Aurora', tender: null, tenderOf: [{ name: 'Borealis' }] },
      { name: 'Borealis', tender: { name: 'Aurora' }, tenderOf: [] },
      { name: 'Corvus', tender: null, tenderOf: [] },
    ])
  }),
  reading('four levels, there and back again', ['joins'], async ({ system }) => {
    const rows = await system.Harbour.find({
      where: { code: 'OSL' },
      select: {
        departures: {
          select: {
            vessel: { select: { name: true, owner: { select: { name: true, vessels: { select: { name: true } } } } } },
          },
        },
      },
    })
    assert.deepEqual(rows, [
      { departures: [{ vessel: { name: 'Aurora', owner: { name: 'Ann', vessels: [{ name: 'Aurora' }] } } }] },
    ])
  }),
  reading('all fields besides the included relation', ['joins', 'aggregates'], async ({ system }) => {
    const [row] = await system.Berth.find({ where: { number: 2 }, include: { harbour: true } })
    assert.deepEqual(row, {
      harbourCode: 'HAM',
      number: 2,
      length: '120.50',
      covered: true,
      harbour: { code: 'HAM', name: 'Hamburg', draught: '15.10', berthCount: 2, roofed: true },
    })
  }),
  reading('rows that the caller may not read are not included', ['joins', 'or'], async ({ ann, bob, cyd }) => {
    const read = async (db: typeof ann): Promise<unknown> =>
      db.Harbour.find({ where: { code: 'ROT' }, select: { departures: { select: { id: true } } } })
    assert.deepEqual(await read(ann), [{ departures: [{ id: 5 }] }])
    assert.deepEqual(await read(bob), [{ departures: [{ id: 4 }, { id: 5 }] }])
    // Corvus sails under a black flag: its voyage is there, the vessel is Cyd's alone to see.
    const voyage = async (db: typeof ann): Promise<unknown> =>
      db.Voyage.get(5, { select: { vessel: { select: { name: true } } } })
    assert.deepEqual(await voyage(ann), { vessel: null })
    assert.deepEqual(await voyage(cyd), { vessel: { name: 'Corvus' } })
  }),
  reading('a limit is filled with rows that may be read', ['joins', 'or'], async ({ ann, bob }) => {
    const read = async (db: typeof ann): Promise<unknown> =>
      db.Harbour.get('ROT', { select: { departures: { sort: 'id', limit: 1, select: { id: true } } } })
    assert.deepEqual(await read(bob), { departures: [{ id: 4 }] })
    assert.deepEqual(await read(ann), { departures: [{ id: 5 }] })
  }),
  reading('soft-deleted rows are not included', ['joins'], async ({ system }) => {
    const rows = await system.Person.get(keys.ann, { select: { vessels: { select: { name: true } } } })
    assert.deepEqual(rows, { vessels: [{ name: 'Aurora' }] })
  }),
  writing('a relation without a limit gives 20 rows, a list without a limit 20', ['joins'], async fixture => {
    const { system, store, engine } = fixture
    const cargo = Array.from({ length: 25 }, (_, index) => ({
      id: `01936f00-0000-7000-8000-0000000010${String(index).padStart(2, '0')}`,
      voyageId: 5,
      label: `piece ${index}`,
      weight: '1.000',
      pieces: 1,
    }))
    await insertRows(store, engine.graph, { Cargo: cargo })
    const voyage = await system.Voyage.get(5, { select: { cargo: { select: { label: true } } } })
    assert.equal(voyage.cargo.length, 20)
    assert.equal((await system.Cargo.find()).length, 20)
    assert.equal((await system.Cargo.find({ limit: 100 })).length, 30)
  }),
  reading('nested limits that multiply to too many rows are refused', ['joins'], async ({ system }) => {
    const include = {
      berths: { limit: 100, select: { number: true, moorings: { limit: 100, select: { id: true } } } },
    } as const
    await refused(system.Harbour.find({ limit: 100, select: include }), 'request.page-too-large')
  }),
])
