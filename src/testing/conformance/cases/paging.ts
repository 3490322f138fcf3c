/** Pages by cursor: forward and backward over every sort, counts, offsets, and cursors that are not what they seem. */
import assert from 'node:assert/strict'
import { group, reading, writing, refused } from '../case.ts'
import type { Fixture } from '../fixture.ts'

interface Paged {
  readonly rows: readonly unknown[]
  readonly page: { readonly after: string | null; readonly before: string | null }
}

type Pages = (options: object) => Promise<Paged>

/** All rows by pages of `limit`, forward from the first page, then back from the last. */
async function walk(
  pages: Pages,
  options: object,
  limit: number,
): Promise<{ readonly forward: readonly unknown[]; readonly backward: readonly unknown[] }> {
  let page = await pages({ ...options, limit })
  const forward = [...page.rows]
  while (page.page.after !== null) {
    page = await pages({ ...options, limit, after: page.page.after })
    forward.push(...page.rows)
  }
  const backward = [...page.rows]
  while (page.page.before !== null) {
    page = await pages({ ...options, limit, before: page.page.before })
    backward.unshift(...page.rows)
  }
  return { forward, backward }
}

async function agrees(pages: Pages, options: object): Promise<readonly unknown[]> {
  const { rows } = await pages({ ...options, limit: 100 })
  for (const limit of [1, 2, 3]) {
    const { forward, backward } = await walk(pages, options, limit)
    assert.deepEqual(forward, rows, `forward by ${limit}: ${JSON.stringify(options)}`)
    assert.deepEqual(backward, rows, `backward by ${limit}: ${JSON.stringify(options)}`)
  }
  return rows
}

const voyagePages =
  ({ system }: Fixture): Pages =>
  options =>
    system.Voyage.page({ select: { id: true }, ...options })

const ids = (rows: readonly unknown[]): readonly unknown[] => rows.map(row => (row as { id: unknown }).id)

export const pagingGroup = group('pages', [
  reading('by key', [], async fixture => {
    assert.deepEqual(ids(await agrees(voyagePages(fixture), {})), [1, 2, 3, 4, 5])
  }),
  reading('by a nullable field, nulls last in both directions', ['orderByAnything', 'or'], async fixture => {
    assert.deepEqual(ids(await agrees(voyagePages(fixture), { sort: 'priority' })), [4, 1, 3, 2, 5])
    assert.deepEqual(ids(await agrees(voyagePages(fixture), { sort: '-priority' })), [3, 1, 4, 5, 2])
  }),
  reading('by several fields in mixed directions', ['orderByAnything', 'or'], async fixture => {
    const pages = voyagePages(fixture)
    assert.deepEqual(ids(await agrees(pages, { sort: ['departs', '-priority'] })), [1, 3, 2, 4, 5])
    assert.deepEqual(ids(await agrees(pages, { sort: ['-state', 'priority', '-departs'] })), [4, 1, 3, 5, 2])
    await agrees(pages, { sort: ['-priority', 'note', '-departs'] })
    await agrees(pages, { sort: ['note', '-priority'] })
  }),
  reading('by fields of to-one relations', ['orderByAnything', 'or', 'joins', 'aggregates'], async fixture => {
    const pages = voyagePages(fixture)
    assert.deepEqual(ids(await agrees(pages, { sort: ['vessel.name', '-departs'] })), [2, 1, 4, 3, 5])
    // Where there is no destination, there is nothing to sort by.
    assert.deepEqual(ids(await agrees(pages, { sort: ['destination.name', 'id'] })), [4, 1, 2, 5, 3])
    assert.deepEqual(ids(await agrees(pages, { sort: ['-destination.name', '-id'] })), [5, 2, 1, 4, 3])
  }),
  reading('by a computed field', ['orderByAnything', 'or', 'joins', 'aggregates'], async fixture => {
    assert.deepEqual(ids(await agrees(voyagePages(fixture), { sort: ['-cargoWeight', 'id'] })), [2, 1, 4, 3, 5])
  }),
  reading('by a key of two fields', ['or', 'orderByAnything'], async ({ system }) => {
    const rows = await agrees(options => system.Berth.page(options), {})
    assert.deepEqual(
      rows.map(row => `${(row as { harbourCode: string }).harbourCode}${(row as { number: number }).number}`),
      ['HAM1', 'HAM2', 'ROT1'],
    )
    await agrees(options => system.Berth.page(options), { sort: ['-length'] })
    await agrees(options => system.Berth.page(options), { sort: ['covered', '-number'] })
  }),
  reading('with a filter and under rules', ['orderByAnything', 'or', 'joins'], async ({ ann, bob, anonymous }) => {
    const of = async (db: typeof ann, options: object): Promise<readonly unknown[]> =>
      ids(await agrees(each => db.Voyage.page(each), { sort: '-departs', ...options }))
    // The key follows in the direction of the last term, so the order is total.
    assert.deepEqual(await of(ann, {}), [5, 3, 2, 1])
    assert.deepEqual(await of(bob, {}), [5, 4, 3, 2, 1])
    assert.deepEqual(await of(anonymous, { where: { state: { ne: 'sailed' } } }), [5, 3, 2])
  }),
  reading('the count is of all rows that match, whatever the page', ['or', 'joins'], async ({ ann, bob }) => {
    const first = await ann.Voyage.page({ limit: 2, count: true })
    assert.equal(first.count, 4)
    const next = await ann.Voyage.page({ limit: 2, count: true, after: first.page.after ?? '' })
    assert.equal(next.count, 4)
    assert.equal(
      (await bob.Voyage.page({ limit: 1, count: true, where: { state: { in: ['secret', 'sailed'] } } })).count,
      2,
    )
    assert.equal((await bob.Voyage.page({ limit: 1, where: { id: 99 }, count: true })).count, 0)
  }),
  reading('by offset', ['orderByAnything'], async ({ system }) => {
    const rows = await system.Voyage.find({ sort: '-id', offset: 1, limit: 2, select: { id: true } })
    assert.deepEqual(ids(rows), [4, 3])
    assert.deepEqual(await system.Voyage.find({ offset: 5, select: { id: true } }), [])
    const page = await system.Voyage.page({ offset: 3, limit: 1, count: true, select: { id: true } })
    assert.equal(page.count, 5)
    assert.ok(page.page.after !== null)
  }),
  writing(
    'rows that come and go between pages neither hide nor repeat the others',
    ['transactions', 'orderByAnything', 'or'],
    async ({ system }) => {
      const first = await system.Cargo.page({ sort: ['-weight'], limit: 2 })
      assert.deepEqual(
        first.rows.map(row => row.weight),
        ['2000.000', '1000.500'],
      )
      await system.Cargo.create({ voyageId: 5, label: 'heavy', weight: '9999', pieces: 1 })
      await system.Cargo.deleteMany({ where: { weight: '1000.500' } })
      const next = await system.Cargo.page({ sort: ['-weight'], limit: 2, after: first.page.after ?? '' })
      assert.deepEqual(
        next.rows.map(row => row.weight),
        ['77.000', '0.250'],
      )
    },
  ),
  reading(
    'a cursor of another query, a cut one and an invented one are refused',
    ['or', 'orderByAnything'],
    async ({ system }) => {
      const { page } = await system.Voyage.page({ sort: 'priority', limit: 1 })
      const cursor = page.after ?? ''
      await refused(system.Voyage.page({ sort: '-priority', after: cursor }), 'request.cursor-invalid')
      await refused(system.Voyage.page({ after: cursor }), 'request.cursor-invalid')
      await refused(system.Voyage.page({ sort: 'priority', where: { id: 1 }, after: cursor }), 'request.cursor-invalid')
      await refused(system.Voyage.page({ sort: 'priority', after: cursor.slice(0, -3) }), 'request.cursor-invalid')
      await refused(system.Voyage.page({ sort: 'priority', after: 'AAAA' }), 'request.cursor-invalid')
      const [shape] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string]
      const forged = Buffer.from(JSON.stringify([shape, 'no number', 1])).toString('base64url')
      await refused(system.Voyage.page({ sort: 'priority', after: forged }), 'request.cursor-invalid')
    },
  ),
  reading('limits outside the bounds are refused', [], async ({ anonymous }) => {
    for (const limit of [0, -1, 1.5, 201, 1e9]) {
      await refused(anonymous.Harbour.find({ limit, select: { code: true } }), 'request.limit-out-of-range')
    }
    assert.equal((await anonymous.Harbour.find({ limit: 200, select: { code: true } })).length, 3)
  }),
  writing(
    'a model without a key can be listed and counted, not addressed',
    ['transactions', 'orderByAnything'],
    async ({ anonymous }) => {
      await anonymous.Signal.create([
        { at: new Date('2026-01-02T00:00:00Z'), text: 'b' },
        { at: new Date('2026-01-01T00:00:00Z'), text: 'a' },
        { at: new Date('2026-01-01T00:00:00Z'), text: 'a' },
      ])
      assert.equal(await anonymous.Signal.count(), 3)
      const rows = await anonymous.Signal.find({ sort: 'text' })
      assert.deepEqual(
        rows.map(row => row.text),
        ['a', 'a', 'b'],
      )
    },
  ),
])
