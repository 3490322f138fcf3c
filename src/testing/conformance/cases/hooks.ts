/** Hooks of writes that concern many rows: each row beside what it was. */
import assert from 'node:assert/strict'
import { createEngine, type HookInput, type HookTable } from '../../../engine/index.ts'
import { createDb } from '../../../operation/index.ts'
import { systemCaller } from '../../../query/index.ts'
import { group, writing } from '../case.ts'
import type { Fixture, HarbourSystemDb } from '../fixture.ts'

/** The same rows, with hooks. */
function dbWith({ engine, store, contextOf }: Fixture, hooks: HookTable): HarbourSystemDb {
  const hooked = createEngine({ graph: engine.graph, store, hooks })
  return createDb(hooked, () => contextOf(systemCaller('conformance suite'))) as unknown as HarbourSystemDb
}

export const hookGroup = group('hooks', [
  writing('of a bulk update meet each row beside what it was, by a key of text', ['transactions'], async fixture => {
    // Neither in the order of their keys nor in the one in which they are changed.
    for (const code of ['ZRH', 'AAR', 'MRS', 'éé', 'BB', '11'])
      await fixture.system.Harbour.create({ code, name: `of ${code}` })
    await fixture.system.Harbour.update('AAR', { name: 'of AAR' })
    const pairs: unknown[] = []
    const db = dbWith(fixture, {
      Harbour: {
        beforeUpdate: [
          ({ rows, previous }: HookInput) =>
            rows.forEach((row, index) => (row['name'] = `was ${String(previous[index]?.['name'])}`)),
        ],
        afterUpdate: [
          ({ rows, previous }: HookInput) =>
            void pairs.push(...rows.map(({ code, name }, index) => [code, name, previous[index]?.['name']])),
        ],
      },
    })
    const { count } = await db.Harbour.updateMany({ where: { name: { startsWith: 'of ' } }, changes: { draught: '1' } })
    assert.equal(count, 6)
    const rows = await db.Harbour.find({ where: { draught: '1' }, select: { code: true, name: true } })
    assert.deepEqual(
      rows.filter(({ code, name }) => name !== `was of ${code}`),
      [],
    )
    assert.equal(pairs.length, 6)
    assert.deepEqual(
      pairs.filter(pair => {
        const [code, name, before] = pair as readonly [string, string, string]
        return name !== `was of ${code}` || before !== `of ${code}`
      }),
      [],
    )
  }),
  writing(
    'of a bulk update meet each row beside what it was, by a key of two fields',
    ['transactions'],
    async fixture => {
      for (const number of [30, 4, 11])
        for (const harbourCode of ['ROT', 'HAM', 'OSL'])
          await fixture.system.Berth.create({ harbourCode, number, length: String(number) })
      const db = dbWith(fixture, {
        Berth: {
          beforeUpdate: [
            ({ rows, previous }: HookInput) =>
              rows.forEach((row, index) => (row['length'] = String(Number(previous[index]?.['length']) * 10))),
          ],
        },
      })
      const { count } = await db.Berth.updateMany({ where: { number: { gt: 2 } }, changes: { covered: true } })
      assert.equal(count, 9)
      const rows = await db.Berth.find({ where: { number: { gt: 2 } } })
      assert.deepEqual(
        rows.filter(({ number, length, covered }) => Number(length) !== number * 10 || !covered),
        [],
      )
    },
  ),
])
