/** Every operation that writes, what it fills in by itself, and what it writes along. */
import assert from 'node:assert/strict'
import { group, writing, refused } from '../case.ts'
import { keys, moment } from '../rows.ts'

/** What types refuse, JavaScript gives. */
const given = (value: unknown): never => value as never

const departs = new Date('2026-12-01T08:00:00Z')

export const writeGroups = [
  group('create', [
    writing(
      'one row, with defaults: ids, constants, the moment, what the database counts',
      ['transactions', 'sequences'],
      async ({ system }) => {
        const cargo = await system.Cargo.create({ voyageId: 5, label: 'tea', weight: '1.5' })
        assert.deepEqual(
          { ...cargo, id: 'id' },
          { id: 'id', voyageId: 5, label: 'tea', weight: '1.500', worth: null, share: null, pieces: 1, sealed: null },
        )
        assert.match(cargo.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        const first = await system.Voyage.create({ vesselId: keys.aurora, originCode: 'HAM', departs })
        const second = await system.Voyage.create({ vesselId: keys.aurora, originCode: 'HAM', departs })
        assert.ok(first.id > 5 && second.id > first.id)
        assert.equal(first.state, 'planned')
        const served = await system.Assignment.create({ vesselId: keys.corvus, personId: keys.cyd, rank: 3 })
        assert.deepEqual(served.since, new Date(moment))
        const vessel = await system.Vessel.create({ name: 'Elan', tonnage: '2', ownerId: keys.cyd })
        assert.equal(vessel.version, 1)
      },
    ),
    writing('several rows in their order', ['transactions', 'sequences'], async ({ system }) => {
      const rows = await system.Voyage.create([
        { vesselId: keys.corvus, originCode: 'HAM', departs, note: 'b' },
        { vesselId: keys.corvus, originCode: 'OSL', departs, note: 'a' },
        { vesselId: keys.corvus, originCode: 'ROT', departs, note: 'c' },
      ])
      assert.deepEqual(
        rows.map(row => row.note),
        ['b', 'a', 'c'],
      )
      assert.deepEqual(
        rows.map(row => row.id),
        rows.map(row => row.id).toSorted((left, right) => left - right),
      )
      assert.equal(await system.Voyage.count(), 8)
    }),
    writing(
      'a row with a key of two fields, and one that refers to it',
      ['transactions', 'foreignKeys', 'joins'],
      async ({ ann, system }) => {
        const berth = await ann.Berth.create({ harbourCode: 'OSL', number: 7, length: '80' })
        assert.deepEqual(berth, { harbourCode: 'OSL', number: 7, length: '80.00', covered: false })
        const voyage = await system.Voyage.create({
          vesselId: keys.aurora,
          originCode: 'OSL',
          berthHarbourCode: 'OSL',
          berthNumber: 7,
          departs,
        })
        assert.deepEqual(
          (
            await system.Berth.get(
              { harbourCode: 'OSL', number: 7 },
              { select: { moorings: { select: { id: true } } } },
            )
          ).moorings,
          [{ id: voyage.id }],
        )
      },
    ),
    writing('nothing is kept when one of several rows is refused', ['transactions', 'unique'], async ({ system }) => {
      await refused(
        system.Licence.create([
          { number: 'L-9', holderId: keys.cyd, issued: '2026-01-01' },
          { number: 'L-1', holderId: keys.ann, issued: '2026-01-01' },
        ]),
        'writes.unique',
      )
      assert.equal(await system.Licence.count(), 2)
    }),
    writing('mistakes in a body are told together', ['transactions'], async ({ system }) => {
      const error = await refused(
        system.Cargo.create({ voyageId: 'x', label: 5, weight: '1.2345', wieght: '1' } as never),
        'values.invalid',
      )
      assert.deepEqual(error.errors.map(({ pointer }) => pointer).toSorted(), [
        '/label',
        '/voyageId',
        '/weight',
        '/wieght',
      ])
    }),
  ]),
  group('update', [
    writing('one row; what is not named stays', ['transactions'], async ({ system }) => {
      const before = await system.Vessel.get(keys.borealis)
      const after = await system.Vessel.update(keys.borealis, { flag: 'DK', tonnage: '801' })
      assert.deepEqual(after, { ...before, flag: 'DK', tonnage: '801.000', version: 2 })
      assert.deepEqual(await system.Vessel.get(keys.borealis), after)
    }),
    writing('null and back', ['transactions'], async ({ system }) => {
      assert.equal((await system.Vessel.update(keys.aurora, { flag: null }))?.flag, null)
      assert.equal((await system.Vessel.update(keys.aurora, { flag: '' }))?.flag, '')
      await refused(system.Vessel.update(keys.aurora, { name: null } as never), 'values.invalid')
    }),
    writing('by the key of two fields, and by a unique', ['transactions', 'unique'], async ({ system }) => {
      const berth = await system.Berth.update({ harbourCode: 'HAM', number: 2 }, { covered: false })
      assert.equal(berth?.covered, false)
      assert.equal((await system.Berth.get({ harbourCode: 'HAM', number: 1 })).covered, false)
      const licence = await system.Licence.update({ number: 'L-2' }, { issued: '2022-01-01' })
      assert.equal(licence?.holderId, keys.bob)
    }),
    writing('a row that is not there', ['transactions'], async ({ system }) => {
      await refused(system.Voyage.update(99, { note: 'x' }), 'request.not-found')
      await refused(system.Vessel.update(keys.deneb, { flag: 'SE' }), 'request.not-found')
    }),
    writing('versions count changes of relations, and not what is as it was', ['transactions'], async fixture => {
      const { system } = fixture
      const version = async (): Promise<number> => (await system.Vessel.get(keys.corvus)).version
      let before = await version()
      const step = async (write: Promise<unknown>): Promise<number> => {
        await write
        const [was, is] = [before, await version()]
        before = is
        return is - was
      }
      const code = 'class-1'
      const class1 = { code, issuer: 'DNV' }
      assert.equal(await step(system.Vessel.update(keys.corvus, {})), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { certificates: {}, tenderOf: {}, visitors: {} })), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { certificates: { create: class1 } })), 1)
      assert.equal(await step(system.Vessel.update(keys.corvus, { certificates: { connect: code } })), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { certificates: { set: [code] } })), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { certificates: { connectOrCreate: class1 } })), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { certificates: { disconnect: code } })), 1)
      assert.equal(await step(system.Vessel.update(keys.corvus, { certificates: { disconnect: code } })), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { visitors: { connect: keys.ann } })), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { visitors: { disconnect: keys.ann } })), 1)
      assert.equal(await step(system.Vessel.update(keys.corvus, { tenderOf: { connect: keys.aurora } })), 1)
      assert.equal(await step(system.Vessel.update(keys.corvus, { tenderOf: { connect: keys.aurora } })), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { tenderOf: { set: [] } })), 1)
      assert.equal(await step(system.Vessel.update(keys.corvus, { tenderOf: { set: [] } })), 0)
      assert.equal(await step(system.Vessel.update(keys.corvus, { certificates: {}, flag: 'DK' })), 1)
    }),
    writing('an expected version', ['transactions'], async ({ system }) => {
      const updated = await system.Vessel.update(keys.aurora, { flag: 'SE' }, { ifVersion: 1 })
      assert.equal(updated?.version, 2)
      await refused(system.Vessel.update(keys.aurora, { flag: 'DK' }, { ifVersion: 1 }), 'writes.version-changed')
      await refused(system.Vessel.delete(keys.aurora, { ifVersion: 1 }), 'writes.version-changed')
      assert.equal((await system.Vessel.get(keys.aurora)).flag, 'SE')
      await refused(system.Voyage.update(1, { note: 'x' }, { ifVersion: 1 }), 'writes.version-missing')
      assert.equal((await system.Vessel.update(keys.aurora, { version: 7 })).version, 7)
      await system.Vessel.updateMany({ where: { id: keys.aurora }, changes: { flag: 'DK', version: 9 } })
      assert.equal((await system.Vessel.get(keys.aurora)).version, 9)
    }),
    writing('many rows by a filter', ['transactions', 'joins', 'or'], async ({ system }) => {
      const { count } = await system.Cargo.updateMany({
        where: { voyage: { vessel: { name: 'Aurora' } } },
        changes: { sealed: true, share: null },
      })
      assert.equal(count, 3)
      assert.equal(await system.Cargo.count({ where: { sealed: true } }), 4)
      assert.deepEqual(await system.Cargo.updateMany({ where: { label: 'nothing' }, changes: { sealed: true } }), {
        count: 0,
      })
      // A change of nothing is none, and no mistake.
      assert.deepEqual(await system.Cargo.updateMany({ where: { sealed: true }, changes: {} }), { count: 4 })
      await refused(system.Cargo.updateMany({ where: given({}), changes: { sealed: true } }), 'request.filter-required')
    }),
    writing('keys and immutable fields stay', ['transactions'], async ({ system }) => {
      await refused(system.Harbour.update('HAM', { code: 'HBG' } as never), 'values.invalid')
      await refused(system.Berth.update({ harbourCode: 'HAM', number: 1 }, given({ number: 3 })), 'values.invalid')
    }),
  ]),
  group('upsert', [
    writing('creates what is not there and updates what is', ['transactions'], async ({ system }) => {
      const create = { code: 'BER', name: 'Bergen' }
      await system.Harbour.upsert({ on: ['code'], create, update: { name: 'Bergen again' } })
      assert.equal((await system.Harbour.get('BER')).name, 'Bergen')
      await system.Harbour.upsert({ on: ['code'], create, update: { name: 'Bergen again' } })
      assert.equal((await system.Harbour.get('BER')).name, 'Bergen again')
      assert.equal(await system.Harbour.count(), 4)
    }),
    writing('by several fields', ['transactions', 'unique', 'orderByAnything'], async ({ system }) => {
      const create = { vesselId: keys.aurora, personId: keys.bob, rank: 9 }
      await system.Assignment.upsert({ on: ['vesselId', 'personId'], create, update: { rank: 5 } })
      await system.Assignment.upsert({
        on: ['personId', 'vesselId'],
        create: { ...create, personId: keys.cyd },
        update: { rank: 5 },
      })
      const ranks = await system.Assignment.find({
        where: { vesselId: keys.aurora },
        sort: 'rank',
        select: { rank: true },
      })
      assert.deepEqual(ranks, [{ rank: 1 }, { rank: 5 }, { rank: 9 }])
      await refused(system.Cargo.upsert({ on: given(['label']), create: given({}), update: {} }), 'request.not-unique')
    }),
    writing(
      'onto a row that may not be read is refused as where there is none',
      ['transactions', 'unique', 'or'],
      async ({ ann, bob }) => {
        for (const caller of [ann, bob]) {
          for (const name of ['Corvus', 'Nobody']) {
            const create = { name, tonnage: '1', ownerId: keys.cyd }
            const upsert = caller.Vessel.upsert({ on: ['ownerId', 'name'], create, update: { flag: 'NO' } })
            const { parameters } = await refused(upsert, 'rules.row-closed')
            assert.deepEqual(parameters, { operation: 'create', model: 'Vessel' })
          }
        }
      },
    ),
  ]),
  group('delete', [
    writing('one row, and one that is not there', ['transactions'], async ({ system }) => {
      await system.Voyage.delete(5)
      await refused(system.Voyage.get(5), 'request.not-found')
      await refused(system.Voyage.delete(5), 'request.not-found')
      assert.equal(await system.Voyage.count(), 4)
    }),
    writing('by a filter', ['transactions', 'or'], async ({ system }) => {
      assert.deepEqual(await system.Cargo.deleteMany({ where: { or: [{ label: 'grain' }, { pieces: 3 }] } }), {
        count: 3,
      })
      assert.equal(await system.Cargo.count(), 2)
      await refused(system.Cargo.deleteMany({ where: given({}) }), 'request.filter-required')
    }),
    writing(
      'what belongs to it goes along, references become null',
      ['transactions', 'foreignKeys'],
      async ({ system }) => {
        await system.Voyage.delete(1)
        assert.equal((await system.Voyage.get(2)).previousId, null)
        assert.equal(await system.Cargo.count(), 3)
        await system.Berth.delete({ harbourCode: 'HAM', number: 2 })
        const voyage = await system.Voyage.get(3)
        assert.deepEqual([voyage.berthHarbourCode, voyage.berthNumber], [null, null])
        // A row that counts its changes counts this one.
        const captain = await system.Person.create({ name: 'Dora', email: 'dora@example.com' })
        await system.Vessel.update(keys.aurora, { captainId: captain.id })
        await system.Person.delete(captain.id)
        const { captainId, version } = await system.Vessel.get(keys.aurora)
        assert.deepEqual([captainId, version], [null, 3])
      },
    ),
    writing(
      'soft: the row is hidden, can be seen with withDeleted, and comes back',
      ['transactions', 'or', 'orderByAnything'],
      async ({ ann }) => {
        await ann.Vessel.delete(keys.aurora)
        await refused(ann.Vessel.get(keys.aurora), 'request.not-found')
        assert.equal(await ann.Vessel.count(), 0)
        const hidden = await ann.Vessel.find({ withDeleted: true, sort: 'name' })
        assert.deepEqual(
          hidden.map(row => [row.name, row.deletedAt !== null]),
          [
            ['Aurora', true],
            ['Deneb', true],
          ],
        )
        const restored = await ann.Vessel.restore(keys.aurora)
        assert.equal(restored?.deletedAt, null)
        assert.equal((await ann.Vessel.get(keys.aurora)).name, 'Aurora')
      },
    ),
    writing(
      'soft: a deleted row gives its unique values free until it comes back',
      ['transactions', 'unique'],
      async ({ system }) => {
        await system.Vessel.create({ name: 'Deneb', tonnage: '1', ownerId: keys.ann })
        await refused(system.Vessel.restore(keys.deneb), 'writes.unique')
      },
    ),
  ]),
  group('nested writes', [
    writing('create and connect what a row belongs to', ['transactions', 'joins', 'or'], async ({ system }) => {
      const voyage = await system.Voyage.create({
        vessel: { create: { name: 'Elan', tonnage: '3', ownerId: keys.cyd } },
        origin: { connect: 'HAM' },
        berth: { connect: { harbourCode: 'HAM', number: 1 } },
        departs,
      })
      const read = await system.Voyage.get(voyage.id, {
        select: {
          vessel: { select: { name: true } },
          origin: { select: { name: true } },
          berth: { select: { number: true } },
        },
      })
      assert.deepEqual(read, { vessel: { name: 'Elan' }, origin: { name: 'Hamburg' }, berth: { number: 1 } })
    }),
    writing('create what belongs to a row', ['transactions', 'joins', 'or', 'orderByAnything'], async ({ system }) => {
      const voyage = await system.Voyage.create({
        vesselId: keys.aurora,
        originCode: 'HAM',
        departs,
        cargo: {
          create: [
            { label: 'tea', weight: '1' },
            { label: 'salt', weight: '2' },
          ],
        },
      })
      const read = await system.Voyage.get(voyage.id, { select: { cargo: { sort: 'label', select: { label: true } } } })
      assert.deepEqual(read, { cargo: [{ label: 'salt' }, { label: 'tea' }] })
    }),
    writing('connect, disconnect and set links', ['transactions', 'joins', 'or'], async ({ system }) => {
      const codes = async (): Promise<readonly string[]> =>
        (
          await system.Vessel.get(keys.aurora, { select: { certificates: { select: { code: true } } } })
        ).certificates.map(row => row.code)
      await system.Vessel.update(keys.aurora, { certificates: { disconnect: ['SOLAS'] } })
      assert.deepEqual(await codes(), ['ISM'])
      await system.Vessel.update(keys.aurora, { certificates: { connect: ['SOLAS', 'ISM'] } })
      assert.deepEqual(await codes(), ['ISM', 'SOLAS'])
      await system.Vessel.update(keys.aurora, { certificates: { set: ['SOLAS'] } })
      assert.deepEqual(await codes(), ['SOLAS'])
      await system.Vessel.update(keys.aurora, { certificates: { create: [{ code: 'NEW', issuer: 'us' }] } })
      assert.deepEqual(await codes(), ['NEW', 'SOLAS'])
      await system.Vessel.update(keys.aurora, { certificates: { set: [] } })
      assert.deepEqual(await codes(), [])
      assert.equal(await system.Certificate.count(), 3)
    }),
    writing(
      'disconnect and set what belongs to a row, where the reference may be null',
      ['transactions', 'joins', 'or'],
      async ({ system }) => {
        const next = async (): Promise<readonly number[]> =>
          (await system.Voyage.get(1, { select: { next: { select: { id: true } } } })).next.map(row => row.id)
        await system.Voyage.update(1, { next: { connect: [5] } })
        assert.deepEqual(await next(), [2, 5])
        await system.Voyage.update(1, { next: { set: [4, 5] } })
        assert.deepEqual(await next(), [4, 5])
        await system.Voyage.update(1, { next: { disconnect: [4] } })
        assert.deepEqual(await next(), [5])
      },
    ),
    writing(
      'connect what belongs to a row or create it, set exactly these, and create beside',
      ['transactions', 'joins', 'or', 'unique'],
      async ({ system }) => {
        const boat = (name: string, ownerId: string) => ({ name, ownerId, tonnage: '1' })
        const tenders = async (): Promise<readonly string[]> =>
          (await system.Vessel.find({ where: { tenderId: keys.borealis } })).map(row => row.name).toSorted()
        // Cyd has a Corvus; nobody has an Elan.
        const both = [boat('Corvus', keys.cyd), boat('Elan', keys.ann)]
        await system.Vessel.update(keys.borealis, { tenderOf: { connectOrCreate: both } })
        await system.Vessel.update(keys.borealis, { tenderOf: { connectOrCreate: both } })
        assert.deepEqual(await tenders(), ['Corvus', 'Elan'])
        assert.equal((await system.Vessel.get(keys.corvus)).version, 2)
        await system.Vessel.update(keys.borealis, {
          tenderOf: { setOrCreate: [boat('Elan', keys.ann), boat('Fulmar', keys.ann)] },
        })
        assert.deepEqual(await tenders(), ['Elan', 'Fulmar'])
        await system.Vessel.update(keys.borealis, {
          tenderOf: { set: [keys.corvus], create: [boat('Gannet', keys.ann)] },
        })
        assert.deepEqual(await tenders(), ['Corvus', 'Gannet'])
        await system.Vessel.update(keys.aurora, { tenderOf: { disconnect: [keys.corvus] } })
        assert.deepEqual(await tenders(), ['Corvus', 'Gannet'])
      },
    ),
    writing(
      'connecting to a row that may not be read is like connecting to none',
      ['transactions', 'joins', 'or'],
      async ({ ann }) => {
        const change = (key: string) => ann.Vessel.update(keys.aurora, { tender: { connect: key } })
        const unreadable = await refused(change(keys.corvus), 'writes.reference-missing')
        const absent = await refused(change(keys.absent), 'writes.reference-missing')
        assert.equal(unreadable.message, absent.message)
      },
    ),
    writing('a nested write that is refused undoes all', ['transactions', 'joins', 'or'], async ({ ann, system }) => {
      await refused(
        ann.Voyage.update(2, {
          note: 'changed',
          cargo: { create: [{ label: 'x', weight: '1', pieces: -1 }] },
        }),
        'writes.check',
      )
      const voyage = await system.Voyage.get(2)
      assert.equal(voyage.note, null)
      assert.equal(await system.Cargo.count(), 5)
    }),
  ]),
]
