/** Keys, options, defaults and conditions that cannot work are told at boot. */
import { expect, it } from 'vitest'
import { field, model, now } from '../../src/model/index.ts'
import { defineLoosely, mistakesOf } from './loose-schema.ts'

const B = model({})

it.each<[string, object, object | undefined, string]>([
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
  [
    'keys that are made of each other',
    {
      A: model({ b: field.belongsTo('B') }, { key: ['bId'] }),
      B: model({ a: field.belongsTo('A') }, { key: ['aId'] }),
    },
    undefined,
    'boot.key-invalid /A/bId The key of A cannot work: "bId" holds the key of B',
  ],
  ['callers without a key', { A: model({ x: field.text() }, { key: [] }) }, { caller: 'A' }, 'boot.key-invalid /A'],
  ...(['optional', 'unique', 'readOnly', 'private'] as const).map((word): [string, object, undefined, string] => [
    `a list whose elements are ${word}`,
    { A: model({ x: field.array(field.text()[word]()) }) },
    undefined,
    `boot.field-invalid /A/x A.x cannot work: ${word}() means nothing to its elements`,
  ]),
  [
    'a list whose elements have a check',
    { A: model({ x: field.array(field.text().check(text => text.is('a'))) }) },
    undefined,
    'boot.field-invalid /A/x A.x cannot work: check()',
  ],
  [
    'a list of keys',
    { A: model({ x: field.array(field.id('A') as never) }) },
    undefined,
    'boot.field-invalid /A/x A.x cannot work: its elements cannot be keys of A; name the kind',
  ],
  [
    'a default of what is no JSON Schema',
    { A: model({ x: field.json({ type: 'objekt' }).default({}) }) },
    undefined,
    'boot.field-invalid /A/x A.x cannot work: its JSON Schema is not one',
  ],
  [
    'computed fields that are none',
    { A: model({ x: field.text() }) },
    { computed: { A: () => undefined } },
    'boot.not-by-name /A The computed fields of A: this is undefined, not an object that gives each a name.',
  ],
  ['id declared and not the key', { A: model({ id: field.text() }) }, undefined, 'boot.key-invalid /A'],
  [
    'a sequence among several key fields',
    { A: model({ n: field.sequence(), m: field.integer() }, { key: ['n', 'm'] }) },
    undefined,
    'boot.key-invalid /A/n',
  ],
  [
    'a model with the former name of one that is there',
    { A: model({ x: field.text() }, { renamedFrom: 'B' }), B: model({ x: field.text() }) },
    undefined,
    'boot.option-invalid /A',
  ],
  [
    'two models with one former name',
    { A: model({ x: field.text() }, { renamedFrom: 'C' }), B: model({ x: field.text() }, { renamedFrom: 'C' }) },
    undefined,
    'boot.option-invalid /B',
  ],
  [
    'a model renamed from itself',
    { A: model({ x: field.text() }, { renamedFrom: 'A' }) },
    undefined,
    'boot.option-invalid /A',
  ],
  [
    'a model renamed from no name',
    { A: model({ x: field.text() }, { renamedFrom: 'as' }) },
    undefined,
    'boot.option-invalid /A',
  ],
  [
    'links with the former name of a field that is there',
    { A: model({ x: field.text(), bs: field.manyToMany('B').renamedFrom('x') }), B: model({ x: field.text() }) },
    undefined,
    'boot.relation-invalid /A/bs',
  ],
  [
    'a former name of links that are rows of a model',
    {
      A: model({ bs: field.manyToMany('B', { through: 'L' }).renamedFrom('old') }),
      B: model({ x: field.text() }),
      L: model({ a: field.belongsTo('A'), b: field.belongsTo('B') }),
    },
    undefined,
    'boot.relation-invalid /A/bs',
  ],
  ['unique on nothing', { A: model({ x: field.text() }, { unique: [[]] }) }, undefined, 'boot.option-invalid /A'],
  [
    'unique on a field that does not exist',
    { A: model({ x: field.text() }, { unique: [['y']] as never }) },
    undefined,
    'boot.field-unknown /A',
  ],
  [
    'a number without its letter case',
    { A: model({ x: field.integer().unique({ ignoreCase: true } as never) }) },
    undefined,
    'boot.field-invalid /A/x',
  ],
  [
    'an index of days without their letter case',
    { A: model({ x: field.date().index({ ignoreCase: true } as never) }) },
    undefined,
    'boot.field-invalid /A/x',
  ],
  [
    'a relation over what is unique whatever its case',
    {
      A: model({ code: field.text().unique({ ignoreCase: true }) }),
      B: model({ aCode: field.text(), a: field.belongsTo('A', { on: { code: 'aCode' } }) }),
    },
    undefined,
    'boot.relation-invalid /B/a',
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
    { A: model({ x: field.text({ pattern: new RegExp('\\-') }) }) },
    undefined,
    'boot.field-invalid /A/x',
  ],
  [
    'the options of JSON in the place of its schema',
    { A: model({ x: field.json({ max: 100 }) }) },
    undefined,
    'boot.field-invalid /A/x A.x cannot work: its options come second',
  ],
  [
    'a JSON Schema that is none',
    { A: model({ x: field.json({ type: 'objekt' }) }) },
    undefined,
    'boot.field-invalid /A/x',
  ],
  ['lists of lists', { A: model({ x: field.array(field.array(field.text())) }) }, undefined, 'boot.field-invalid /A/x'],
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
  ['a computed field that is a constant', { A: B }, { computed: { A: () => ({ x: 1 }) } }, 'boot.symbol-misused /A/x'],
  [
    'computed fields of a model that does not exist',
    { A: B },
    { computed: { C: () => ({}) } },
    'boot.model-unknown /C',
  ],
])('%s', (_what, models, options, expected) => {
  expect(mistakesOf(models, options).map(mistake => mistake.slice(0, expected.length))).toContain(expected)
})

it('a relation as a key is told its scalar', () => {
  const A = model({ b: field.belongsTo('B'), n: field.text() }, { key: ['b'] as never })
  expect(() => defineLoosely({ A, B })).toThrow('The key of A names "b", which is no field of A. Did you mean "bId"?')
})
