import { describe, expect, it } from 'vitest'
import { tableShapes } from '../../store/sql/index.ts'
import { defineSchema, field, model, type ModelGraph } from '../../model/index.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'
import { withSnapshot } from './with-snapshot.ts'

const first = defineSchema({
  User: model({ name: field.text() }),
  Article: model({ title: field.text(), author: field.belongsTo('User') }),
})

const columnsOf = (
  schema: { graph: Parameters<typeof withSnapshot>[0] },
  born = snapshotOf(first.graph),
): Record<string, string> =>
  Object.fromEntries(
    Object.values(withSnapshot(schema.graph, born).models['Article']?.fields ?? {}).map(each => [
      each.name,
      each.column,
    ]),
  )

describe('columns', () => {
  it('changes nothing where nothing was renamed', () => {
    expect(withSnapshot(first.graph, snapshotOf(first.graph))).toEqual(first.graph)
  })

  it('leaves the column where it was when a field gets another name, then and later', () => {
    const renamed = defineSchema({
      User: model({ name: field.text() }),
      Article: model({ headline: field.text().renamedFrom('title'), author: field.belongsTo('User') }),
    })
    expect(columnsOf(renamed)).toEqual({ id: 'id', headline: 'title', authorId: 'author_id' })
    // The snapshot remembers when the declaration no longer does.
    const later = defineSchema({
      User: model({ name: field.text() }),
      Article: model({ headline: field.text(), author: field.belongsTo('User') }),
    })
    expect(columnsOf(later, snapshotOf(withSnapshot(renamed.graph, snapshotOf(first.graph))))).toMatchObject({
      headline: 'title',
    })
    expect(columnsOf(later)).toMatchObject({ headline: 'headline' })
  })

  it('gives a new field of an old name a column of its own', () => {
    const both = defineSchema({
      User: model({ name: field.text() }),
      Article: model({
        headline: field.text().renamedFrom('title'),
        title: field.text(),
        author: field.belongsTo('User'),
      }),
    })
    expect(columnsOf(both)).toMatchObject({ headline: 'title', title: 'title_2' })
  })

  it('gives way to a column that is named', () => {
    const named = defineSchema({
      User: model({ name: field.text() }),
      Article: model({ title: field.text().column('heading'), author: field.belongsTo('User') }),
    })
    expect(columnsOf(named)).toMatchObject({ title: 'heading' })
  })

  it('refuses a former name that nothing had', () => {
    const wrong = defineSchema({
      User: model({ name: field.text() }),
      Article: model({ headline: field.text().renamedFrom('titel'), author: field.belongsTo('User') }),
    })
    expect(() => columnsOf(wrong)).toThrow(
      'Article.headline says that it was called "titel", and Article has no such field in the snapshot, perhaps "title"',
    )
  })

  it('refuses a declared column that another field was born with', () => {
    const wrong = defineSchema({
      User: model({ name: field.text() }),
      Article: model({
        headline: field.text().renamedFrom('title'),
        lead: field.text().column('title'),
        author: field.belongsTo('User'),
      }),
    })
    expect(() => columnsOf(wrong)).toThrow(
      'The column of Article.lead has the name "title", and so has that of headline.',
    )
  })

  it('follows a relation and the key that it holds', () => {
    const keyed = defineSchema({
      User: model({ email: field.text().key() }),
      Article: model({ author: field.belongsTo('User'), editor: field.belongsTo('User') }),
    })
    const born = snapshotOf(keyed.graph)
    expect(born.models['Article']?.columns).toMatchObject({ authorEmail: 'author_email', editorEmail: 'editor_email' })
    const renamed = defineSchema({
      User: model({ mail: field.text().key().renamedFrom('email') }),
      Article: model({
        author: field.belongsTo('User'),
        checker: field.belongsTo('User').renamedFrom('editorEmail'),
      }),
    })
    expect(columnsOf(renamed, born)).toMatchObject({ authorMail: 'author_email', checkerMail: 'editor_email' })
  })

  it('goes back to a column when its field was first renamed and that was said afterwards', () => {
    const schemaWith = (title: object) =>
      defineSchema({
        User: model({ name: field.text() }),
        Article: model({ ...title, author: field.belongsTo('User') }),
      })
    const untold = schemaWith({ headline: field.text() })
    const told = schemaWith({ headline: field.text().renamedFrom('title') })
    const born = snapshotOf(first.graph)
    const between = snapshotOf(withSnapshot(untold.graph, born), born)
    expect(between.models['Article']?.columns).toMatchObject({ headline: 'headline' })
    expect(columnsOf(told, between)).toMatchObject({ headline: 'title' })
    // Once followed it moves nothing any more: not to what another field of that name left.
    const after = snapshotOf(withSnapshot(told.graph, between), between)
    const another = schemaWith({ headline: field.text().renamedFrom('title'), title: field.text() })
    const both = snapshotOf(withSnapshot(another.graph, after), after)
    expect(both.models['Article']?.columns).toMatchObject({ headline: 'title', title: 'title_2' })
    const last = snapshotOf(withSnapshot(told.graph, both), both)
    expect(last.models['Article']).toMatchObject({ columns: { headline: 'title' }, gone: { title: 'title_2' } })
    expect(columnsOf(told, last)).toMatchObject({ headline: 'title' })
  })
})

const before = defineSchema({
  Article: model(
    {
      title: field
        .text({ max: 20 })
        .unique()
        .check(title => title.isNot('')),
      year: field.integer().index(),
      author: field.belongsTo('Tag'),
      tags: field.manyToMany('Tag'),
      readers: field.manyToMany('Tag', { inverse: 'read' }),
    },
    { softDelete: true, index: [['year', '-title']], check: { late: row => row.year.gt(0) } },
  ),
  Tag: model({ name: field.text().unique(), read: field.manyToMany('Article', { inverse: 'readers' }) }),
})
const after = defineSchema({
  // Its name comes after the other end's, which would give the join table another name.
  Writing: model(
    {
      headline: field
        .text({ max: 20 })
        .unique()
        .check(title => title.isNot(''))
        .renamedFrom('title'),
      published: field.integer().index().renamedFrom('year'),
      author: field.belongsTo('Topic'),
      topics: field.manyToMany('Topic').renamedFrom('tags'),
      readers: field.manyToMany('Topic', { inverse: 'read' }),
    },
    {
      softDelete: true,
      index: [['published', '-headline']],
      check: { late: row => row.published.gt(0) },
      renamedFrom: 'Article',
    },
  ),
  Topic: model(
    { name: field.text().unique(), read: field.manyToMany('Writing', { inverse: 'readers' }) },
    { renamedFrom: 'Tag' },
  ),
})

/** What a database is made of, without the names in code. */
const namesIn = (graph: ModelGraph): unknown =>
  tableShapes(graph)
    .map(({ model: { table }, columns, key, references, checks, indexes }) => ({
      table,
      columns: columns.map(({ column }) => column).toSorted(),
      key: key.map(({ column }) => column),
      names: [references, checks, indexes].map(all => all.map(({ name }) => name).toSorted()),
    }))
    .toSorted((left, right) => (left.table < right.table ? -1 : 1))

const tablesOf = (graph: ModelGraph, born: Snapshot): Record<string, string> =>
  Object.fromEntries(Object.values(withSnapshot(graph, born).models).map(each => [each.name, each.table]))

describe('tables', () => {
  it('stay, with columns, links, indexes and constraints, when models, fields and relations are renamed, then and later', () => {
    const born = snapshotOf(before.graph)
    const renamed = withSnapshot(after.graph, born)
    expect(tablesOf(after.graph, born)).toEqual({
      Writing: 'article',
      Topic: 'tag',
      Writing_topics: 'article_tags',
      Topic_read: 'article_readers',
    })
    expect(namesIn(renamed)).toEqual(namesIn(before.graph))
    expect(namesIn(after.graph)).not.toEqual(namesIn(before.graph))

    const written = snapshotOf(renamed, born)
    expect(written.gone).toBeUndefined()
    expect(withSnapshot(after.graph, written)).toEqual(renamed)
  })

  it('stay when the rule that names them has changed, and when a declared name goes', () => {
    const born = snapshotOf(
      defineSchema({ Article: model({ title: field.text().unique() }, { table: 't_art' }) }).graph,
    )
    const now = defineSchema({ Article: model({ title: field.text().unique() }) })
    expect(withSnapshot(now.graph, born).models['Article']).toMatchObject({
      table: 't_art',
      uniques: [{ name: 't_art_title_unique' }],
    })
  })

  it('give way to a table that is named, which nobody else may have', () => {
    const born = snapshotOf(before.graph)
    const named = defineSchema({ Post: model({ title: field.text() }, { table: 'posts', renamedFrom: 'Article' }) })
    expect(tablesOf(named.graph, born)).toEqual({ Post: 'posts' })
    const taken = defineSchema({
      Post: model({ title: field.text() }, { renamedFrom: 'Article' }),
      Note: model({ title: field.text() }, { table: 'Article' }),
    })
    expect(() => withSnapshot(taken.graph, born)).toThrow(
      'The table of Note has the name "Article", and so has that of Post.',
    )
  })

  it('are new for a model that is called as another one was', () => {
    const born = snapshotOf(first.graph)
    const renamed = {
      User: model({ name: field.text() }),
      Post: model({ title: field.text() }, { renamedFrom: 'Article' }),
    }
    const written = snapshotOf(withSnapshot(defineSchema(renamed).graph, born), born)
    const more = { ...renamed, Post: model({ title: field.text() }), Article: model({ title: field.text() }) }
    expect(tablesOf(defineSchema(more).graph, written)).toEqual({ User: 'user', Post: 'article', Article: 'article_2' })
  })

  it('are found again when the model was first renamed and that was said afterwards', () => {
    const born = snapshotOf(before.graph)
    const models = (former: object) => ({
      Post: model({ title: field.text(), tags: field.manyToMany('Tag') }, former),
      Tag: model({ name: field.text() }),
    })
    const between = snapshotOf(withSnapshot(defineSchema(models({})).graph, born), born)
    expect(between.models['Post']?.table).toBe('post')
    const told = withSnapshot(defineSchema(models({ renamedFrom: 'Article' })).graph, between)
    expect(tablesOf(told, between)).toEqual({ Post: 'article', Tag: 'tag', Post_tags: 'article_tags' })
    expect(told.models['Post_tags']?.fields).toMatchObject({ postId: { column: 'article_id' } })
    expect(snapshotOf(told, between).gone).toMatchObject({ Post: { table: 'post' }, Post_tags: { table: 'post_tags' } })
  })

  it('of links between rows of one model keep which end is which', () => {
    const people = (relations: object) => defineSchema({ Person: model({ name: field.text(), ...relations }) }).graph
    const one = people({ follows: field.manyToMany('Person') })
    const linksOf = (graph: ModelGraph, relation: string): unknown => {
      const through = graph.models['Person']?.relations[relation]?.through
      const join = graph.models[through?.model ?? '']
      const columnOf = (name: string | undefined): unknown => join?.fields[name ?? '']?.column
      return [join?.table, columnOf(through?.local[0]?.through), columnOf(through?.remote[0]?.through)]
    }
    expect(linksOf(one, 'follows')).toEqual(['person_follows', 'source_id', 'target_id'])
    const born = snapshotOf(one)

    // The other end comes first by alphabet, and the table is the same; so it is when the first one is renamed, and later.
    const ends = (former: boolean) => {
      const watches = field.manyToMany('Person', { inverse: 'followedBy' })
      return people({
        watches: former ? watches.renamedFrom('follows') : watches,
        followedBy: field.manyToMany('Person', { inverse: 'watches' }),
      })
    }
    const renamed = withSnapshot(ends(true), born)
    const later = withSnapshot(ends(false), snapshotOf(renamed, born))
    for (const graph of [renamed, later]) {
      expect(linksOf(graph, 'watches')).toEqual(['person_follows', 'source_id', 'target_id'])
      expect(linksOf(graph, 'followedBy')).toEqual(['person_follows', 'target_id', 'source_id'])
      expect(namesIn(graph)).toEqual(namesIn(one))
    }
  })

  it('of links stay when the other end is declared too', () => {
    const one = { Article: model({ title: field.text() }), Tag: model({ articles: field.manyToMany('Article') }) }
    const born = snapshotOf(defineSchema(one).graph)
    const two = { ...one, Article: model({ title: field.text(), tags: field.manyToMany('Tag') }) }
    expect(tablesOf(defineSchema(two).graph, born)).toEqual({
      Article: 'article',
      Tag: 'tag',
      Article_tags: 'tag_articles',
    })
  })

  it('refuse a former name that nothing had', () => {
    const wrong = defineSchema({ Post: model({ title: field.text() }, { renamedFrom: 'Artikle' }) })
    expect(() => withSnapshot(wrong.graph, snapshotOf(first.graph))).toThrow(
      'Post says that it was called "Artikle", and the snapshot has no such model, perhaps "Article"',
    )
  })
})
