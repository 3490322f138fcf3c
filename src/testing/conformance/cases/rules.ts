/** Rules at every door: what a caller may not read or do, for rows, fields and whole operations. */
import assert from 'node:assert/strict'
import { group, reading, writing, refused } from '../case.ts'
import { keys } from '../rows.ts'

export const ruleGroup = group('rules', [
  reading('a row that may not be read is absent', ['joins', 'or'], async ({ ann, bob, cyd, anonymous }) => {
    await refused(ann.Voyage.get(4), 'request.not-found')
    await refused(anonymous.Voyage.get(4), 'request.not-found')
    assert.equal((await bob.Voyage.get(4)).id, 4)
    await refused(ann.Vessel.get(keys.corvus), 'request.not-found')
    assert.equal((await cyd.Vessel.get(keys.corvus)).name, 'Corvus')
    assert.deepEqual(await ann.Voyage.find({ where: { id: 4 } }), [])
    assert.equal(await ann.Voyage.first({ where: { id: 4 } }), null)
  }),
  reading('a null is not what it is compared with: flag is not black', ['or'], async ({ ann, bob }) => {
    // Borealis has no flag. "Not black" is false of it, so only its owner may see it.
    await refused(ann.Vessel.get(keys.borealis), 'request.not-found')
    assert.equal((await bob.Vessel.get(keys.borealis)).name, 'Borealis')
  }),
  reading(
    'a model closed to the caller: 401 for whoever is not signed in, 403 for the others',
    [],
    async ({ anonymous, ann, cyd }) => {
      await refused(anonymous.Cargo.find(), 'rules.sign-in-required')
      await refused(anonymous.Certificate.find(), 'rules.sign-in-required')
      await refused(cyd.Certificate.find(), 'rules.operation-closed')
      await refused(cyd.Certificate.count(), 'rules.operation-closed')
      assert.equal((await ann.Certificate.find()).length, 2)
      assert.equal((await cyd.Cargo.find()).length, 5)
    },
  ),
  reading('naming a closed model in a filter or an include is refused', ['joins'], async ({ cyd, anonymous }) => {
    await refused(cyd.Vessel.find({ where: { certificates: { some: { code: 'ISM' } } } }), 'rules.operation-closed')
    await refused(cyd.Vessel.find({ where: { certificates: { none: {} } } }), 'rules.operation-closed')
    await refused(cyd.Vessel.find({ include: { certificates: true } }), 'rules.operation-closed')
    await refused(anonymous.Voyage.find({ include: { cargo: true } }), 'rules.sign-in-required')
    await refused(anonymous.Voyage.find({ where: { cargo: { some: {} } } }), 'rules.sign-in-required')
  }),
  reading(
    'a field that depends on the row is null in the rows of others',
    ['or', 'orderByAnything'],
    async ({ ann, bob }) => {
      assert.deepEqual(await ann.Vessel.get(keys.aurora, { select: { name: true, tonnage: true } }), {
        name: 'Aurora',
        tonnage: '52000.125',
      })
      assert.deepEqual(await bob.Vessel.get(keys.aurora, { select: { name: true, tonnage: true } }), {
        name: 'Aurora',
        tonnage: null,
      })
      const rows = await bob.Vessel.find({ sort: 'name', select: { tonnage: true } })
      assert.deepEqual(rows, [{ tonnage: null }, { tonnage: '800.000' }])
    },
  ),
  reading('such a field is neither filtered nor sorted by', ['or', 'orderByAnything'], async ({ ann, system }) => {
    await refused(ann.Vessel.find({ where: { tonnage: { gt: '1' } } }), 'rules.field-closed')
    await refused(ann.Vessel.find({ sort: 'tonnage' }), 'rules.field-closed')
    await refused(ann.Voyage.find({ sort: 'vessel.tonnage' }), 'rules.field-closed')
    await refused(ann.Voyage.find({ where: { vessel: { tonnage: '1' } } }), 'rules.field-closed')
    assert.equal((await system.Vessel.find({ sort: '-tonnage' }))[0]?.name, 'Aurora')
  }),
  reading(
    'a field that the caller alone decides is not there, and naming it is refused',
    ['joins', 'or'],
    async ({ anonymous, ann }) => {
      assert.equal('note' in (await anonymous.Voyage.get(1)), false)
      assert.equal((await ann.Voyage.get(1)).note, 'first')
      await refused(anonymous.Voyage.find({ select: { note: true } }), 'rules.field-closed')
      await refused(anonymous.Voyage.find({ where: { note: 'first' } }), 'rules.field-closed')
      await refused(anonymous.Voyage.find({ sort: 'note' }), 'rules.field-closed')
    },
  ),
  reading('private fields are for the system', ['or'], async ({ ann, system }) => {
    assert.equal('email' in (await ann.Person.get(keys.ann)), false)
    await refused(ann.Person.find({ select: { email: true } as never }), 'rules.field-closed')
    await refused(ann.Person.find({ where: { email: 'ann@example.com' } as never }), 'rules.field-closed')
    assert.equal((await system.Person.get(keys.ann)).email, 'ann@example.com')
  }),
  reading(
    'soft-deleted rows are for those whom withDeleted lets',
    ['or', 'orderByAnything'],
    async ({ ann, bob, anonymous }) => {
      await refused(ann.Vessel.get(keys.deneb), 'request.not-found')
      await refused(bob.Vessel.find({ withDeleted: true }), 'rules.operation-closed')
      await refused(anonymous.Vessel.find({ withDeleted: true }), 'rules.sign-in-required')
      const names = (await ann.Vessel.find({ withDeleted: true, sort: 'name' })).map(row => row.name)
      assert.deepEqual(names, ['Aurora', 'Deneb'])
    },
  ),
  reading('an operation without a rule is closed', ['joins', 'or'], async ({ ann }) => {
    await refused(ann.Person.create({ name: 'Eve' } as never), 'rules.operation-closed')
    await refused(ann.Assignment.deleteMany({ where: { rank: 1 } }), 'rules.operation-closed')
    await refused(ann.Cargo.deleteMany({ where: { pieces: 1 } }), 'rules.operation-closed')
  }),
  writing(
    'update: unreadable is absent, unwritable is forbidden',
    ['transactions', 'joins', 'or'],
    async ({ ann, bob, cyd }) => {
      await refused(ann.Voyage.update(4, { priority: 1 }), 'request.not-found')
      await refused(ann.Voyage.update(3, { priority: 1 }), 'rules.row-closed')
      await refused(cyd.Vessel.update(keys.aurora, { flag: 'SE' }), 'rules.row-closed')
      assert.equal((await bob.Voyage.update(3, { priority: 1 }))?.priority, 1)
    },
  ),
  writing(
    'an update rule holds for the row before and after',
    ['transactions', 'joins', 'or'],
    async ({ ann, bob, system }) => {
      await refused(ann.Voyage.update(1, { note: 'again' }), 'rules.row-closed')
      await refused(ann.Voyage.update(2, { state: 'sailed' }), 'rules.row-closed')
      await refused(bob.Vessel.update(keys.borealis, { ownerId: keys.ann }), 'rules.row-closed')
      assert.equal((await system.Voyage.get(2)).state, 'planned')
      assert.equal((await system.Vessel.get(keys.borealis)).ownerId, keys.bob)
    },
  ),
  writing('a create rule holds for the final row', ['transactions', 'joins', 'or'], async ({ ann, bob }) => {
    const vessel = { name: 'Elan', tonnage: '1', ownerId: keys.ann }
    assert.equal((await ann.Vessel.create(vessel))?.name, 'Elan')
    await refused(bob.Vessel.create({ ...vessel, name: 'Feder' }), 'rules.row-closed')
    const voyage = { vesselId: keys.aurora, originCode: 'HAM', departs: new Date('2026-12-01T00:00:00Z') }
    assert.equal((await ann.Voyage.create(voyage))?.vesselId, keys.aurora)
    await refused(bob.Voyage.create(voyage), 'rules.row-closed')
  }),
  writing(
    'referring to a row that may not be read is like referring to none',
    ['transactions', 'joins', 'or', 'foreignKeys'],
    async ({ ann }) => {
      const voyage = { originCode: 'HAM', departs: new Date('2026-12-01T00:00:00Z') }
      const unreadable = await refused(
        ann.Voyage.create({ ...voyage, vesselId: keys.corvus }),
        'writes.reference-missing',
      )
      const absent = await refused(ann.Voyage.create({ ...voyage, vesselId: keys.absent }), 'writes.reference-missing')
      assert.equal(unreadable.message, absent.message)
      // Voyage 4 is secret. Everything else about these writes is allowed.
      const own = { ...voyage, vesselId: keys.aurora }
      await refused(ann.Voyage.create({ ...own, previousId: 4 }), 'writes.reference-missing')
      await refused(ann.Voyage.update(2, { previousId: 4 }), 'writes.reference-missing')
      assert.equal((await ann.Voyage.update(2, { previousId: 3 }))?.previousId, 3)
    },
  ),
  writing('a new row that its writer may not read is not given back', ['transactions'], async ({ cyd, ann }) => {
    const created = await cyd.Report.create({ text: 'somebody smuggles' })
    assert.equal(created, null)
    const many = await cyd.Report.create([{ text: 'one' }, { text: 'two' }])
    assert.deepEqual(many, [])
    assert.equal((await ann.Report.create({ text: 'I know' }))?.text, 'I know')
    assert.equal(await ann.Report.count(), 4)
    await refused(cyd.Report.count(), 'rules.operation-closed')
  }),
  reading(
    'what one caller may and another may not, in any order of asking',
    [],
    async ({ ann, bob, cyd, anonymous }) => {
      for (let round = 0; round < 4; round++) {
        assert.equal((await ann.Certificate.find()).length, 2)
        await refused(cyd.Certificate.find(), 'rules.operation-closed')
        assert.equal((await bob.Certificate.find()).length, 2)
        await refused(anonymous.Certificate.find(), 'rules.sign-in-required')
      }
    },
  ),
  writing('field rules for writing', ['transactions', 'or'], async ({ cyd, bob }) => {
    await refused(cyd.Vessel.update(keys.corvus, { captainId: keys.bob }), 'rules.field-closed')
    assert.equal((await bob.Vessel.update(keys.borealis, { captainId: keys.ann }))?.captainId, keys.ann)
  }),
  writing('fields of the server are not written by callers', ['transactions'], async ({ ann, system }) => {
    for (const changes of [{ role: 'member' }, { email: 'new@example.com' }, { id: keys.bob }]) {
      await refused(ann.Person.update(keys.ann, changes), 'values.invalid')
    }
    assert.equal((await system.Person.update(keys.ann, { role: 'pilot' }))?.role, 'pilot')
  }),
  writing(
    'delete: unreadable is absent, unwritable is forbidden',
    ['transactions', 'joins', 'or'],
    async ({ ann, bob }) => {
      await refused(ann.Voyage.delete(4), 'request.not-found')
      await refused(ann.Voyage.delete(3), 'rules.row-closed')
      await bob.Voyage.delete(4)
      await refused(bob.Voyage.get(4), 'request.not-found')
    },
  ),
  writing(
    'bulk writes touch only rows that the caller may change',
    ['transactions', 'joins', 'or'],
    async ({ ann, system }) => {
      const { count } = await ann.Voyage.updateMany({
        where: { state: { in: ['planned', 'secret'] } },
        changes: { priority: 77 },
      })
      assert.equal(count, 1)
      const touched = await system.Voyage.find({ where: { priority: 77 } })
      assert.deepEqual(
        touched.map(row => row.id),
        [2],
      )
    },
  ),
])
