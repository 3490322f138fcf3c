/** What models have no word for is told by the pull, stands in nobody's way, and refuses in words of the model. */
import { describe, expect, it } from 'vitest'
import { engines, needsEngine } from '../fixtures/engines.ts'
import { asking } from './asking.ts'
import { familyOf } from './awkward.ts'
import { openRules, type PulledProject, pulledProject } from './pulled-project.ts'
import { unspeakable } from './unspeakable.ts'

/** Of each family: what the pull says, and writes with what they answer. What stands under `mysql` only MariaDB has: versions of rows, sequences. */
const expected = {
  sqlite: {
    notes: [
      'Virtual tables have no model: words.',
      'The table "exact" has no model: its rows have neither a number nor a key that holds exact values.',
      'The reference of "refers" (p, q) to "exact" is no relation: that table is not pulled.',
      'Indexes of "a b" that models have no word for stay: by_expression.',
      'Checks of "a b" stay with the database: what breaks them is refused with writes.check.',
    ],
    models: ['AB', 'Mark', 'Refer'],
    views: ['AView', 'OfView'],
    writes: [
      ['abs', { bt: 'four' }, 201, { xY: "it's;\nz", h: "IT'S;\nZ" }],
      [
        'refers',
        { id: 1, p: 'nobody', q: 1 },
        409,
        { code: 'writes.reference-missing', parameters: { name: 'p, q', model: 'exact' } },
      ],
    ],
  },
  postgres: {
    notes: [
      'Checks of "Odd" stay with the database: what breaks them is refused with writes.check.',
      'Exclusions of "Odd" stay with the database: Odd_r_excl.',
      'Indexes of "Odd" that models have no word for stay: Odd_lower_idx, Odd_n_key, Odd_r_excl, including, words_gin.',
      'Triggers of "measure" go on doing what they do: touch.',
      'Rules of "pieces" go on doing what they do: stays.',
      '"pieces" says "on delete set default" in "pieces_odd_fkey", which is taken for restrict.',
    ],
    models: ['Child', 'Mark', 'Measure', 'Measured', 'Odd', 'Piece'],
    views: ['AView', 'Counted', 'Newer', 'OfRow', 'Older', 'V1'],
    writes: [
      // The type's own default and the trigger's value.
      ['odds', { n: '2.00' }, 201, { code: 'c0', part: 3, bothOf: null, words: "'c0':1", nr: 10 }],
      ['measures', { id: 1, at: '2024-05-01', v: 7 }, 201, { v: 1 }],
      ['odds', { n: '3.00', part: -1 }, 422, { code: 'writes.check', parameters: { model: 'Odd', check: 'above' } }],
      ['odds', { n: '2.00' }, 409, { code: 'writes.unique' }],
    ],
  },
  mysql: {
    notes: [
      'Checks of "odd" stay with the database: what breaks them is refused with writes.check.',
      'Triggers of "odd" go on doing what they do: filled.',
      'Indexes of "pieces" that models have no word for stay: c, p.',
    ],
    models: ['Counted', 'Mark', 'Measure', 'Odd', 'Piece', 'Refer', 'Stay', 'Version'],
    views: ['AView', 'OfView', 'Twice'],
    writes: [
      ['odds', { e: String.raw`a\b` }, 201, { e: String.raw`a\b`, u: String.raw`<a\b`, q: `it's; "ok"` }],
      ['odds', { e: "c'd", u: 'x' }, 201, { e: "c'd", g: String.raw`<x\n;` }],
      ['counteds', {}, 201, { id: 5 }],
      ['stays', {}, 422, { code: 'values.invalid' }],
      ['stays', { at: '2024-01-02T03:04:05Z', day: '2024-01-02' }, 201, { id: 2, day: '2024-01-02' }],
    ],
  },
} as const

type Write = readonly [collection: string, body: object, status: number, answer: object]

const marks: readonly Write[] = [
  ['marks', { place: 'here', label: 'first' }, 201, { place: 'here' }],
  ['marks', { place: 'here' }, 409, { code: 'writes.unique', errors: [{ pointer: '/place' }] }],
]

async function differences(project: PulledProject): Promise<readonly string[]> {
  const { results } = await project.plinth('database', '--json')
  const found = JSON.parse(results) as { differences: readonly { model: string; description: string }[] }
  return found.differences.filter(({ model }) => !model.startsWith('Plinth')).map(({ description }) => description)
}

describe.each(engines.filter(engine => !engine.startsWith('mysql')))('on %s', { timeout: 120_000 }, engine => {
  const family = familyOf(engine)
  const { notes, models, views, writes } = expected[family]

  it('it is listed, and the rest is served beside it', async context => {
    needsEngine(context, engine)
    await using project = await pulledProject(engine, unspeakable[family])
    const { code, output } = await project.plinth('pull')
    expect([code, output]).toEqual([0, expect.stringContaining(`${models.length + views.length} models.`) as string])
    for (const note of notes) expect(output).toContain(`  ${note}\n`)
    expect(await differences(project)).toEqual([])

    project.write('src/rules.ts', openRules(models, views))
    const ask = asking(await project.serve())
    for (const [collection, body, status, answer] of [...(writes as readonly Write[]), ...marks])
      expect(await ask('POST', collection, body), collection).toMatchObject({ status, body: answer })
    // What is unique and never null is the address of a row that has no key.
    const changed = await ask('PATCH', 'marks/here', { label: 'second' })
    expect(changed).toEqual({ status: 200, body: { place: 'here', label: 'second' } })
  })
})
