/** What models say of tables that were there before them: relations over declared fields, tables of links, views, types of databases. */
import { describe, expect, it } from 'vitest'
import { defineRules, defineSchema, everyone, field, model, not } from '../../src/model/index.ts'

const line = model(
  {
    order: field.integer(),
    number: field.integer(),
    code: field.text().unique(),
    shipments: field.hasMany('Shipment', 'line'),
  },
  { key: ['order', 'number'], adopted: true },
)

describe('a relation over declared fields', () => {
  it('holds what it names, has no scalar of its own, and may share its fields', () => {
    const { graph } = defineSchema({
      Line: line,
      Shipment: model({
        id: field.integer().key(),
        order: field.integer(),
        number: field.integer().optional(),
        line: field.belongsTo('Line', { on: { order: 'order', number: 'number' } }).optional(),
        other: field.belongsTo('Line', { on: { number: 'number', order: 'order' }, onDelete: 'cascade' }).optional(),
        code: field.text().column('line_code'),
        byCode: field.belongsTo('Line', { on: { code: 'code' } }),
      }),
    })
    const shipment = graph.models['Shipment']
    expect(Object.keys(shipment?.fields ?? {})).toEqual(['id', 'order', 'number', 'code'])
    expect(shipment?.relations['line']).toMatchObject({
      on: [
        { local: 'order', remote: 'order' },
        { local: 'number', remote: 'number' },
      ],
      nullable: true,
    })
    expect(shipment?.relations['byCode']).toMatchObject({ on: [{ local: 'code', remote: 'code' }] })
    expect(graph.models['Line']?.relations['shipments']).toMatchObject({
      on: [
        { local: 'order', remote: 'order' },
        { local: 'number', remote: 'number' },
      ],
    })
  })

  const refused =
    (fields: object): (() => unknown) =>
    () =>
      defineSchema({
        Line: line,
        Shipment: model({
          id: field.integer().key(),
          line: field.belongsTo('Line', { on: { order: 'order', number: 'number' } }),
          ...fields,
        } as never),
      } as never)
  const order = field.integer()

  it.each([
    ['"on" names "number", which is no field of Shipment', { order }],
    ['"number" is of the kind text, and Line.number of the kind integer', { order, number: field.text() }],
    ['"number" may be null, so the relation is optional()', { order, number: field.integer().optional() }],
    [
      '"on" names "nothing", which is no field of Line',
      { line: field.belongsTo('Line', { on: { nothing: 'order' } }), order },
    ],
    [
      '"on" names what is neither the key of Line nor unique there',
      { line: field.belongsTo('Line', { on: { order: 'order' } }), order },
    ],
    [
      'it goes over declared fields',
      { line: field.belongsTo('Line', { on: { order: 'order', number: 'number' } }).column('x'), order, number: order },
    ],
  ])('is refused: %s', (sentence, fields) => {
    expect(refused(fields)).toThrow(sentence)
  })
})

describe('a table of links', () => {
  const tag = { id: field.sequence().column('tag_id', { postgres: 'integer' }), label: field.text() }
  const links = { name: 'article_tag', local: 'article_id', remote: 'tag_id' } as const

  it.each(['Article', 'Tag'])('is named at one of both ends: %s', at => {
    const { graph } = defineSchema({
      Article: model({
        id: field.sequence(),
        tags: field.manyToMany('Tag', { inverse: 'articles', ...(at === 'Article' ? { table: links } : {}) }),
      }),
      Tag: model({
        ...tag,
        articles: field.manyToMany('Article', {
          inverse: 'tags',
          ...(at === 'Tag' ? { table: { ...links, local: 'tag_id', remote: 'article_id' } } : {}),
        }),
      }),
    })
    const join = graph.models['Article_tags']
    expect(join).toMatchObject({ table: 'article_tag', hidden: true, adopted: true })
    expect(Object.values(join?.fields ?? {}).map(({ column, native }) => [column, native])).toEqual([
      ['article_id', null],
      // What refers has the type of what it refers to.
      ['tag_id', { postgres: { type: 'integer', form: null } }],
    ])
  })

  it('has one column for each end', () => {
    expect(() =>
      defineSchema({
        Line: line,
        Shipment: model({
          id: field.integer().key(),
          line: field.belongsTo('Line', { on: { code: 'code' } }),
          code: field.text(),
        }),
        Tag: model({ lines: field.manyToMany('Line', { table: links }) }),
      }),
    ).toThrow('a key of several fields needs more; use "through"')
  })
})

describe('a view', () => {
  const schema = defineSchema({
    Total: model({ year: field.integer(), amount: field.decimal({ precision: 10, scale: 2 }) }, { view: true }),
    Named: model({ code: field.text().key() }, { view: true }),
  })

  it('has the key that it names, or none', () => {
    expect(schema.graph.models['Total']).toMatchObject({ view: true, adopted: true, key: [] })
    expect(Object.keys(schema.graph.models['Total']?.fields ?? {})).toEqual(['year', 'amount'])
    expect(schema.graph.models['Named']?.key).toEqual(['code'])
  })

  it('has no rule for writing', () => {
    expect(() => defineRules(schema, { Total: () => ({ read: everyone, create: everyone }) })).toThrow(
      'rows of a view are read, never written',
    )
  })
})

describe('what the database makes', () => {
  const schema = defineSchema({
    Part: model({ id: field.integer().key(), price: field.integer(), tax: field.integer().databaseDefault() }),
  })

  it('is nothing that a create rule could look at: it is decided before', () => {
    expect(() => defineRules(schema, { Part: ({ row }) => ({ create: not(row.tax.gt(3)) }) })).toThrow(
      'it looks at "tax", which the database makes only with the row',
    )
    expect(() =>
      defineRules(schema, { Part: ({ row }) => ({ create: row.price.gt(3), update: row.tax.gt(3) }) }),
    ).not.toThrow()
  })
})

describe('an adopted table', () => {
  it('has the indexes that are declared, and none for its relations', () => {
    const { graph } = defineSchema({
      User: model({ name: field.text() }),
      Old: model({ user: field.belongsTo('User'), at: field.datetime().index() }, { adopted: true }),
      New: model({ user: field.belongsTo('User') }),
    })
    expect(graph.models['Old']?.indexes.map(({ fields }) => fields.map(one => one.field))).toEqual([['at']])
    expect(graph.models['New']?.indexes.map(({ fields }) => fields.map(one => one.field))).toEqual([['userId']])
  })
})
