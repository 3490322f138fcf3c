/** Uniques and indexes that ignore letter case: what they refuse, and what is found by them. */
import assert from 'node:assert/strict'
import { group, refused, writing } from '../case.ts'

export const letterCaseGroup = group('uniques that ignore letter case', [
  writing(
    'another case is the same value, also of letters beyond ASCII',
    ['transactions', 'unique'],
    async ({ system }) => {
      await system.Buoy.create([
        { callSign: 'Äpfel' },
        { callSign: 'ΣΊΣΥΦΟΣ' },
        { callSign: 'Straße' },
        { callSign: '𐐀' },
        // The small letter takes a byte more.
        { callSign: 'SȾI1' },
        { callSign: 'SȾI2' },
      ])
      for (const callSign of ['Äpfel', 'äPFEL', 'σίσυφοσ', 'STRAßE', '𐐨', 'sⱦi2']) {
        const error = await refused(system.Buoy.create({ callSign }), 'writes.unique')
        assert.deepEqual(error.parameters, { model: 'Buoy', fields: 'callSign' })
        assert.equal(error.status, 409)
      }
      // Letters that only look alike, spaces and normal forms are told apart as everywhere.
      await system.Buoy.create([
        { callSign: 'Apfel' },
        { callSign: 'σίσυφος' },
        { callSign: 'STRASSE' },
        { callSign: 'Äpfel ' },
      ])
    },
  ),
  writing('a long text, of which null is no value', ['transactions', 'unique'], async ({ system }) => {
    const long = 'No anchoring within two cables. '.repeat(20)
    await system.Buoy.create([{ callSign: 'a' }, { callSign: 'b' }, { callSign: 'c', inscription: long }])
    const error = await refused(system.Buoy.create({ callSign: 'd', inscription: long.toUpperCase() }), 'writes.unique')
    assert.deepEqual(error.parameters, { model: 'Buoy', fields: 'inscription' })
    await system.Buoy.create({ callSign: 'd', inscription: `${long}!` })
    assert.equal(await system.Buoy.count({ where: { inscription: { isNull: true } } }), 2)
  }),
  writing(
    'an update into the value of another row, and into its own',
    ['transactions', 'unique'],
    async ({ system }) => {
      await system.Buoy.create([{ callSign: 'North' }, { callSign: 'South' }])
      const error = await refused(system.Buoy.update({ callSign: 'south' }, { callSign: 'NORTH' }), 'writes.unique')
      assert.deepEqual(error.parameters, { model: 'Buoy', fields: 'callSign' })
      assert.equal((await system.Buoy.update({ callSign: 'south' }, { callSign: 'SOUTH' }))?.callSign, 'SOUTH')
    },
  ),
  writing(
    'a row is named by such a value in any case; a filter says what it means',
    ['transactions', 'unique', 'or'],
    async ({ system }) => {
      const created = await system.Buoy.create({ callSign: 'Ñandú' })
      assert.deepEqual(await system.Buoy.get({ callSign: 'ÑANDÚ' }), created)
      const signs = async (callSign: object): Promise<readonly string[]> =>
        (await system.Buoy.find({ where: { callSign } })).map(buoy => buoy.callSign)
      assert.deepEqual(await signs({ iequals: 'ñANDÚ' }), ['Ñandú'])
      assert.deepEqual(await signs({ eq: 'Ñandú' }), ['Ñandú'])
      assert.deepEqual(await signs({ eq: 'ñandú' }), [])
      assert.deepEqual(await signs({ in: ['ñandú', 'x'] }), [])
      assert.deepEqual(await signs({ in: ['Ñandú', 'x'] }), ['Ñandú'])
      assert.deepEqual(await signs({ notIn: ['ñandú'] }), ['Ñandú'])
    },
  ),
  writing(
    'beginnings: the end of their range is that of the small letters',
    ['transactions', 'or'],
    async ({ system }) => {
      const colours = [
        'Z',
        'z',
        '[',
        'Éa',
        'éz',
        'Èa',
        'İx',
        'ix',
        'Ω1',
        'ω2',
        'Ⅻ',
        'ⅻ',
        '𐐀',
        '𐐨',
        '\u{10FFFF}a',
        'a\uD7FF',
        'A\uE000',
        'eȺb',
        'Eⱥb',
        'eȺc',
        'Ა',
      ]
      await system.Buoy.create(colours.map((colour, index) => ({ callSign: String(index), colour })))
      const starting = async (istartsWith: string): Promise<readonly string[]> => {
        const found = await system.Buoy.find({ where: { colour: { istartsWith } }, limit: 100 })
        return colours.filter(colour => found.some(buoy => buoy.colour === colour))
      }
      assert.deepEqual(await starting('Z'), ['Z', 'z'])
      assert.deepEqual(await starting('['), ['['])
      assert.deepEqual(await starting('É'), ['Éa', 'éz'])
      assert.deepEqual(await starting('I'), ['İx', 'ix'])
      assert.deepEqual(await starting('Ω'), ['Ω1', 'ω2'])
      assert.deepEqual(await starting('ⅻ'), ['Ⅻ', 'ⅻ'])
      assert.deepEqual(await starting('𐐨'), ['𐐀', '𐐨'])
      assert.deepEqual(await starting('\u{10FFFF}'), ['\u{10FFFF}a'])
      assert.deepEqual(await starting('A\uD7FF'), ['a\uD7FF'])
      assert.deepEqual(await starting('EȺB'), ['eȺb', 'Eⱥb'])
      assert.equal((await starting('')).length, colours.length)
      // Its small letter stands before it, and came so late that not every database knows it.
      assert.equal(await system.Buoy.count({ where: { colour: { startsWith: 'Ა' } } }), 1)
    },
  ),
  writing('only rows that are not deleted are alike', ['transactions', 'unique'], async ({ system }) => {
    const first = await system.Beacon.create({ name: 'Skagen' })
    await refused(system.Beacon.create({ name: 'SKAGEN' }), 'writes.unique')
    await system.Beacon.delete(first.id)
    await system.Beacon.create({ name: 'SKAGEN' })
    await refused(system.Beacon.restore(first.id), 'writes.unique')
  }),
  writing('upsert changes the row that it would have met', ['transactions', 'unique'], async ({ system }) => {
    const row = { callSign: 'Fastnet', colour: 'red' }
    const created = await system.Buoy.upsert({ on: ['callSign'], create: row, update: row })
    const again = { callSign: 'FASTNET', colour: 'green' }
    const updated = await system.Buoy.upsert({ on: ['callSign'], create: again, update: again })
    assert.deepEqual(updated, { ...created, ...again })
    assert.equal(await system.Buoy.count(), 1)
  }),
])
