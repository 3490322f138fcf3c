/** What a schema becomes, and every way in which it can be wrong. */
import { describe, expect, it } from 'vitest'
import { PlinthError } from '../error/index.ts'
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

function mistakes(models: object, options?: object): string[] {
  try {
    loose(models, options)
  } catch (error) {
    if (error instanceof PlinthError)
      return error.errors.map(({ code, pointer, message }) => `${code} ${pointer} ${message}`)
    throw error
  }
  return []
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

describe('mistakes', () => {
  it('are told all at once, with a hint each', () => {
    const models = { A: model({ b: field.belongsTo('Bee'), count: field.text() }), Bees: model({}) }
    expect(() => loose(models)).toThrow(
      /mistakes: 2\n- A field of A is called "count".*\n- A\.b leads to the model "Bee".*Did you mean "Bees"\?/,
    )
    expect(mistakes(models)).toHaveLength(2)
  })

  const B = model({})
  it.each<[string, object, object | undefined, string]>([
    ['a model with a lower-case name', { a: B }, undefined, 'boot.name-form /a'],
    ['a model with a name of GraphQL', { Query: B }, undefined, 'boot.name-reserved /Query'],
    ['what is no model', { A: { fields: {} } }, undefined, 'boot.option-invalid /A'],
    ['an option that does not exist', { A: model({}, { uniqe: [] } as never) }, undefined, 'boot.word-unknown /A'],
    ['a field that begins with __', { A: model({ __proto: field.text() }) }, undefined, 'boot.name-form /A/__proto'],
    ['a field with a space', { A: model({ 'a b': field.text() }) }, undefined, 'boot.name-form /A/a b'],
    [
      'a field that is a word of requests',
      { A: model({ limit: field.text() }) },
      undefined,
      'boot.name-reserved /A/limit',
    ],
    [
      'a field that rows would be promises by',
      { A: model({ then: field.text() }) },
      undefined,
      'boot.name-reserved /A/then',
    ],
    [
      'a field that every object has',
      { A: model({ toString: field.text() }) },
      undefined,
      'boot.name-reserved /A/toString',
    ],
    ['a field not made by field', { A: model({ x: { type: 'text' } as never }) }, undefined, 'boot.field-invalid /A/x'],
    [
      'a relation beside the field of its scalar',
      { A: model({ b: field.belongsTo('B'), bId: field.text() }), B },
      undefined,
      'boot.name-taken /A/bId',
    ],
    [
      'a relation with the name of another’s scalar',
      { A: model({ bId: field.hasMany('B', 'a'), b: field.belongsTo('B') }), B: model({ a: field.belongsTo('A') }) },
      undefined,
      'boot.name-taken /A/bId',
    ],
    [
      'two fields in one column',
      { A: model({ userID: field.text(), userId: field.text() }) },
      undefined,
      'boot.name-taken /A/userId',
    ],
    [
      'a field that timestamps add',
      { A: model({ createdAt: field.date() }, { timestamps: true }) },
      undefined,
      'boot.name-taken /A/createdAt',
    ],
    [
      'a field that version adds',
      { A: model({ version: field.text() }, { version: true }) },
      undefined,
      'boot.name-taken /A/version',
    ],
    [
      'a field that softDelete adds',
      { A: model({ deletedAt: field.text() }, { softDelete: true }) },
      undefined,
      'boot.name-taken /A/deletedAt',
    ],
    ['two models with one path', { A: model({}, { plural: 'bs' }), B }, undefined, 'boot.name-taken /B'],
    ['two models in one table', { A: model({}, { table: 'B' }), B }, undefined, 'boot.name-taken /B'],
    ['a plural that is no path', { A: model({}, { plural: 'My As' }) }, undefined, 'boot.name-form /A'],
    ['a relation to nothing', { A: model({ c: field.belongsTo('C') }) }, undefined, 'boot.relation-target /A/c'],
    ['hasMany of nothing', { A: model({ cs: field.hasMany('C', 'a') }) }, undefined, 'boot.relation-target /A/cs'],
    [
      'hasMany without its other end',
      { A: model({ bs: field.hasMany('B', 'a') }), B },
      undefined,
      'boot.relation-inverse /A/bs',
    ],
    [
      'hasMany whose other end leads elsewhere',
      { A: model({ bs: field.hasMany('B', 'c') }), B: model({ c: field.belongsTo('C') }), C: model({}) },
      undefined,
      'boot.relation-inverse /A/bs',
    ],
    [
      'a relation to a model without a key',
      { A: model({ b: field.belongsTo('B') }), B: model({}, { key: [] }) },
      undefined,
      'boot.relation-invalid /A/b',
    ],
    [
      'setNull on what is needed',
      { A: model({ b: field.belongsTo('B', { onDelete: 'setNull' }) }), B },
      undefined,
      'boot.relation-invalid /A/b',
    ],
    [
      'a column for a key of several fields',
      {
        A: model({ c: field.belongsTo('C').column('x') }),
        C: model({ x: field.integer(), y: field.integer() }, { key: ['x', 'y'] }),
      },
      undefined,
      'boot.relation-invalid /A/c',
    ],
    [
      'two self-relations without inverses',
      { A: model({ x: field.manyToMany('A'), y: field.manyToMany('A') }) },
      undefined,
      'boot.relation-invalid /A/x',
    ],
    [
      'links that could belong to several',
      { A: model({ x: field.manyToMany('B'), y: field.manyToMany('B') }), B: model({ as: field.manyToMany('A') }) },
      undefined,
      'boot.relation-invalid /A/x',
    ],
    [
      'an inverse that is none',
      { A: model({ x: field.manyToMany('B', { inverse: 'as' }) }), B },
      undefined,
      'boot.relation-invalid /A/x',
    ],
    [
      'a join model that does not exist',
      { A: model({ x: field.manyToMany('B', { through: 'J' }) }), B },
      undefined,
      'boot.relation-target /A/x',
    ],
    [
      'a join model that leads nowhere',
      { A: model({ x: field.manyToMany('B', { through: 'J' }) }), B, J: model({}) },
      undefined,
      'boot.relation-invalid /A/x',
    ],
    ['a nullable key', { A: model({ x: field.text().key().optional() }) }, undefined, 'boot.key-invalid /A/x'],
    ['a key of floats', { A: model({ x: field.float().key() }) }, undefined, 'boot.key-invalid /A/x'],
    ['a key of JSON', { A: model({ x: field.json().key() }) }, undefined, 'boot.key-invalid /A/x'],
    ['a private key', { A: model({ x: field.text().key().private() }) }, undefined, 'boot.key-invalid /A/x'],
    ['two keys', { A: model({ x: field.text().key(), y: field.text().key() }) }, undefined, 'boot.key-invalid /A'],
    [
      'a key of a field that does not exist',
      { A: model({ x: field.text() }, { key: ['y'] as never }) },
      undefined,
      'boot.field-unknown /A/y',
    ],
    [
      'an optional relation as key',
      { A: model({ b: field.belongsTo('B').optional(), n: field.integer() }, { key: ['bId', 'n'] }), B },
      undefined,
      'boot.key-invalid /A/bId',
    ],
    ['id declared and not the key', { A: model({ id: field.text() }) }, undefined, 'boot.key-invalid /A'],
    [
      'a sequence among several key fields',
      { A: model({ n: field.sequence(), m: field.integer() }, { key: ['n', 'm'] }) },
      undefined,
      'boot.key-invalid /A/n',
    ],
    ['unique on nothing', { A: model({ x: field.text() }, { unique: [[]] }) }, undefined, 'boot.option-invalid /A'],
    [
      'unique on a field that does not exist',
      { A: model({ x: field.text() }, { unique: [['y']] as never }) },
      undefined,
      'boot.field-unknown /A',
    ],
    ['unique JSON', { A: model({ x: field.json().unique() }) }, undefined, 'boot.field-invalid /A/x'],
    [
      'an index on lists',
      { A: model({ x: field.array(field.text()) }, { index: [['x']] }) },
      undefined,
      'boot.option-invalid /A',
    ],
    ['an enum without values', { A: model({ x: field.enum([]) }) }, undefined, 'boot.field-invalid /A/x'],
    ['an enum with a value twice', { A: model({ x: field.enum(['a', 'a']) }) }, undefined, 'boot.field-invalid /A/x'],
    [
      'a decimal of 39 digits',
      { A: model({ x: field.decimal({ precision: 39, scale: 0 }) }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'a decimal with more digits after the point than it has',
      { A: model({ x: field.decimal({ precision: 2, scale: 3 }) }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'a minimum above the maximum',
      { A: model({ x: field.text({ min: 3, max: 2 }) }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'an integer bound that is none',
      { A: model({ x: field.integer({ max: 2 ** 53 }) }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    ['a pattern with flags', { A: model({ x: field.text({ pattern: /a/i }) }) }, undefined, 'boot.field-invalid /A/x'],
    [
      'a pattern that Unicode mode refuses',
      { A: model({ x: field.text({ pattern: /\-/ }) }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'a JSON Schema that is none',
      { A: model({ x: field.json({ type: 'objekt' }) }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'lists of lists',
      { A: model({ x: field.array(field.array(field.text())) }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'lists of what is stored in a form of its own',
      { A: model({ x: field.array(field.ip()) }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'a reference without a relation',
      { A: model({ x: field.id('B') as never }), B },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'a slug of nothing',
      { A: model({ x: field.slug('titel'), title: field.text() }) },
      undefined,
      'boot.field-unknown /A/x',
    ],
    [
      'a slug of a number',
      { A: model({ x: field.slug('n'), n: field.integer() }) },
      undefined,
      'boot.field-invalid /A/x',
    ],
    [
      'a default that does not fit',
      { A: model({ x: field.enum(['a']).default('b' as never) }) },
      undefined,
      'boot.default-invalid /A/x',
    ],
    [
      'a default that is too long',
      { A: model({ x: field.text({ max: 2 }).default('abc') }) },
      undefined,
      'boot.default-invalid /A/x',
    ],
    ['now for a date', { A: model({ x: field.date().default(now as never) }) }, undefined, 'boot.default-invalid /A/x'],
    [
      'null as a default',
      { A: model({ x: field.text().default(null as never) }) },
      undefined,
      'boot.default-invalid /A/x',
    ],
    [
      'a caller without a caller',
      { A: model({ x: field.text().default(caller => caller['name']) }) },
      undefined,
      'boot.default-invalid /A/x',
    ],
    [
      'a field that the caller lacks',
      { A: model({ x: field.text().default(caller => caller['nam']) }) },
      { caller: 'A' },
      'boot.default-invalid /A/x',
    ],
    [
      'a field of the caller of another kind',
      { A: model({ x: field.integer().default(caller => caller['id']) }) },
      { caller: 'A' },
      'boot.default-invalid /A/x',
    ],
    [
      'a default that calculates',
      { A: model({ x: field.text().default((() => 'x') as never) }) },
      { caller: 'A' },
      'boot.default-invalid /A/x',
    ],
    ['a caller that is no model', { A: B }, { caller: 'B' }, 'boot.caller-unknown'],
    [
      'a check on other rows',
      { A: model({ bs: field.hasMany('B', 'a') }), B: model({ a: field.belongsTo('A') }) },
      { checks: { A: ({ row }: { row: { bs: { some(): unknown } } }) => ({ x: row.bs.some() }) } },
      'boot.option-invalid /A',
    ],
    [
      'a check on the clock',
      { A: model({ at: field.datetime().check(at => at.lt(now)) }) },
      undefined,
      'boot.option-invalid /A',
    ],
    [
      'a check that is none',
      { A: model({ x: field.text().check((() => true) as never) }) },
      undefined,
      'boot.rule-not-condition /A',
    ],
    [
      'a check with symbols that it drops',
      { A: model({ x: field.integer(), y: field.integer() }, { check: { both: row => row.x.gt(1) && row.y.gt(1) } }) },
      undefined,
      'boot.rule-symbol-unused /A',
    ],
    ['checks of a model that does not exist', { A: B }, { checks: { C: () => ({}) } }, 'boot.model-unknown /C'],
    ['scopes of a model that does not exist', { A: B }, { scopes: { C: () => ({}) } }, 'boot.model-unknown /C'],
    [
      'a scope with a name twice',
      { A: model({ x: field.boolean() }, { softDelete: true, scopes: { softDelete: row => row.x.is(true) } }) },
      undefined,
      'boot.name-taken /A',
    ],
    [
      'a computed field with the name of a field',
      { A: model({ x: field.text() }) },
      { computed: { A: ({ row }: { row: { x: unknown } }) => ({ x: row.x }) } },
      'boot.name-taken /A/x',
    ],
    [
      'a computed field that is a word of requests',
      { A: model({ x: field.text() }) },
      { computed: { A: ({ row }: { row: { x: unknown } }) => ({ sort: row.x }) } },
      'boot.name-reserved /A/sort',
    ],
    [
      'a computed field that is a constant',
      { A: B },
      { computed: { A: () => ({ x: 1 }) } },
      'boot.symbol-misused /A/x',
    ],
    [
      'computed fields of a model that does not exist',
      { A: B },
      { computed: { C: () => ({}) } },
      'boot.model-unknown /C',
    ],
  ])('%s', (_what, models, options, expected) => {
    expect(mistakes(models, options).map(mistake => mistake.slice(0, expected.length))).toContain(expected)
  })

  it('come alone where only one was made', () => {
    expect(mistakes({ A: model({ x: field.float().key() }) })).toEqual([
      'boot.key-invalid /A/x The key of A cannot work: "x" is of the kind float, which does not address a row.',
    ])
    expect(
      mistakes({ A: model({ parent: field.belongsTo('A').optional(), children: field.hasMany('A', 'parent') }) }),
    ).toEqual([])
  })
})
