/** Names that cannot be, and relations that lead nowhere, are told at boot. */
import { expect, it } from 'vitest'
import { field, model } from '../../src/model/index.ts'
import { defineLoosely, mistakesOf } from './loose-schema.ts'

const B = model({})

it.each<[string, object, object | undefined, string]>([
  ['a model with a lower-case name', { a: B }, undefined, 'boot.name-form /a'],
  ['a model with a name of GraphQL', { Query: B }, undefined, 'boot.name-reserved /Query'],
  ['a model of Plinth itself', { PlinthEvent: B }, undefined, 'boot.name-own /PlinthEvent'],
  ['a table of Plinth itself', { A: model({}, { table: 'plinth_event' }) }, undefined, 'boot.name-own /A'],
  [
    'links in a model without a key',
    {
      A: model({ bs: field.manyToMany('B', { through: 'AB' }) }),
      B: model({}),
      AB: model({ a: field.belongsTo('A'), b: field.belongsTo('B') }, { key: [] }),
    },
    undefined,
    'boot.relation-invalid /A/bs',
  ],
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
    { A: model(Object.fromEntries(['then'].map(name => [name, field.text()]))) },
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
])('%s', (_what, models, options, expected) => {
  expect(mistakesOf(models, options).map(mistake => mistake.slice(0, expected.length))).toContain(expected)
})

it('tells all at once, with a hint each', () => {
  const models = { A: model({ b: field.belongsTo('Bee'), count: field.text() }), Bees: model({}) }
  expect(() => defineLoosely(models)).toThrow(
    /mistakes: 2\n- A field of A is called "count".*\n- A\.b leads to the model "Bee".*Did you mean "Bees"\?/,
  )
  expect(mistakesOf(models)).toHaveLength(2)
})

it('tells one mistake once', () => {
  expect(mistakesOf({ A: model({ x: field.float().key() }) })).toEqual([
    'boot.key-invalid /A/x The key of A cannot work: "x" is of the kind float, which does not address a row.',
  ])
})

it('has nothing to say about a model that is related to itself', () => {
  const A = model({ parent: field.belongsTo('A').optional(), children: field.hasMany('A', 'parent') })
  expect(mistakesOf({ A })).toEqual([])
})

it.each<[string, object, string]>([
  ['nullable', field.text(), 'Did you mean "optional"?'],
  ['required', field.text(), 'Possible: no word at all, as a field is needed that is not optional().'],
  ['primaryKey', field.text(), 'Did you mean "key"?'],
  ['index', field.belongsTo('A'), 'Possible: no word at all, as what refers has an index of its own.'],
  ['string', field, 'Did you mean "text"?'],
])('has no %s, and says what there is', (name, builder, hint) => {
  const call = (): unknown => (builder as Record<string, () => unknown>)[name]?.()
  expect(call).toThrow(expect.objectContaining({ code: 'boot.word-unknown', hint }))
})
