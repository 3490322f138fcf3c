/** Models, fields and relations that have other names now find their tables as they are, on every engine: nothing differs, nothing is lost. */
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/index.ts'
import { snapshotOf, withSnapshot } from '../../src/migrate/index.ts'
import { defineSchema, field, graphOf, model, type ModelGraph, type Schema } from '../../src/model/index.ts'
import { createDb, type SystemDb } from '../../src/operation/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'
import { systemContext } from '../fixtures/system-context.ts'

const before = defineSchema({
  Article: model(
    {
      title: field
        .text({ max: 40 })
        .unique()
        .check(title => title.isNot('')),
      state: field.enum(['draft', 'done']).default('draft'),
      year: field.integer().index(),
      author: field.belongsTo('Person').optional(),
      tags: field.manyToMany('Tag'),
    },
    { softDelete: true, index: [['year', '-title']], check: { late: row => row.year.gt(1900) } },
  ),
  Person: model({ name: field.text(), follows: field.manyToMany('Person') }),
  Tag: model({ word: field.text({ max: 40 }).key() }),
})
const after = defineSchema({
  Writing: model(
    {
      headline: field
        .text({ max: 40 })
        .unique()
        .check(title => title.isNot(''))
        .renamedFrom('title'),
      phase: field.enum(['draft', 'done']).default('draft').renamedFrom('state'),
      published: field.integer().index().renamedFrom('year'),
      writer: field.belongsTo('Human').optional().renamedFrom('authorId'),
      topics: field.manyToMany('Topic').renamedFrom('tags'),
    },
    {
      softDelete: true,
      index: [['published', '-headline']],
      check: { late: row => row.published.gt(1900) },
      renamedFrom: 'Article',
    },
  ),
  Human: model(
    {
      name: field.text(),
      watches: field.manyToMany('Human', { inverse: 'followedBy' }).renamedFrom('follows'),
      followedBy: field.manyToMany('Human', { inverse: 'watches' }),
    },
    { renamedFrom: 'Person' },
  ),
  Topic: model(
    { name: field.text({ max: 40 }).key().renamedFrom('word'), writings: field.manyToMany('Writing') },
    { renamedFrom: 'Tag' },
  ),
})

async function opened<S extends Schema>(store: Store, graph: ModelGraph, run: (db: SystemDb<S>) => Promise<void>) {
  const engine = createEngine({ graph, store })
  await store.open(engine.graph)
  try {
    const differences = await store.compareSchema(engine.graph)
    await store.applySchema(differences)
    await run(createDb(engine, systemContext) as unknown as SystemDb<S>)
    return differences.map(({ description }) => description)
  } finally {
    engine.close()
    await store.close()
  }
}

describe.each(engines)('on %s', engine => {
  test('tables, columns, links, indexes and constraints stay', { timeout: 60_000 }, async test => {
    needsEngine(test, engine)
    await using database = await emptyDatabase(engine)
    const graph = graphOf(before)
    await opened<typeof before>(database.store(), graph, async db => {
      const bob = await db.Person.create({ name: 'Bob' })
      const ann = await db.Person.create({ name: 'Ann', follows: { connect: [bob.id] } })
      await db.Tag.create([{ word: 'sea' }, { word: 'sky' }])
      await db.Article.create({ title: 'Kept', year: 2001, authorId: ann.id, tags: { connect: ['sea'] } })
      await db.Article.create({ title: 'Other', year: 2002 })
    })

    const renamed = withSnapshot(graphOf(after), snapshotOf(graph))
    const differences = await opened<typeof after>(database.store(), renamed, async db => {
      const found = await db.Writing.find({
        where: { topics: { some: { name: 'sea' } } },
        select: {
          headline: true,
          phase: true,
          published: true,
          topics: { select: { name: true } },
          writer: {
            select: { name: true, watches: { select: { name: true } }, followedBy: { select: { name: true } } },
          },
        },
      })
      expect(found).toEqual([
        {
          headline: 'Kept',
          phase: 'draft',
          published: 2001,
          topics: [{ name: 'sea' }],
          writer: { name: 'Ann', watches: [{ name: 'Bob' }], followedBy: [] },
        },
      ])
      // What breaks a constraint is told in today's names.
      await expect(db.Writing.create({ headline: 'Kept', published: 2003 })).rejects.toMatchObject({
        code: 'writes.unique',
        parameters: { model: 'Writing', fields: 'headline' },
      })
      await expect(db.Writing.create({ headline: 'Old', published: 1800 })).rejects.toMatchObject({
        code: 'writes.check',
      })
    })
    expect(differences).toEqual([])
  })
})
