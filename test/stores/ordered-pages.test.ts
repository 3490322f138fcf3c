/** An index that a model declares serves the order that it was declared for, on every engine: a page is read from it and not sorted. */
import { describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/index.ts'
import { wholeText } from '../../src/lib/index.ts'
import { defineSchema, field, model } from '../../src/model/index.ts'
import { emptyFind, type FindRequest, systemCaller } from '../../src/query/index.ts'
import { engines, needsEngine } from '../fixtures/engines.ts'
import { systemContext } from '../fixtures/system-context.ts'
import { openTables } from './open-tables.ts'

const Event = model(
  {
    number: field.integer().key(),
    at: field.datetime(),
    rank: field.integer().optional(),
    place: field.text({ max: 40 }),
    seen: field.datetime(),
    note: field.text(),
  },
  {
    index: [['-seen'], ['-at', '-number'], ['-rank', '-number'], ['place', '-at']],
  },
)
const schema = defineSchema({ Event })
const system = systemCaller('test')

const by = (text: string): FindRequest['sort'] =>
  text.split(',').map(name => ({
    path: name.replace('-', '').split('.'),
    direction: name.startsWith('-') ? 'descending' : 'ascending',
  }))

/** The numbers of all rows, page by page to the end, and page by page back to the beginning. */
async function walk(
  queries: Engine,
  sort: string,
  size: number,
  model = 'Event',
): Promise<readonly (readonly number[])[]> {
  const page = async (cursor: string | null, direction: 'after' | 'before') => {
    const request: FindRequest = {
      ...emptyFind,
      model,
      select: { defaults: false, outputs: [{ kind: 'field', output: 'number', field: 'number' }] },
      sort: by(sort),
      limit: 0,
      seek: cursor === null ? null : { direction },
    }
    const found = await queries.find(request, 'system').run({ form: 'json', values: [size], cursor }, systemContext())
    const rows = JSON.parse(wholeText(found.json ?? '[]')) as readonly { readonly number: number }[]
    return { ...found, numbers: rows.map(({ number }) => number) }
  }
  const forward: number[] = []
  let last = await page(null, 'after')
  for (forward.push(...last.numbers); last.after !== null; forward.push(...last.numbers)) {
    last = await page(last.after, 'after')
  }
  let backward = last.numbers
  for (let current = last; current.before !== null; backward = [...current.numbers, ...backward]) {
    current = await page(current.before, 'before')
  }
  return [forward, backward]
}

const rankOf = (number: number): number | null => (number % 5 === 0 ? null : (number * 31) % 3000)

/** How each engine tells that it looks a place in the index up, rather than reading it from its beginning. */
const beginnings =
  /SEARCH \S+ USING INDEX event_rank\S+ \(rank|Index Cond: \(.*rank|"access_type": "(?:range|ref)"|\(rank [<>=]|rank <=>/g

/** How they tell that the rows with a value come out of the index, also where it has those without one at the wrong end. */
const inParts =
  /(?:SCAN|SEARCH) t0 USING INDEX event_rank|Index Cond: \(.*rank|"access_type": "(?:range|ref)"|\(rank [<>=]|rank <=>|NULL < rank/

/** The same of all rows, and not only of those that are equal in what the index is over. */
const wholeSorts = /temp b-tree for order by|(?<!incremental )sort {2}\(cost|filesort|"operation": "sort/i

/** What each engine calls the work of putting rows in order. */
const sorts = /temp b-tree|\bsort key\b|filesort|"operation": "sort/i

describe.each(engines)('on %s', engine => {
  test('a page in the order of an index is read from it, first and next, forward and backward', async context => {
    needsEngine(context, engine)
    await using tables = await openTables(engine, schema)
    const { store, queries, db } = tables
    await db.Event.create(
      Array.from({ length: 3000 }, (_, number) => ({
        number,
        at: new Date(Date.UTC(2026, 0, 1) + ((number * 7919) % 3000) * 60_000),
        rank: rankOf(number),
        place: `place ${number % 20}`,
        seen: new Date(Date.UTC(2026, 0, 1) + ((number * 7919) % 2999) * 60_000),
        note: 'note '.repeat(200),
      })),
    )
    await tables.analyze()
    const explain = async (sort: string, seek: 'after' | 'before' | null): Promise<string> => {
      const request = {
        ...emptyFind,
        model: 'Event',
        sort: by(sort),
        ...(seek === null ? {} : { seek: { direction: seek } }),
      }
      const { plan } = queries.find(request, 'system').planned(system)
      const values = plan.parameters.map(parameter => {
        if (parameter.source === 'limit') return 21
        return parameter.source === 'cursor' && parameter.type.kind === 'datetime' ? '2026-01-02T00:00:00.000Z' : 1500
      })
      return store.prepareFind(plan).explain(values)
    }
    for (const sort of ['-at,-number', '-rank,-number']) expect(await explain(sort, null), sort).not.toMatch(sorts)
    expect(await explain('-at,-number', 'after')).not.toMatch(sorts)
    // After a value come those beyond it and all without one, before it only values.
    expect((await explain('-rank,-number', 'after')).match(beginnings)?.length).toBeGreaterThan(1)
    expect(await explain('-rank,-number', 'before')).toMatch(beginnings)
    expect(await explain('-at,-number', 'before')).not.toMatch(sorts)
    expect(await explain('place', null), 'which no index serves to the end').toMatch(sorts)
    // The index does not name the key, by which the page ends.
    for (const seek of [null, 'after', 'before'] as const) {
      // SQLite then sorts the rows of the page, which it has found.
      const [found] = (await explain('-seen', seek)).split('SCAN k0')
      expect(found).not.toMatch(wholeSorts)
    }

    // Where the first field may be null, the next page begins at its place, too: among values, at the first null, among nulls.
    const expected = Array.from({ length: 3000 }, (_, number) => number).toSorted(
      (one, other) => (rankOf(other) ?? -1) - (rankOf(one) ?? -1) || other - one,
    )
    // 100 ends a page where nulls begin, 97 does not.
    for (const size of [97, 100]) expect(await walk(queries, '-rank,-number', size)).toEqual([expected, expected])

    // Read in the other direction the index has rows without a value at the wrong end.
    // What comes out of it is a part of its own then; the rows of two parts are sorted, two pages at most.
    // PostgreSQL does that from more rows on than these.
    if (engine !== 'postgres-18') {
      expect(await explain('rank,number', null)).toMatch(inParts)
      expect(await explain('rank,number', 'after')).toMatch(inParts)
    }
    const ascending = expected.toSorted(
      (one, other) => (rankOf(one) ?? Infinity) - (rankOf(other) ?? Infinity) || one - other,
    )
    for (const size of [97, 100]) expect(await walk(queries, 'rank,number', size)).toEqual([ascending, ascending])
  })
})

const Place = model({ number: field.integer().key(), name: field.text({ max: 20 }).optional().index() })
const Visit = model({
  number: field.integer().key(),
  planned: field.belongsTo('Place'),
  real: field.belongsTo('Place').optional(),
})

describe.each(engines)('on %s', engine => {
  test('pages in the order of what a reference leads to have each row once, also those that it leads nowhere', async context => {
    needsEngine(context, engine)
    await using tables = await openTables(engine, defineSchema({ Place, Visit }))
    const { store, queries, db } = tables
    const nameOf = (place: number): string | null => (place % 7 === 0 ? null : `place ${(place * 5) % 11}`)
    const realOf = (number: number): number | null => (number % 4 === 0 ? null : number % 30)
    await db.Place.create(Array.from({ length: 40 }, (_, number) => ({ number, name: nameOf(number) })))
    await db.Visit.create(
      Array.from({ length: 300 }, (_, number) => ({ number, plannedNumber: number % 40, realNumber: realOf(number) })),
    )
    if (engine === 'sqlite') {
      const explain = async (seek: FindRequest['seek']): Promise<string> => {
        const request = { ...emptyFind, model: 'Visit', sort: by('planned.name'), seek }
        const { plan } = queries.find(request, 'system').planned(system)
        const values = plan.parameters.map(parameter => {
          if (parameter.source === 'limit') return 21
          return parameter.source === 'cursor' && parameter.type.kind === 'text' ? 'place 2' : 7
        })
        return store.prepareFind(plan).explain(values)
      }
      // What comes first is asked how many rows it has, and runs once all the same.
      expect((await explain(null)).match(/MATERIALIZE plinth_first/g)).toHaveLength(1)
      expect(await explain({ direction: 'after' })).toMatch(
        /SEARCH t1 USING COVERING INDEX place_name_index \(name>\?\)/,
      )
    }
    const names = {
      planned: (number: number) => nameOf(number % 40),
      real: (number: number) => (number % 4 === 0 ? null : nameOf(number % 30)),
    }
    for (const relation of ['planned', 'real'] as const)
      for (const sign of [1, -1]) {
        const expected = Array.from({ length: 300 }, (_, number) => number).toSorted((one, other) => {
          const [a, b] = [names[relation](one), names[relation](other)]
          if (a === b) return one - other
          // Those without a value are the last of an ascending order, and of a descending one.
          return a === null ? 1 : b === null ? -1 : sign * (a < b ? -1 : 1)
        })
        const sort = `${sign === 1 ? '' : '-'}${relation}.name,number`
        expect(await walk(queries, sort, 23, 'Visit'), sort).toEqual([expected, expected])
      }
  })
})

test('SQLite learns how many rows have one value, and looks for the few', async () => {
  const Note = model(
    {
      number: field.integer().key(),
      state: field.text({ max: 10 }),
      place: field.text({ max: 40 }),
      at: field.datetime(),
      text: field.text(),
    },
    { index: [['-state', '-at'], ['place']] },
  )
  await using tables = await openTables('sqlite', defineSchema({ Note }))
  const equals = (name: string, slot: number) => ({ kind: 'compare', path: [name], operator: 'eq', slot }) as const
  const request: FindRequest = {
    ...emptyFind,
    model: 'Note',
    where: { kind: 'and', of: [equals('state', 0), equals('place', 1)] },
    sort: by('-at'),
  }
  const { plan } = tables.queries.find(request, 'system').planned(system)
  const explain = async (): Promise<string> => {
    // Connections notice it when they read the next time.
    await tables.db.Note.count()
    return tables.store.prepareFind(plan).explain(['shown', 'place 7', 21])
  }
  expect(await explain()).toContain('note_state_desc_at_desc_index')
  await tables.db.Note.create(
    Array.from({ length: 5000 }, (_, number) => ({
      number,
      state: number % 100 === 0 ? 'draft' : 'shown',
      place: `place ${number % 1000}`,
      at: new Date(Date.UTC(2026, 0, 1) + number * 60_000),
      text: 'note '.repeat(200),
    })),
  )
  await expect.poll(explain, { timeout: 15_000 }).toContain('note_place_index')
})
