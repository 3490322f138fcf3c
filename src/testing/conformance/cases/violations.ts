/** What the store refuses: repeated uniques, references that lead nowhere or are in use, broken checks. */
import assert from 'node:assert/strict'
import { group, writing, refused } from '../case.ts'
import { keys } from '../rows.ts'

const departs = new Date('2026-12-01T08:00:00Z')

export const violationGroup = group('violations', [
  writing('a key that is there', ['transactions'], async ({ system }) => {
    const error = await refused(system.Harbour.create({ code: 'HAM', name: 'Another' }), 'writes.unique')
    assert.deepEqual(error.parameters, { model: 'Harbour', fields: 'code' })
    assert.equal(error.status, 409)
    const pair = await refused(system.Berth.create({ harbourCode: 'HAM', number: 1, length: '1' }), 'writes.unique')
    assert.deepEqual(pair.parameters, { model: 'Berth', fields: 'harbourCode, number' })
  }),
  writing('a unique field, on create and on update', ['transactions', 'unique'], async ({ system }) => {
    const created = await refused(
      system.Licence.create({ number: 'L-1', holderId: keys.cyd, issued: '2026-01-01' }),
      'writes.unique',
    )
    assert.deepEqual(created.parameters, { model: 'Licence', fields: 'number' })
    const updated = await refused(system.Licence.update({ number: 'L-2' }, { holderId: keys.ann }), 'writes.unique')
    assert.deepEqual(updated.parameters, { model: 'Licence', fields: 'holderId' })
    // What changes to what it is already conflicts with nothing.
    await system.Licence.update({ number: 'L-2' }, { holderId: keys.bob })
  }),
  writing(
    'several rows at once, by the one that is in the way',
    ['transactions', 'unique', 'foreignKeys'],
    async ({ system }) => {
      const harbours = [
        { code: 'AAA', name: 'a' },
        { code: 'HAM', name: 'b' },
      ]
      assert.equal((await refused(system.Harbour.create(harbours), 'writes.unique')).pointer, '/1/code')
      const twice = [
        { code: 'AAA', name: 'a' },
        { code: 'BBB', name: 'b' },
        { code: 'AAA', name: 'c' },
      ]
      assert.equal((await refused(system.Harbour.create(twice), 'writes.unique')).pointer, '/2/code')
      const voyage = { vesselId: keys.aurora, originCode: 'HAM', departs }
      const voyages = [voyage, { ...voyage, originCode: 'XXX' }]
      assert.equal((await refused(system.Voyage.create(voyages), 'writes.reference-missing')).pointer, '/1/originCode')
      // The same inside of a transaction, which goes on.
      await system.transaction(async inside => {
        assert.equal((await refused(inside.Harbour.create(harbours), 'writes.unique')).pointer, '/1/code')
        await inside.Harbour.create({ code: 'AAA', name: 'a' })
      })
      assert.equal((await system.Harbour.get('AAA')).name, 'a')
    },
  ),
  writing(
    'rows that are written along, by their own place',
    ['transactions', 'unique', 'foreignKeys'],
    async ({ system }) => {
      const placeOf = async (work: Promise<unknown>, code: 'writes.unique' | 'writes.reference-missing') =>
        (await refused(work, code)).pointer
      const certificates = [
        { code: 'new', issuer: 'x' },
        { code: 'other', issuer: 'x' },
      ]
      await system.Certificate.create({ code: 'other', issuer: 'x' })
      assert.equal(
        await placeOf(system.Vessel.update(keys.aurora, { certificates: { create: certificates } }), 'writes.unique'),
        '/certificates/create/1/code',
      )
      const berths = { create: [7, 8, 7].map(number => ({ number, length: '1' })) }
      const harbour = system.Harbour.create({ code: 'NEW', name: 'new', berths })
      assert.equal(await placeOf(harbour, 'writes.unique'), '/berths/create/2')
      const voyages = ['HAM', 'XXX'].map(originCode => ({ originCode, departs }))
      assert.equal(
        await placeOf(system.Vessel.update(keys.aurora, { voyages: { create: voyages } }), 'writes.reference-missing'),
        '/voyages/create/1/originCode',
      )
    },
  ),
  writing('a unique over several fields, among live rows only', ['transactions', 'unique'], async ({ system }) => {
    const vessel = { name: 'Aurora', tonnage: '1', ownerId: keys.ann }
    const error = await refused(system.Vessel.create(vessel), 'writes.unique')
    assert.deepEqual(error.parameters, { model: 'Vessel', fields: 'ownerId, name' })
    await system.Vessel.create({ ...vessel, ownerId: keys.bob })
    await system.Vessel.create({ ...vessel, name: 'Deneb' })
  }),
  writing('uniques tell case, spaces and normal forms apart', ['transactions'], async ({ system }) => {
    for (const code of ['ism', 'ISM ', 'é', 'e\u0301', '']) await system.Certificate.create({ code, issuer: 'x' })
    await refused(system.Certificate.create({ code: 'é', issuer: 'x' }), 'writes.unique')
  }),
  writing('a reference to nothing', ['transactions', 'foreignKeys'], async ({ system }) => {
    const vessel = await refused(
      system.Voyage.create({ vesselId: keys.absent, originCode: 'HAM', departs }),
      'writes.reference-missing',
    )
    assert.deepEqual(vessel.parameters, { name: 'vesselId', model: 'Vessel' })
    assert.equal(vessel.status, 409)
    await refused(system.Voyage.update(1, { originCode: 'XXX' }), 'writes.reference-missing')
    await refused(system.Voyage.update(1, { berthHarbourCode: 'HAM', berthNumber: 9 }), 'writes.reference-missing')
    assert.equal((await system.Voyage.get(1)).originCode, 'HAM')
  }),
  writing(
    'part of a reference of two fields being null, it refers to nothing',
    ['transactions', 'foreignKeys'],
    async ({ system }) => {
      await system.Voyage.update(1, { berthHarbourCode: null, berthNumber: null })
      assert.equal((await system.Voyage.get(1)).berthNumber, null)
    },
  ),
  writing('a row that is referred to', ['transactions', 'foreignKeys'], async ({ system }) => {
    const error = await refused(system.Person.delete(keys.cyd), 'writes.reference-in-use')
    assert.equal(error.status, 409)
    assert.equal(error.parameters['model'], 'Person')
    await refused(system.Harbour.delete('ROT'), 'writes.reference-in-use')
    assert.equal((await system.Harbour.get('ROT')).name, 'Rotterdam')
    assert.equal(await system.Berth.count({ where: { harbourCode: 'ROT' } }), 1)
  }),
  writing('a check, on create and on update; null passes', ['transactions'], async ({ system }) => {
    const cargo = { voyageId: 5, label: 'x', weight: '1' }
    const error = await refused(system.Cargo.create({ ...cargo, pieces: -1 }), 'writes.check')
    assert.equal(error.status, 422)
    // The declared name, and the place of the one field that it looks at.
    assert.deepEqual(error.parameters, { model: 'Cargo', check: 'pieces_not_negative' })
    assert.equal(error.pointer, '/pieces')
    const several = [cargo, { ...cargo, pieces: -1 }]
    assert.equal((await refused(system.Cargo.create(several), 'writes.check')).pointer, '/1/pieces')
    const alone = await refused(system.Cargo.create([{ ...cargo, pieces: -1 }]), 'writes.check')
    assert.equal(alone.pointer, '/0/pieces')
    const share = await refused(system.Cargo.create({ ...cargo, share: 1.5 }), 'writes.check')
    assert.equal(share.pointer, '/share')
    await system.Cargo.create({ ...cargo, share: null, pieces: 0 })
    await refused(system.Cargo.updateMany({ where: { label: 'steel' }, changes: { pieces: -3 } }), 'writes.check')
    assert.equal(await system.Cargo.count({ where: { pieces: { lt: 0 } } }), 0)
  }),
  writing('a check of the model, which a comparison with null does not keep', ['transactions'], async ({ system }) => {
    const select = { name: true } as const
    await system.Gauge.create({ name: 'tide', low: 1, high: 1 }, { select })
    const error = await refused(system.Gauge.create({ name: 'wind', low: 1, high: 0 }, { select }), 'writes.check')
    assert.deepEqual(error.parameters, { model: 'Gauge', check: 'inOrder' })
    assert.equal(error.pointer, undefined)
    await refused(system.Gauge.create({ name: 'wind', low: 1 }, { select }), 'writes.check')
    await refused(system.Gauge.update('tide', { high: null }, { select }), 'writes.check')
  }),
])
