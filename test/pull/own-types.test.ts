/** Columns of the database's own types, pulled: read, found by their value, sorted, written, read back, and refused what does not fit. */
import { describe, expect, it } from 'vitest'
import { engines, needsEngine } from '../fixtures/engines.ts'
import { asking } from './asking.ts'
import { ownTypesOf } from './own-types.ts'
import { openRules, pulledProject } from './pulled-project.ts'

describe.each(engines)('on %s', { timeout: 120_000 }, engine => {
  const types = ownTypesOf(engine)
  // Each type has a table of its own: two rows, and one without a value.
  const tables = types.flatMap(({ column, value }, index) => [
    `create table t${index} (id int primary key, own ${column})`,
    `insert into t${index} (id, own) values (1, ${value}), (2, null)`,
  ])

  it('they read, filter, sort and write', async context => {
    needsEngine(context, engine)
    await using project = await pulledProject(engine, tables)
    expect((await project.plinth('pull')).code).toBe(0)
    project.write(
      'src/rules.ts',
      openRules(
        types.map((_type, index) => `T${index}`),
        [],
      ),
    )
    expect(project.typecheck()).toBeNull()
    expect(project.format()).toBeNull()
    const ask = asking(await project.serve())
    for (const [index, { column, read, write, refuse }] of types.entries()) {
      const collection = `t${index}s`
      const label = `${column}: `
      const text = typeof read === 'string' ? read : JSON.stringify(read)
      expect((await ask('GET', `${collection}/1`)).body, label).toEqual({ id: 1, own: read })
      expect((await ask('GET', `${collection}?own[isNull]=true`)).body.data, label).toEqual([{ id: 2, own: null }])
      if (typeof read !== 'object') {
        const equal = await ask('GET', `${collection}?own=${encodeURIComponent(text)}`)
        if (equal.status === 200) expect(equal.body.data, label).toEqual([{ id: 1, own: read }])
        const sorted = await ask('GET', `${collection}?sort=own&limit=1`)
        if (sorted.status === 200) {
          expect(sorted.body.data, label).toEqual([{ id: 1, own: read }])
          const next = await ask('GET', `${collection}?sort=own&limit=1&after=${sorted.body.page?.after}`)
          expect(next.body.data, label).toEqual([{ id: 2, own: null }])
          expect(next.body.page?.after, label).toBeNull()
        }
        expect([200, 400], label).toContain(sorted.status)
      }
      const changed = await ask('PATCH', `${collection}/2`, { own: write })
      expect(changed, label).toEqual({ status: 200, body: { id: 2, own: write } })
      const made = await ask('POST', collection, [{ id: 3, own: write }, { id: 4 }])
      expect(made.status, label + JSON.stringify(made.body)).toBe(201)
      expect((await ask('GET', `${collection}/3`)).body, label).toEqual({ id: 3, own: write })
      expect((await ask('GET', `${collection}?own[in]=${encodeURIComponent(text)}`)).status, label).toBeLessThan(500)
      if (refuse !== undefined) expect((await ask('PATCH', `${collection}/2`, { own: refuse })).status, label).toBe(422)
    }
  })
})

it('a number that a smallint has no room for is refused with its place', { timeout: 60_000 }, async context => {
  needsEngine(context, 'postgres-18')
  await using project = await pulledProject('postgres-18', [
    'create table shelf (id smallint primary key)',
    'create table box (id serial primary key, shelf_id smallint references shelf (id), rank smallint default 3, more smallint[])',
    'insert into shelf values (1)',
  ])
  await project.done('pull')
  project.write('src/rules.ts', openRules(['Box', 'Shelf'], []))
  expect([project.typecheck(), project.format()]).toEqual([null, null])
  const ask = asking(await project.serve())
  expect((await ask('POST', 'boxes', { shelfId: 1, rank: 32_767, more: [-32_768] })).body).toMatchObject({
    shelfId: 1,
    rank: 32_767,
  })
  expect((await ask('POST', 'boxes', { rank: 70_000 })).body).toMatchObject({
    code: 'values.invalid',
    errors: [{ code: 'values.too-large', pointer: '/rank' }],
  })
})
