/** Lists that PostgreSQL gathers for a whole page at once, beside columns of types of its own. */
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/index.ts'
import { defineSchema, field, graphOf, model } from '../../src/model/index.ts'
import { emptyFind } from '../../src/query/index.ts'
import { postgresStore } from '../../src/store/postgres/index.ts'
import { systemContext } from '../fixtures/system-context.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, serversOf } from '../services/index.ts'

/** A key of such a type is read in another form than its indexes have it in, and so are the links to it. */
const schema = defineSchema({
  Author: model(
    { number: field.integer().column('number', { postgres: 'integer' }), tags: field.manyToMany('Tag') },
    { key: ['number'] },
  ),
  Tag: model({ name: field.text() }),
})

describe.each(serversOf('postgres'))('on %s', server => {
  test('the links of a row are found by their index', async context => {
    needs(context, server)
    await using database = await freshDatabase(server)
    const store = postgresStore({ url: database.url, connections: 1, lanes: 0 })
    const engine = createEngine({ graph: graphOf(schema), store })
    await store.open(engine.graph)
    try {
      await store.applySchema(await store.compareSchema(engine.graph))
      await administer(
        'postgres',
        database.adminUrl,
        'insert into author (number) select generate_series(1, 3000)',
        `insert into tag (id, name) select gen_random_uuid(), 'Tag ' || n from generate_series(1, 3) n`,
        'insert into author_tags (author_number, tag_id) select number, id from author, tag',
        'analyze author, tag, author_tags',
      )
      const name = { kind: 'field', output: 'name', field: 'name' } as const
      const nested = { select: { defaults: false, outputs: [name] }, where: null, sort: [], limit: null }
      const tags = { kind: 'include', output: 'tags', relation: 'tags', nested } as const
      const request = { ...emptyFind, model: 'Author', limit: 0, select: { defaults: false, outputs: [tags] } }
      const prepared = engine.find(request, 'system')
      const plan = await prepared.explain({ form: 'json', values: [5], cursor: null }, systemContext())
      expect(plan).toContain('plinth_list')
      expect(plan).toMatch(/Index.* author_tags/u)
      expect(plan).not.toContain('Seq Scan on author_tags')
    } finally {
      await store.close()
    }
  })
})
