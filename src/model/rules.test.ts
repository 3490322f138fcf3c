/** What rules become, and what is refused of them when an application starts. */
import { describe, expect, it } from 'vitest'
import { PlinthError } from '../error/index.ts'
import type { Predicate } from './expression.ts'
import {
  allOf,
  anyOf,
  concat,
  defineRules,
  everyone,
  field,
  graphOf,
  length,
  lower,
  model,
  nobody,
  not,
  now,
  upper,
} from './index.ts'
import type { ModelGraph } from './graph.ts'
import { defineSchema } from './schema.ts'

const User = model({
  name: field.text(),
  role: field.enum(['member', 'editor', 'admin']).default('member'),
  teams: field.array(field.text()),
  articles: field.hasMany('Article', 'author'),
  profile: field.hasOne('Profile', 'user'),
})
const Profile = model({ user: field.belongsTo('User'), public: field.boolean() })
const Article = model(
  {
    title: field.text(),
    state: field.enum(['draft', 'published']),
    author: field.belongsTo('User'),
    editor: field.belongsTo('User').optional(),
    comments: field.hasMany('Comment', 'article'),
    tags: field.manyToMany('Tag'),
    labels: field.array(field.text()).optional(),
    publishedAt: field.datetime().optional(),
    price: field.decimal({ precision: 12, scale: 2 }),
    stock: field.integer(),
    weight: field.float(),
  },
  { softDelete: true },
)
const Comment = model({ body: field.text(), article: field.belongsTo('Article'), author: field.belongsTo('User') })
const Tag = model({ name: field.text({ max: 50 }).key(), articles: field.manyToMany('Article') })
const Line = model(
  { order: field.text(), number: field.integer(), notes: field.hasMany('Note', 'line') },
  { key: ['order', 'number'] },
)
const Note = model({ line: field.belongsTo('Line') })

const schema = defineSchema(
  { User, Profile, Article, Comment, Tag, Line, Note },
  {
    caller: 'User',
    computed: {
      Article: ({ row, user }) => ({
        commentCount: row.comments.count(),
        mine: row.author.is(user.id),
        byline: concat(row.title, ' by ', row.author.name),
        talkative: row.author.articles.some(other => other.comments.count().gt(10)),
      }),
    },
  },
)

type Symbols = Parameters<NonNullable<Parameters<typeof defineRules<(typeof schema)['~schema']>>[1]['Article']>>[0]
type Read = ReturnType<NonNullable<Parameters<typeof defineRules<(typeof schema)['~schema']>>[1]['Article']>>['read']

/** The read rule that a function makes. */
function readRule(build: (symbols: Symbols) => Read): Predicate {
  const rules = defineRules(schema, { Article: symbols => ({ read: build(symbols) as NonNullable<Read> }) })
  const predicate = rules.models['Article']?.read
  if (predicate === undefined) throw new Error('No rule')
  return predicate
}

function refusal(declare: () => unknown): PlinthError {
  try {
    declare()
  } catch (error) {
    if (error instanceof PlinthError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}

const fieldAt = (field: string, path: readonly string[] = [], row = 0): object => ({ kind: 'field', row, path, field })
const caller = (attribute: string): object => ({ kind: 'caller', attribute })
const literal = (value: unknown): object => expect.objectContaining({ kind: 'literal', value })
const compare = (operator: string, left: object, right: object): object => ({ kind: 'compare', operator, left, right })

describe('symbols of fields', () => {
  it.each<[string, (symbols: Symbols) => Read, object]>([
    ['is', ({ row }) => row.state.is('draft'), compare('eq', fieldAt('state'), literal('draft'))],
    ['isNot', ({ row }) => row.state.isNot('draft'), compare('ne', fieldAt('state'), literal('draft'))],
    ['lt', ({ row }) => row.stock.lt(3), compare('lt', fieldAt('stock'), literal(3))],
    ['lte', ({ row }) => row.price.lte('1.5'), compare('lte', fieldAt('price'), literal('1.50'))],
    [
      'gt',
      ({ row }) => row.publishedAt.gt(new Date(0)),
      compare('gt', fieldAt('publishedAt'), literal('1970-01-01T00:00:00.000Z')),
    ],
    ['gte', ({ row }) => row.publishedAt.gte(now), compare('gte', fieldAt('publishedAt'), { kind: 'now' })],
    [
      'another field',
      ({ row }) => row.title.is(row.author.name),
      compare('eq', fieldAt('title'), fieldAt('name', ['author'])),
    ],
    [
      'the caller',
      ({ row, user }) => row.author.name.is(user.name),
      compare('eq', fieldAt('name', ['author']), caller('name')),
    ],
    ['isNull', ({ row }) => row.publishedAt.isNull(), { kind: 'isNull', of: fieldAt('publishedAt') }],
    [
      'in',
      ({ row }) => row.state.in(['draft']),
      {
        kind: 'in',
        left: fieldAt('state'),
        list: { kind: 'literal', value: ['draft'], type: expect.objectContaining({ kind: 'array' }) },
      },
    ],
    [
      'in a list of the caller',
      ({ row, user }) => row.title.in(user.teams),
      { kind: 'in', left: fieldAt('title'), list: caller('teams') },
    ],
    [
      'notIn',
      ({ row }) => row.state.notIn(['draft']),
      { kind: 'not', of: { kind: 'in', left: fieldAt('state'), list: literal(['draft']) } },
    ],
    [
      'notIn of what may be null is false for null',
      ({ row }) => row.publishedAt.notIn([]),
      {
        kind: 'and',
        of: [
          { kind: 'not', of: { kind: 'isNull', of: fieldAt('publishedAt') } },
          { kind: 'not', of: { kind: 'in', left: fieldAt('publishedAt'), list: literal([]) } },
        ],
      },
    ],
    [
      'contains',
      ({ row }) => row.title.contains('x'),
      { kind: 'text', operator: 'contains', insensitive: false, left: fieldAt('title'), right: literal('x') },
    ],
    [
      'istartsWith',
      ({ row }) => row.title.istartsWith('x'),
      { kind: 'text', operator: 'startsWith', insensitive: true, left: fieldAt('title'), right: literal('x') },
    ],
    [
      'iequals',
      ({ row, user }) => row.title.iequals(user.name),
      { kind: 'text', operator: 'equals', insensitive: true, left: fieldAt('title'), right: caller('name') },
    ],
    [
      'has',
      ({ row }) => row.labels.has('x'),
      { kind: 'array', operator: 'has', left: fieldAt('labels'), right: literal('x') },
    ],
    [
      'hasAny',
      ({ row, user }) => row.labels.hasAny(user.teams),
      { kind: 'array', operator: 'hasAny', left: fieldAt('labels'), right: caller('teams') },
    ],
    [
      'plus',
      ({ row }) => row.stock.plus(1).is(2),
      compare(
        'eq',
        {
          kind: 'call',
          function: 'add',
          arguments: [fieldAt('stock'), literal(1)],
          type: expect.objectContaining({ kind: 'integer' }),
        },
        literal(2),
      ),
    ],
    [
      'times of an integer and a decimal',
      ({ row }) => row.stock.times(row.price).gt('9.99'),
      compare(
        'gt',
        expect.objectContaining({
          function: 'multiply',
          type: { kind: 'decimal', options: { precision: 38, scale: 2 } },
        }),
        literal('9.99'),
      ),
    ],
    [
      'lower',
      ({ row }) => lower(row.title).is('x'),
      compare('eq', expect.objectContaining({ function: 'lower' }), literal('x')),
    ],
    [
      'upper',
      ({ row }) => upper(row.title).is('X'),
      compare('eq', expect.objectContaining({ function: 'upper' }), literal('X')),
    ],
    [
      'length',
      ({ row }) => length(row.title).gt(3),
      compare('gt', expect.objectContaining({ function: 'length' }), literal(3)),
    ],
    ['isSignedIn', ({ user }) => user.isSignedIn, { kind: 'signedIn' }],
    ['everyone', () => everyone, { kind: 'constant', value: true }],
    ['nobody', () => nobody, { kind: 'constant', value: false }],
    [
      'anyOf',
      ({ row }) => anyOf(row.stock.is(1), row.stock.is(2)),
      { kind: 'or', of: [expect.anything(), expect.anything()] },
    ],
    ['allOf nothing', () => allOf(), { kind: 'and', of: [] }],
    ['not', ({ row }) => not(row.stock.is(1)), { kind: 'not', of: expect.anything() }],
  ])('%s', (_name, build, expected) => {
    expect(readRule(build)).toEqual(expected)
  })
})

describe('symbols of relations', () => {
  it('compare a belongsTo by its own scalar', () => {
    expect(readRule(({ row, user }) => row.author.is(user.id))).toEqual(
      compare('eq', fieldAt('authorId'), caller('id')),
    )
    expect(readRule(({ row }) => row.editor.isNull())).toEqual({ kind: 'isNull', of: fieldAt('editorId') })
    expect(readRule(({ row, user }) => row.editor.isNot(user.id))).toEqual({
      kind: 'and',
      of: [
        { kind: 'not', of: { kind: 'isNull', of: fieldAt('editorId') } },
        { kind: 'not', of: compare('eq', fieldAt('editorId'), caller('id')) },
      ],
    })
  })

  it('follow a hasOne', () => {
    const some = {
      kind: 'some',
      row: 0,
      path: ['author'],
      relation: 'profile',
      where: { kind: 'constant', value: true },
      authority: 'schema',
    }
    expect(readRule(({ row }) => row.author.profile.isNull())).toEqual({ kind: 'not', of: some })
    expect(readRule(({ row }) => row.author.profile.public.is(true))).toEqual(
      compare('eq', fieldAt('public', ['author', 'profile']), literal(true)),
    )
    expect(readRule(({ row }) => row.author.profile.is('0192d5a6-8f7a-7c3e-9b1d-5e6f7a8b9c0d'))).toMatchObject({
      left: fieldAt('id', ['author', 'profile']),
    })
  })

  it('compare composite keys field by field', () => {
    const rules = defineRules(schema, {
      Note: ({ row, user }) => ({ read: row.line.is({ order: user.name, number: 1 }) }),
    })
    expect(rules.models['Note']?.read).toEqual({
      kind: 'and',
      of: [compare('eq', fieldAt('lineOrder'), caller('name')), compare('eq', fieldAt('lineNumber'), literal(1))],
    })
  })

  it('number rows from the outside in', () => {
    const rule = readRule(({ row, user }) =>
      row.comments.some(comment =>
        comment.author.articles.none(other =>
          allOf(other.title.is(row.title), other.author.is(comment.author.id), comment.author.is(user.id)),
        ),
      ),
    )
    expect(rule).toMatchObject({
      kind: 'some',
      row: 0,
      relation: 'comments',
      where: {
        kind: 'not',
        of: {
          kind: 'some',
          row: 1,
          path: ['author'],
          relation: 'articles',
          where: {
            of: [
              { left: fieldAt('title', [], 2), right: fieldAt('title', [], 0) },
              { left: fieldAt('authorId', [], 2), right: fieldAt('id', ['author'], 1) },
              { left: fieldAt('authorId', [], 1), right: caller('id') },
            ],
          },
        },
      },
    })
  })

  it('number rows by where a condition ends up, not by where it was written', () => {
    const rule = readRule(({ row }) => {
      const tagged = row.tags.some(tag => tag.name.is('x'))
      return row.comments.some(() => tagged)
    })
    expect(rule).toMatchObject({
      where: { kind: 'some', row: 0, relation: 'tags', where: { left: fieldAt('name', [], 2) } },
    })
  })

  it('make every of none', () => {
    expect(readRule(({ row }) => row.comments.every(comment => comment.body.is('x')))).toEqual({
      kind: 'not',
      of: {
        kind: 'some',
        row: 0,
        path: [],
        relation: 'comments',
        authority: 'schema',
        where: { kind: 'not', of: compare('eq', fieldAt('body', [], 1), literal('x')) },
      },
    })
  })

  it('count and sum with the schema’s rights', () => {
    expect(readRule(({ row }) => row.comments.count(comment => comment.body.contains('x')).gte(2))).toMatchObject({
      left: {
        kind: 'aggregate',
        function: 'count',
        relation: 'comments',
        authority: 'schema',
        where: { kind: 'text', left: fieldAt('body', [], 1) },
      },
    })
    expect(readRule(({ row }) => row.author.articles.sum(article => article.price).gt('100'))).toMatchObject({
      left: {
        kind: 'aggregate',
        function: 'sum',
        path: ['author'],
        relation: 'articles',
        of: fieldAt('price', [], 1),
        where: { kind: 'constant', value: true },
      },
      right: literal('100.00'),
    })
    expect(readRule(({ row }) => row.author.articles.max(article => article.publishedAt).lt(now))).toMatchObject({
      left: { function: 'max' },
    })
  })

  it('put computed fields in place of their names', () => {
    expect(readRule(({ row }) => row.mine.is(true))).toMatchObject({
      left: { kind: 'condition', of: compare('eq', fieldAt('authorId'), caller('id')) },
    })
    const rules = defineRules(schema, {
      Comment: ({ row }) => ({
        read: row.author.articles.some(article => article.talkative.is(true)),
        update: row.article.commentCount.gt(1),
      }),
    })
    // Row 0 is the comment, 1 the author's article, 2 an article of that one's author, 3 its comments.
    expect(rules.models['Comment']?.read).toMatchObject({
      relation: 'articles',
      where: {
        left: {
          of: {
            kind: 'some',
            row: 1,
            path: ['author'],
            relation: 'articles',
            where: { left: { kind: 'aggregate', row: 2, relation: 'comments' } },
          },
        },
      },
    })
    expect(rules.models['Comment']?.update).toMatchObject({
      left: { kind: 'aggregate', row: 0, path: ['article'], relation: 'comments' },
    })
  })
})

describe('a set of rules', () => {
  it('is closed where nothing is said', () => {
    const rules = defineRules(schema, {
      Article: ({ user }) => ({ read: everyone, fields: { price: { write: user.role.is('admin') }, title: {} } }),
    })
    const graph: ModelGraph = graphOf(schema, rules)
    const never = { kind: 'constant', value: false }
    expect(graph.models['Article']?.rules).toEqual({
      read: { kind: 'constant', value: true },
      create: never,
      update: never,
      delete: never,
      withDeleted: never,
      fields: { price: { write: compare('eq', caller('role'), literal('admin')) }, title: {} },
    })
    expect(graph.models['Comment']?.rules).toBeNull()
    expect(Object.isFrozen(graph.models['Article']?.rules?.fields['price'])).toBe(true)
  })

  it('may use one condition in several rules', () => {
    const rules = defineRules(schema, {
      Article: ({ row, user }) => {
        const own = row.author.is(user.id)
        return { read: everyone, update: own, delete: allOf(own, not(row.state.is('published'))) }
      },
    })
    expect(rules.models['Article']?.update).toEqual(compare('eq', fieldAt('authorId'), caller('id')))
  })
})

describe('what is refused', () => {
  const here = /rules\.test\.ts:\d+:\d+/

  it.each<[string, (symbols: Symbols) => unknown, string]>([
    ['&&', ({ row, user }) => user.isSignedIn && row.author.is(user.id), 'user.isSignedIn'],
    ['||', ({ row, user }) => row.author.is(user.id) || row.state.is('draft'), 'row.state'],
    ['??', ({ row, user }) => row.author.is(user.id) ?? row.state.is('draft'), 'row.state'],
    ['?:', ({ row, user }) => (user.isSignedIn ? row.author.is(user.id) : nobody), 'user.isSignedIn'],
    ['!', ({ row, user }) => (!user.isSignedIn ? nobody : row.author.is(user.id)), 'user.isSignedIn'],
    [
      '===',
      ({ row, user }) => ((user.role as unknown) === 'admin' ? everyone : row.state.is('published')),
      'user.role',
    ],
    [
      '== with another symbol',
      ({ row, user }) => ((row.author as unknown) == user.id ? everyone : row.state.is('published')),
      'row.author',
    ],
    [
      'if',
      ({ row, user }) => {
        if (user.isSignedIn) return row.author.is(user.id)
        return nobody
      },
      'user.isSignedIn',
    ],
    [
      'a condition that is left out',
      ({ row }) => allOf(row.state.is('draft'), [row.stock.is(1)].length > 0 ? everyone : nobody),
      'row.stock',
    ],
    [
      'inside of some',
      ({ row }) => row.comments.some(comment => comment.body.is('x') && comment.author.role.is('admin')),
      'comments.body',
    ],
    [
      '&& behind a condition that another rule uses',
      ({ row, user }) => {
        const own = row.author.is(user.id)
        return anyOf(own && row.state.is('draft'), own)
      },
      'row.state',
    ],
    [
      'a list that is filtered by truth',
      ({ row, user }) => [user.isSignedIn, row.state.is('draft')].find(Boolean),
      'row.state',
    ],
    ['a walk that is not finished', ({ row }) => (row.author.name ? everyone : nobody), 'row.author'],
  ])('%s drops a symbol', (_what, build, symbol) => {
    const error = refusal(() => readRule(build as (symbols: Symbols) => Read))
    expect(error.code).toBe('boot.rule-symbol-unused')
    expect(error.errors[0]?.message).toContain(`The rules of Article: ${symbol} is read`)
    expect(error.message).toMatch(here)
    expect(error.hint).toContain('allOf()')
  })

  it.each<[string, unknown, string]>([
    ['true', true, 'true'],
    ['null', null, 'null'],
    ['an object', {}, 'an object'],
    ['a text', 'everyone', '"everyone"'],
    ['a function', () => everyone, 'a function'],
  ])('%s is no condition', (_what, given, words) => {
    const error = refusal(() => readRule(() => given as Read))
    expect(error.code).toBe('boot.rule-not-condition')
    expect(error.message).toBe(`The read rule of Article: this is ${words}, not a condition.`)
  })

  it('a symbol that was compared with nothing is no condition', () => {
    const error = refusal(() => readRule(({ row }) => row.state as unknown as Read))
    expect(error.message).toContain('a symbol that was not compared with anything')
  })

  it.each<[string, (symbols: Symbols) => unknown, string, string]>([
    [
      'names that do not exist',
      ({ row }) => (row as unknown as Record<string, { is(x: unknown): Read }>)['titel']?.is('x'),
      'boot.symbol-unknown',
      'Article has no field or relation "titel"',
    ],
    [
      'fields that the caller lacks',
      ({ user }) => (user as unknown as Record<string, { is(x: unknown): Read }>)['rol']?.is('x'),
      'boot.symbol-unknown',
      'User has no field or relation "rol"',
    ],
    [
      'values that the field cannot have',
      ({ row }) => row.state.is('publishd' as never),
      'boot.symbol-misused',
      '"publishd" is not one of: draft, published',
    ],
    ['null', ({ row }) => row.publishedAt.is(null as never), 'boot.symbol-misused', 'use isNull()'],
    ['undefined', ({ row }) => row.publishedAt.is(undefined as never), 'boot.symbol-misused', 'use isNull()'],
    [
      'other kinds',
      ({ row }) => row.stock.is(row.title as never),
      'boot.symbol-misused',
      'it compares integer with text',
    ],
    [
      'text operators on numbers',
      ({ row }) => (row.stock as unknown as { contains(x: string): Read }).contains('1'),
      'boot.symbol-misused',
      'values of the kind integer have no "contains"',
    ],
    [
      'sums of text',
      ({ row }) => row.comments.sum(comment => comment.body as never).gt(1n),
      'boot.symbol-misused',
      'there is no sum of text',
    ],
    [
      'floats mixed with decimals',
      ({ row }) => row.weight.times(row.price as never).gt(1 as never),
      'boot.symbol-misused',
      'float and decimal cannot be calculated with each other',
    ],
    [
      'calculating with text',
      ({ row }) => (row.title as unknown as { plus(x: unknown): { is(x: unknown): Read } }).plus('x').is('y'),
      'boot.symbol-misused',
      'cannot be calculated with',
    ],
    [
      'symbols as text',
      ({ row }) => row.title.is(`${row.author.name as unknown as string}`),
      'boot.symbol-misused',
      'only known when a request runs',
    ],
    [
      'rows as text',
      ({ row }) => row.title.is(`${row.author as unknown as string}`),
      'boot.symbol-misused',
      'only known when a request runs',
    ],
    [
      'conditions as values',
      ({ row }) => row.title.is(`${row.stock.is(1) as unknown as string}`),
      'boot.symbol-misused',
      'combine conditions with allOf()',
    ],
    [
      'functions that give no condition',
      ({ row }) => row.comments.some((() => true) as never),
      'boot.symbol-misused',
      'its function gives true, not a condition',
    ],
    [
      'values among conditions',
      ({ row }) => allOf(row.stock.is(1), true as never),
      'boot.symbol-misused',
      'one of its arguments is true',
    ],
    [
      'half of a composite key',
      ({ row }) => row.author.is({ id: 'x' } as never),
      'boot.symbol-misused',
      'it compares with an object',
    ],
    [
      'rows outside of their function',
      ({ row }) => {
        let outside: unknown
        row.comments.some(comment => {
          outside = comment.body.is('x')
          return everyone
        })
        return outside
      },
      'boot.symbol-misused',
      'outside the function',
    ],
    [
      'functions that throw',
      () => {
        throw new Error('no database here')
      },
      'boot.function-threw',
      'the function threw "no database here"',
    ],
  ])('%s', (_what, build, code, message) => {
    const error = refusal(() => readRule(build as (symbols: Symbols) => Read))
    expect(error.code).toBe(code)
    expect(error.errors[0]?.message).toContain(message)
    expect(error.errors[0]?.message).toMatch(here)
  })

  it('models, rules and fields that do not exist', () => {
    const declare = (rules: object) => () => defineRules(schema, rules as never)
    expect(refusal(declare({ Artcle: () => ({}) })).message).toBe(
      'The rules name the model "Artcle", which the schema does not have.',
    )
    expect(refusal(declare({ Article_tags: () => ({ read: everyone }) })).code).toBe('boot.model-unknown')
    expect(refusal(declare({ Article: () => ({ reed: everyone }) })).hint).toBe('Did you mean "read"?')
    expect(refusal(declare({ Article: () => ({ fields: { titel: { read: everyone } } }) })).hint).toBe(
      'Did you mean "title"?',
    )
    expect(refusal(declare({ Article: () => ({ fields: { title: { rite: everyone } } }) })).code).toBe(
      'boot.word-unknown',
    )
    expect(refusal(declare({ Article: () => everyone })).code).toBe('boot.rule-not-condition')
    expect(refusal(declare({ Comment: () => ({ withDeleted: everyone }) })).code).toBe('boot.option-invalid')
  })

  it('everything at once', () => {
    const error = refusal(() =>
      defineRules(schema, {
        Article: ({ row, user }) => ({ read: user.isSignedIn && row.author.is(user.id), create: true as never }),
        Comment: ({ row }) => ({ read: row.body.is(1 as never) }),
      }),
    )
    expect(error.code).toBe('boot.declaration-invalid')
    expect(error.errors.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'boot.rule-not-condition /Article/create',
      'boot.symbol-misused /Comment',
    ])
    expect(error.message).toMatch(/^The rules cannot be used; mistakes: 2\n- /)
  })

  it('changing a symbol', () => {
    const change = ({ row }: Symbols): Read => {
      Object.assign(row, { title: 'x' })
      return everyone
    }
    expect(refusal(() => readRule(change)).code).toBe('boot.function-threw')
  })
})
