/** What a schema becomes. The ways in which it can be wrong are in test/model. */
import { describe, expect, it } from 'vitest'
import { allOf, field, model, now } from './index.ts'
import type { ModelGraph, ModelNode } from './graph.ts'
import { defineSchema } from './schema.ts'

// Schemas that the compiler would refuse are the point here.
const loose = defineSchema as unknown as (models: object, options?: object) => { readonly graph: ModelGraph }

const graphOfModels = (models: object, options?: object): ModelGraph => loose(models, options).graph

function modelOf(models: object, name: string, options?: object): ModelNode {
  const node = graphOfModels(models, options).models[name]
  if (node === undefined) throw new Error(`No model ${name}`)
  return node
}

describe('fields', () => {
  it('stand in order: the key, own fields, what options add', () => {
    const Note = model(
      { text: field.text(), author: field.belongsTo('User'), createdOn: field.date().optional() },
      { timestamps: true, version: true, softDelete: true },
    )
    const User = model({ name: field.text() })
    expect(Object.keys(modelOf({ Note, User }, 'Note').fields)).toEqual([
      'id',
      'text',
      'authorId',
      'createdOn',
      'createdAt',
      'updatedAt',
      'version',
      'deletedAt',
    ])
  })

  it('put a key first that is declared later', () => {
    const Tag = model({ color: field.text().optional(), name: field.text().key() })
    const node = modelOf({ Tag }, 'Tag')
    expect(Object.keys(node.fields)).toEqual(['name', 'color'])
    expect(node.key).toEqual(['name'])
    expect(node.fields['name']).toMatchObject({ immutable: true, readOnly: false, default: null })
  })

  it('have a default key of UUIDs that only the server sets', () => {
    expect(modelOf({ A: model({}) }, 'A').fields['id']).toMatchObject({
      type: { kind: 'id' },
      default: { from: 'uuidv7' },
      immutable: true,
      readOnly: true,
      nullable: false,
    })
  })

  it('keep modifiers, words and columns', () => {
    const A = model({
      state: field
        .enum(['a', 'b'])
        .default('a')
        .immutable()
        .index()
        .describe('Its state')
        .label('State')
        .deprecated('use status'),
      secret: field.text().writeOnly().column('pw_hash'),
      hidden: field.integer().private().optional(),
      newName: field.text().renamedFrom('oldName'),
      at: field.datetime().default(now).readOnly(),
    })
    const { fields, indexes } = modelOf({ A }, 'A')
    expect(fields['state']).toMatchObject({
      default: { from: 'literal', value: 'a' },
      immutable: true,
      words: { description: 'Its state', label: 'State', deprecated: 'use status' },
    })
    expect(fields['secret']).toMatchObject({ writeOnly: true, column: 'pw_hash' })
    expect(fields['hidden']).toMatchObject({ private: true, nullable: true })
    expect(fields['newName']).toMatchObject({ renamedFrom: 'oldName', column: 'new_name' })
    expect(fields['at']).toMatchObject({ default: { from: 'now', onUpdate: false }, readOnly: true })
    expect(indexes.map(({ name }) => name)).toEqual(['a_state_index'])
  })

  it('hold literal defaults in canonical form', () => {
    const A = model({
      at: field.datetime().default(new Date(0)),
      big: field.bigint().default(7n),
      bytes: field.bytes().default(new Uint8Array([1])),
      price: field.decimal({ precision: 4, scale: 2 }).default('1.5'),
      list: field.array(field.integer()).default([1, 2]),
    })
    const { fields } = modelOf({ A }, 'A')
    const literals = Object.values(fields).map(({ default: value }) =>
      value?.from === 'literal' ? value.value : value?.from,
    )
    expect(literals).toEqual(['uuidv7', '1970-01-01T00:00:00.000Z', '7', 'AQ==', '1.50', [1, 2]])
  })

  it('are immutable data, builders too', () => {
    const text = field.text()
    const optional = text.optional()
    expect(text.declaration.nullable).toBe(false)
    expect(optional.declaration.nullable).toBe(true)
    const graph = graphOfModels({ A: model({ text }) })
    expect(Object.isFrozen(graph.models['A']?.fields['text']?.type.options)).toBe(true)
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph)
  })
})

describe('relations', () => {
  const Order = model(
    { shop: field.text({ max: 9 }), number: field.integer(), lines: field.hasMany('Line', 'order') },
    { key: ['shop', 'number'] },
  )
  const Line = model({
    order: field.belongsTo('Order', { onDelete: 'cascade' }),
    country: field.belongsTo('Country').optional(),
  })
  const Country = model({ code: field.text({ max: 2 }).key(), lines: field.hasMany('Line', 'country') })
  const models = { Order, Line, Country }

  it('hold composite keys in several scalars', () => {
    const line = modelOf(models, 'Line')
    expect(Object.keys(line.fields)).toEqual(['id', 'orderShop', 'orderNumber', 'countryCode'])
    expect(line.fields['orderShop']).toMatchObject({
      type: { kind: 'text', options: { max: 9 } },
      relation: 'order',
      nullable: false,
    })
    expect(line.relations['order']).toMatchObject({
      kind: 'belongsTo',
      on: [
        { local: 'orderShop', remote: 'shop' },
        { local: 'orderNumber', remote: 'number' },
      ],
      inverse: 'lines',
      onDelete: 'cascade',
    })
    expect(line.relations['country']).toMatchObject({
      nullable: true,
      onDelete: 'restrict',
      on: [{ local: 'countryCode', remote: 'code' }],
    })
    expect(modelOf(models, 'Order').relations['lines']).toMatchObject({
      kind: 'hasMany',
      inverse: 'order',
      on: [
        { local: 'shop', remote: 'orderShop' },
        { local: 'number', remote: 'orderNumber' },
      ],
    })
  })

  it('are indexed, unless the key or a unique begins with them', () => {
    expect(modelOf(models, 'Line').indexes.map(({ name }) => name)).toEqual([
      'line_order_shop_order_number_index',
      'line_country_code_index',
    ])
    const Part = model({ order: field.belongsTo('Whole'), line: field.integer() }, { key: ['orderId', 'line'] })
    expect(modelOf({ Part, Whole: model({}) }, 'Part').indexes).toEqual([])
  })

  it('can be part of keys that others refer to', () => {
    const Part = model({ of: field.belongsTo('Line'), place: field.integer() }, { key: ['ofId', 'place'] })
    const Screw = model({ part: field.belongsTo('Part') })
    expect(Object.keys(modelOf({ ...models, Part, Screw }, 'Screw').fields)).toEqual(['id', 'partOfId', 'partPlace'])
  })

  it('may name their scalar', () => {
    const A = model({ owner: field.belongsTo('B', { field: 'ownedBy' }) })
    expect(modelOf({ A, B: model({}) }, 'A').relations['owner']?.on).toEqual([{ local: 'ownedBy', remote: 'id' }])
  })

  it('make the other side of a hasOne unique', () => {
    const User = model({ profile: field.hasOne('Profile', 'user') })
    const Profile = model({ user: field.belongsTo('User') })
    const graph = graphOfModels({ User, Profile })
    expect(graph.models['Profile']?.uniques).toEqual([
      { name: 'profile_user_id_unique', fields: ['userId'], liveOnly: false },
    ])
    expect(graph.models['Profile']?.fields['userId']?.unique).toBe(true)
    expect(graph.models['User']?.relations['profile']).toMatchObject({
      kind: 'hasOne',
      nullable: true,
      inverse: 'user',
    })
  })

  it('take the caller as a default', () => {
    const User = model({ team: field.text() })
    const Note = model({
      author: field.belongsTo('User').default(caller => caller['id']),
      team: field.text().default(caller => caller['team']),
    })
    const { fields } = modelOf({ User, Note }, 'Note', { caller: 'User' })
    expect(fields['authorId']?.default).toEqual({ from: 'caller', attribute: 'id' })
    expect(fields['team']?.default).toEqual({ from: 'caller', attribute: 'team' })
  })
})

describe('manyToMany', () => {
  it('shares one hidden join between both ends, whichever order they stand in', () => {
    const Article = model({ tags: field.manyToMany('Tag') })
    const Tag = model({ name: field.text().key(), articles: field.manyToMany('Article') })
    const graph = graphOfModels({ Tag, Article })
    expect(Object.keys(graph.models)).toEqual(['Tag', 'Article', 'Article_tags'])
    const join = graph.models['Article_tags']
    expect(join).toMatchObject({ hidden: true, table: 'article_tags', key: ['articleId', 'tagName'] })
    expect(join?.relations['article']).toMatchObject({ kind: 'belongsTo', onDelete: 'cascade' })
    expect(join?.indexes).toEqual([
      { name: 'article_tags_tag_name_index', fields: [{ field: 'tagName', direction: 'ascending' }] },
    ])
    expect(graph.models['Article']?.relations['tags']).toMatchObject({
      inverse: 'articles',
      through: {
        model: 'Article_tags',
        local: [{ local: 'id', through: 'articleId' }],
        remote: [{ through: 'tagName', remote: 'name' }],
      },
    })
    expect(graph.models['Tag']?.relations['articles']?.through).toEqual({
      model: 'Article_tags',
      local: [{ local: 'name', through: 'tagName' }],
      remote: [{ through: 'articleId', remote: 'id' }],
    })
  })

  it('joins a model to itself, seen from both ends', () => {
    const User = model({
      following: field.manyToMany('User', { inverse: 'followers' }),
      followers: field.manyToMany('User', { inverse: 'following' }),
    })
    const graph = graphOfModels({ User })
    const { following, followers } = graph.models['User']?.relations ?? {}
    expect(following?.through?.model).toBe(followers?.through?.model)
    expect(following?.through?.local[0]?.through).toBe(followers?.through?.remote[0]?.through)
    expect(following?.through?.remote[0]?.through).toBe(followers?.through?.local[0]?.through)
    expect(Object.keys(graph.models)).toHaveLength(2)
  })

  it('keeps several links between the same models apart by their inverses', () => {
    const Article = model({
      tags: field.manyToMany('User', { inverse: 'tagged' }),
      favoritedBy: field.manyToMany('User', { inverse: 'favorites' }),
    })
    const User = model({ favorites: field.manyToMany('Article'), tagged: field.manyToMany('Article') })
    const graph = graphOfModels({ Article, User })
    expect(Object.keys(graph.models)).toEqual(['Article', 'User', 'Article_tags', 'Article_favoritedBy'])
    expect(graph.models['User']?.relations['favorites']?.through?.model).toBe('Article_favoritedBy')
  })

  it('goes through a model of one’s own', () => {
    const User = model({
      teams: field.manyToMany('Team', { through: 'Member' }),
      memberships: field.hasMany('Member', 'user'),
    })
    const Team = model({ users: field.manyToMany('User', { through: 'Member' }) })
    const Member = model({ user: field.belongsTo('User'), team: field.belongsTo('Team'), since: field.date() })
    const graph = graphOfModels({ User, Team, Member })
    expect(Object.keys(graph.models)).toHaveLength(3)
    expect(graph.models['User']?.relations['teams']).toMatchObject({
      inverse: 'users',
      through: {
        model: 'Member',
        local: [{ local: 'id', through: 'userId' }],
        remote: [{ through: 'teamId', remote: 'id' }],
      },
    })
  })

  it('names the ends of a join from a model to itself', () => {
    const User = model({
      mentors: field.manyToMany('User', { through: 'Mentoring', local: 'student', remote: 'mentor' }),
    })
    const Mentoring = model({ student: field.belongsTo('User'), mentor: field.belongsTo('User') })
    expect(modelOf({ User, Mentoring }, 'User').relations['mentors']?.through).toEqual({
      model: 'Mentoring',
      local: [{ local: 'id', through: 'studentId' }],
      remote: [{ through: 'mentorId', remote: 'id' }],
    })
  })
})

describe('constraints and names', () => {
  it('are unique among live rows only where rows are deleted softly', () => {
    const A = model(
      { slug: field.text().unique(), x: field.integer(), y: field.integer() },
      { softDelete: true, unique: [['x', 'y']] },
    )
    const node = modelOf({ A }, 'A')
    expect(node.uniques).toEqual([
      { name: 'a_slug_unique', fields: ['slug'], liveOnly: true },
      { name: 'a_x_y_unique', fields: ['x', 'y'], liveOnly: true },
    ])
    expect(node.scopes).toEqual([
      {
        name: 'softDelete',
        predicate: { kind: 'isNull', of: { kind: 'field', row: 0, path: [], field: 'deletedAt' } },
      },
    ])
    expect(node.softDeleteField).toBe('deletedAt')
  })

  it('index in both directions', () => {
    const A = model({ x: field.integer(), y: field.integer() }, { index: [['-x', 'y'], ['x']] })
    expect(modelOf({ A }, 'A').indexes).toEqual([
      {
        name: 'a_x_desc_y_index',
        fields: [
          { field: 'x', direction: 'descending' },
          { field: 'y', direction: 'ascending' },
        ],
      },
      { name: 'a_x_index', fields: [{ field: 'x', direction: 'ascending' }] },
    ])
  })

  it('leave letter case out, in an index of its own', () => {
    const A = model(
      { x: field.text().unique({ ignoreCase: true }).index(), y: field.email().index({ ignoreCase: true }) },
      { softDelete: true },
    )
    const node = modelOf({ A }, 'A')
    expect(node.uniques).toEqual([
      { name: 'a_x_ignoring_case_unique', fields: ['x'], ignoreCase: ['x'], liveOnly: true },
    ])
    expect(node.indexes).toEqual([
      { name: 'a_x_index', fields: [{ field: 'x', direction: 'ascending' }] },
      {
        name: 'a_y_ignoring_case_index',
        fields: [{ field: 'y', direction: 'ascending' }],
        ignoreCase: ['y'],
      },
    ])
  })

  it('leave out the letter case of some fields of a group', () => {
    const A = model(
      { team: field.integer(), name: field.text().unique({ ignoreCase: true }), note: field.text() },
      {
        unique: [{ fields: ['team', 'name'], ignoreCase: ['name'] }, ['team', 'name']],
        index: [
          { fields: ['name', '-note'], ignoreCase: ['note'] },
          { fields: ['name'], ignoreCase: ['name'] },
        ],
      },
    )
    const node = modelOf({ A }, 'A')
    expect(node.uniques).toEqual([
      { name: 'a_name_ignoring_case_unique', fields: ['name'], ignoreCase: ['name'], liveOnly: false },
      {
        name: 'a_team_name_ignoring_case_unique',
        fields: ['team', 'name'],
        ignoreCase: ['name'],
        liveOnly: false,
      },
      { name: 'a_team_name_unique', fields: ['team', 'name'], liveOnly: false },
    ])
    // The unique of the name serves what an index of it would.
    expect(node.indexes).toEqual([
      {
        name: 'a_name_note_ignoring_case_desc_index',
        fields: [
          { field: 'name', direction: 'ascending' },
          { field: 'note', direction: 'descending' },
        ],
        ignoreCase: ['note'],
      },
    ])
  })

  it('shorten names that databases would cut', () => {
    const long = 'a'.repeat(80)
    const A = model({ [long]: field.text().unique() }, { plural: 'as' })
    const node = modelOf({ A }, 'A')
    expect(node.fields[long]?.column).toMatch(/^a{54}_[0-9a-f]{8}$/)
    expect(node.uniques[0]?.name).toHaveLength(63)
  })

  it('can be chosen', () => {
    const A = model(
      { x: field.text() },
      { table: 'tblA', plural: 'alphas', namespace: 'legacy', description: 'd', label: 'l', deprecated: true },
    )
    expect(modelOf({ A }, 'A')).toMatchObject({
      table: 'tblA',
      plural: 'alphas',
      namespace: 'legacy',
      words: { description: 'd', label: 'l', deprecated: true },
    })
    expect(modelOf({ ArticleCategory: model({}) }, 'ArticleCategory')).toMatchObject({
      plural: 'article-categories',
      table: 'article_category',
    })
  })

  it('check the row by conditions', () => {
    const A = model(
      { from: field.date(), to: field.date().check(to => to.gt('2000-01-01')) },
      { check: { inOrder: row => allOf(row.from.lte(row.to)) } },
    )
    const more = {
      checks: {
        A: ({ row }: { row: { from: { isNot(x: string): unknown } } }) => ({ known: row.from.isNot('1999-12-31') }),
      },
    }
    expect(modelOf({ A }, 'A', more).checks.map(({ name }) => name)).toEqual([
      'a_to_check',
      'a_in_order_check',
      'a_known_check',
    ])
  })
})
