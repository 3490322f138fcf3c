/** What rules become. */
import { describe, expect, it } from 'vitest'
import {
  allOf,
  anyOf,
  defineRules,
  everyone,
  graphOf,
  length,
  lower,
  type ModelGraph,
  nobody,
  not,
  now,
  upper,
} from '../../src/model/index.ts'
import { type Read, readRule, schema, type Symbols } from './rules-schema.ts'

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
