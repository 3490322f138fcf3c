/** `field`: the builders of everything that a model can declare. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { deepFreeze, isObject, perhaps } from '../../lib/index.ts'
import type { FieldKind } from '../kind.ts'
import {
  type ArrayOptions,
  type BytesOptions,
  type DecimalOptions,
  type FloatOptions,
  type IntegerOptions,
  type JsonOptions,
  registerKind,
  rememberStandardSchema,
  type SlugOptions,
  type TextKind,
  type TextOptions,
  type UrlOptions,
} from '../kind/index.ts'
import { ipKind } from '../kind/ip.ts'
import type { FieldType, Value } from '../value.ts'
import { knownBuilders } from './known-builders.ts'
import { noWords, plainStored, type ScalarDeclaration } from './declaration.ts'
import { ReferenceField } from './reference-field.ts'
import {
  BelongsToField,
  type BelongsToOptions,
  HasManyField,
  HasOneField,
  ManyToManyField,
  type ManyToManyOptions,
} from './relation-field.ts'
import { ScalarField } from './scalar-field.ts'
import { nothing, tellArguments } from './told-arguments.ts'

type TextField = ScalarField<string, string, 'text'>

function declare(
  kind: string,
  options: Readonly<Record<string, Value | undefined>> = {},
  more: Partial<ScalarDeclaration> = {},
): ScalarDeclaration {
  const given: Record<string, Value> = {}
  for (const [name, value] of Object.entries(options)) if (value !== undefined) given[name] = value
  const type: FieldType = deepFreeze({ kind, options: given })
  const ignoreCase = { unique: false, index: false }
  return { ...plainStored, kind: 'scalar', type, idOf: null, from: null, checks: [], ignoreCase, problems: [], ...more }
}

/** Options of kinds that have no `max`, for messages. */
const examples: Readonly<Record<string, string>> = { decimal: '{ precision: 12, scale: 2 }' }

/** A copy, so that options written as a constant elsewhere stay what they were. */
function optioned(kind: string, options: object, more: Partial<ScalarDeclaration> = {}): ScalarDeclaration {
  return declare(
    kind,
    { ...options },
    { ...more, problems: [...problemsOf(options, examples[kind]), ...(more.problems ?? [])] },
  )
}

/** What types refuse, JavaScript takes: a number has no options, and would be none without a word. */
const problemsOf = (options: unknown, example = '{ max: 200 }'): readonly string[] =>
  isObject(options) ? [] : [`its options have to be an object, as in ${example}`]

/** The same of options of relations, whose words are known here. */
function wordProblems(options: object, words: readonly string[]): readonly string[] {
  const wrong = problemsOf(options, '{ onDelete: "cascade" }')
  if (wrong.length > 0) return wrong
  return Object.keys(options)
    .filter(name => !words.includes(name))
    .map(name => `it has no option "${name}"${perhaps(name, words)}`)
}

/** The end of a relation without the key has no options: those of the belongsTo decide. */
const moreProblems = (given: readonly unknown[]): readonly string[] =>
  given.length === 0 ? [] : ['it takes a model and the name of its belongsTo relation, and no options']

function textDeclaration(options: TextOptions): ScalarDeclaration {
  const wrong = problemsOf(options)
  if (wrong.length > 0) return declare('text', {}, { problems: wrong })
  const { pattern, ...bounds } = options
  const problems = pattern === undefined ? [] : patternProblems(pattern)
  return declare('text', { ...bounds, pattern: pattern?.source }, { problems })
}

/** What stands for the elements of a list that were not said. */
const noElement = declare(
  'text',
  {},
  { problems: ['its first argument has to be a field, as in field.array(field.text())'] },
)

const ofStoredFields = ['unique', 'index', 'immutable', 'readOnly', 'writeOnly', 'private', 'maskable', 'key'] as const

/** What a list does not ask of its elements: all but their values is said about the list. */
function elementProblems(element: ScalarDeclaration): readonly string[] {
  const said = [
    ...(element.nullable ? ['optional'] : []),
    ...(element.default === null ? [] : ['default']),
    ...(element.checks.length === 0 ? [] : ['check']),
    ...ofStoredFields.filter(word => element[word]),
  ]
  return said.map(word => `${word}() means nothing to its elements; say it about the list`)
}

function elementOf(of: unknown): ScalarDeclaration {
  if (of instanceof ScalarField) {
    const { declaration } = of
    return { ...declaration, problems: [...declaration.problems, ...elementProblems(declaration)] }
  }
  if (!(of instanceof ReferenceField)) return noElement
  const model = of.declaration.idOf
  const reason = `its elements cannot be keys of ${model}; name the kind of that key, as in field.array(field.uuid())`
  return declare('text', {}, { problems: [reason] })
}

const sourceOf = (from: unknown): Partial<ScalarDeclaration> =>
  typeof from === 'string'
    ? { from }
    : { problems: ['its first argument has to be the name of a text field that it is made from'] }

function enumDeclaration(values: unknown, more: readonly unknown[]): ScalarDeclaration {
  if (Array.isArray(values) && values.every(value => typeof value === 'string') && more.length === 0)
    return declare('enum', { values: [...values] })
  return declare(
    'enum',
    { values: ['-'] },
    { problems: ['its words are one list of texts: field.enum(["draft", "published"])'] },
  )
}

function patternProblems(pattern: unknown): readonly string[] {
  if (!(pattern instanceof RegExp)) return ['its pattern has to be a regular expression, as in /^[a-z]+$/']
  return pattern.flags.replace('u', '') === ''
    ? []
    : [`its pattern has the flags "${pattern.flags}", but JSON Schema knows none`]
}

const noSchema = 'its first argument has to be a JSON Schema, which is an object, or a Standard Schema'

function jsonDeclaration(schema: unknown, options: JsonOptions): ScalarDeclaration {
  if (schema === undefined) return optioned('json', options)
  const wrong = problemsOf(options)
  if (!isStandard(schema)) {
    if (!isObject(schema)) return declare('json', {}, { problems: [noSchema] })
    if (Object.keys(schema).join() === 'max')
      return declare(
        'json',
        {},
        { problems: ['its options come second, as in field.json(undefined, { max: 100_000 })'] },
      )
    // A copy: what the graph holds is frozen.
    return declare('json', { ...options, schema: structuredClone(schema) as Value }, { problems: wrong })
  }
  const described = isDescribed(schema)
    ? structuredClone(schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }))
    : undefined
  const { vendor } = schema['~standard']
  const problems = described === undefined ? [...wrong, `its schema (by ${vendor}) cannot give a JSON Schema`] : wrong
  const declaration = declare('json', { ...options, schema: described as Value | undefined }, { problems })
  rememberStandardSchema(declaration.type.options, schema)
  return declaration
}

function isStandard(schema: unknown): schema is StandardSchemaV1 {
  return (typeof schema === 'object' || typeof schema === 'function') && schema !== null && '~standard' in schema
}

function isDescribed(schema: StandardSchemaV1): schema is StandardSchemaV1 & StandardJSONSchemaV1 {
  return 'jsonSchema' in schema['~standard']
}

function custom<Operators extends 'equality' | 'order' | 'text', Coded extends 'coded'>(
  kind: TextKind<Operators, Coded>,
  options?: Readonly<Record<string, Value>>,
): ScalarField<string, string, Operators, Coded>
function custom<Native = string, Input = Native>(
  kind: FieldKind,
  options?: Readonly<Record<string, Value>>,
): ScalarField<Native, Input, 'order', 'coded'>
function custom(
  kind: FieldKind,
  options?: Readonly<Record<string, Value>>,
): ScalarField<unknown, unknown, 'order', 'coded'> {
  registerKind(kind)
  return new ScalarField(declare(kind.name, options))
}

function id(): ScalarField<string, string, 'order', 'key' | 'default' | 'readOnly'>
function id<const Target extends string>(model: Target): ReferenceField<Target>
function id(
  model?: string,
): ScalarField<string, string, 'order', 'key' | 'default' | 'readOnly'> | ReferenceField<string> {
  if (model !== undefined) return new ReferenceField(declare('id', {}, { idOf: model }))
  return new ScalarField(declare('id', {}, { key: true, readOnly: true, default: { from: 'uuidv7' } }))
}

function belongsTo<const Target extends string>(target: Target, options?: BelongsToOptions): BelongsToField<Target>
function belongsTo<const Target extends string, const Field extends string>(
  target: Target,
  options: BelongsToOptions & { readonly field: Field },
): BelongsToField<Target, never, Field>
function belongsTo<const Target extends string>(
  target: Target,
  options: BelongsToOptions & { readonly on: Readonly<Record<string, string>> },
): BelongsToField<Target, 'default', ''>
function belongsTo(
  target: string,
  options: BelongsToOptions & { readonly field?: string; readonly on?: Readonly<Record<string, string>> } = {},
): BelongsToField<string, never, string> | BelongsToField<string, 'default', ''> {
  const given: typeof options = isObject(options) ? options : {}
  const { onDelete = null, field: scalar = null, on = null } = given
  const problems = wordProblems(options, ['onDelete', 'field', 'on'])
  return new BelongsToField<string, never, string>({
    ...plainStored,
    kind: 'belongsTo',
    target,
    onDelete,
    field: scalar,
    on,
    problems,
  })
}

/** Element kinds of arrays: anything that holds a value. */
interface ElementField<Native, Input> {
  readonly declaration: ScalarDeclaration
  readonly '~native': Native
  readonly '~input': Input
}

/**
 * The builders of fields and relations.
 *
 * @example
 * const Article = model({
 *   title: field.text({ min: 1, max: 200 }),
 *   slug: field.slug('title').unique(),
 *   author: field.belongsTo('User'),
 * })
 */
export const field = knownBuilders({
  /**
   * A key of UUIDs of version 7, made by Plinth; models without a key get one called `id`. With the name of a model, `field.id('Article')`,
   * a value that is a key of that model: for inputs of actions.
   */
  id,

  /** A UUID that is not the key. */
  uuid: (): ScalarField<string, string, 'order'> => new ScalarField(declare('id')),

  /** A key of whole numbers that the database counts up. */
  sequence: (): ScalarField<number, number, 'number', 'key' | 'default' | 'readOnly' | 'late'> =>
    new ScalarField(declare('integer', { min: 1 }, { key: true, readOnly: true, default: { from: 'sequence' } })),

  /** Unicode text of at most 1,000 code points, or as many as `max` says. */
  text: (options: TextOptions = {}): TextField => new ScalarField(textDeclaration(options)),

  /**
   * Lower-case words for URLs, made from a text field when none is given.
   *
   * @example
   * slug: field.slug('title').unique()
   */
  slug: (from: string, options: SlugOptions = {}): ScalarField<string, string, 'text', 'default'> =>
    new ScalarField(optioned('slug', options, sourceOf(from))),

  /** An e-mail address of at most 254 characters; its domain is kept in lower case. */
  email: (): TextField => new ScalarField(declare('email')),

  /** An absolute http or https URL of at most 2,048 characters. */
  url: (options: UrlOptions = {}): TextField => new ScalarField(optioned('url', options)),

  /** A whole number from -(2^53 - 1) to 2^53 - 1. */
  integer: (options: IntegerOptions = {}): ScalarField<number, number, 'number'> =>
    new ScalarField(optioned('integer', options)),

  /** A signed 64-bit integer: bigint in code, a string of digits in JSON. */
  bigint: (): ScalarField<bigint, bigint | string, 'number'> => new ScalarField(declare('bigint')),

  /** An exact number: a string in code and in JSON. `field.decimal({ precision: 12, scale: 2 })` holds `1234567890.12`. */
  decimal: (options: DecimalOptions): ScalarField<string, string, 'number'> =>
    new ScalarField(optioned('decimal', options)),

  /** A finite 64-bit floating point number. */
  float: (options: FloatOptions = {}): ScalarField<number, number, 'float'> =>
    new ScalarField(optioned('float', options)),

  /** True or false; false sorts first. */
  boolean: (): ScalarField<boolean, boolean, 'equality'> => new ScalarField(declare('boolean')),

  /** A day, `2028-02-29`, years 1 to 9999. */
  date: (): ScalarField<string, string, 'order'> => new ScalarField(declare('date')),

  /** A time of day, `09:30:00.000`, without a zone. */
  time: (): ScalarField<string, string, 'order'> => new ScalarField(declare('time')),

  /** A moment with milliseconds, kept in UTC: a Date in code. Finer fractions are cut off. */
  datetime: (): ScalarField<Date, Date | string, 'order'> => new ScalarField(declare('datetime')),

  /** One of a list of words. */
  enum: <const Values extends readonly string[]>(
    values: Values,
    ...more: never[]
  ): ScalarField<Values[number], Values[number], 'order'> => new ScalarField(enumDeclaration(values, more)),

  /**
   * Any JSON value of at most 65,536 bytes, held to a JSON Schema (2020-12) or a Standard Schema that can give one.
   *
   * @example
   * settings: field.json(z.object({ theme: z.enum(['light', 'dark']) }))
   */
  json,

  /** Up to 65,536 bytes: Uint8Array in code, base64 in JSON. */
  bytes: (options: BytesOptions = {}): ScalarField<Uint8Array, Uint8Array | string, 'equality'> =>
    new ScalarField(optioned('bytes', options)),

  /** A list of up to 100 values of one kind, without nulls. */
  array: <Native, Input>(
    of: ElementField<Native, Input>,
    options: ArrayOptions = {},
  ): ScalarField<readonly Native[], readonly Input[], 'array'> => {
    const declaration = optioned('array', options)
    const element = elementOf(of)
    const type: FieldType = deepFreeze({ ...declaration.type, element: element.type })
    return new ScalarField({ ...declaration, type, problems: [...declaration.problems, ...element.problems] })
  },

  /** An IPv4 or IPv6 address; addresses sort by number. */
  ip: (): ScalarField<string, string, 'order', 'coded'> => custom<string>(ipKind),

  /** A field of a kind of your own; see `defineKind`. */
  custom,

  /**
   * A relation that this model holds the key of: `author: field.belongsTo('User')` is stored as `authorId`. With `on` it goes over fields
   * that are declared by themselves, whatever of the target they hold: its key, or fields that are unique together.
   *
   * @example
   * line: field.belongsTo('OrderLine', { on: { orderId: 'orderId', number: 'lineNumber' } })
   */
  belongsTo,

  /** The other end of a belongsTo relation that at most one row has: `profile: field.hasOne('Profile', 'user')`. */
  hasOne: <const Target extends string, const By extends string>(
    target: Target,
    by: By,
    ...more: never[]
  ): HasOneField<Target, By> =>
    new HasOneField({ kind: 'hasOne', target, by, maskable: true, words: noWords, problems: moreProblems(more) }),

  /** The other end of a belongsTo relation: `comments: field.hasMany('Comment', 'article')`. */
  hasMany: <const Target extends string, const By extends string>(
    target: Target,
    by: By,
    ...more: never[]
  ): HasManyField<Target, By> =>
    new HasManyField({ kind: 'hasMany', target, by, maskable: false, words: noWords, problems: moreProblems(more) }),

  /** Links to any number of rows, kept in a hidden table or in a model named by `through`. */
  manyToMany: <const Target extends string, const Through extends string = never>(
    target: Target,
    options: ManyToManyOptions & { readonly through?: Through } = {},
  ): ManyToManyField<Target, never, Through> => {
    const given: typeof options = isObject(options) ? options : {}
    return new ManyToManyField({
      kind: 'manyToMany',
      target,
      through: given.through ?? null,
      inverse: given.inverse ?? null,
      local: given.local ?? null,
      remote: given.remote ?? null,
      table: given.table ?? null,
      maskable: false,
      renamedFrom: null,
      words: noWords,
      problems: wordProblems(options, ['through', 'inverse', 'local', 'remote', 'table']),
    })
  },
} as const)

const withoutOptions = ['uuid', 'sequence', 'email', 'bigint', 'boolean', 'date', 'time', 'datetime', 'ip']
tellArguments(field, Object.fromEntries(withoutOptions.map(kind => [kind, nothing])))

/** Any JSON value. Null is what `optional()` adds. */
type Json = Exclude<Value, null>

function json(schema?: { readonly [keyword: string]: unknown }, options?: JsonOptions): ScalarField<Json, Json, 'none'>
function json<T>(schema?: { readonly [keyword: string]: unknown }, options?: JsonOptions): ScalarField<T, T, 'none'>
function json<Schema extends StandardSchemaV1>(
  schema: Schema,
  options?: JsonOptions,
): ScalarField<StandardSchemaV1.InferOutput<Schema>, StandardSchemaV1.InferInput<Schema>, 'none'>
function json(schema?: unknown, options: JsonOptions = {}): ScalarField<unknown, unknown, 'none'> {
  return new ScalarField(jsonDeclaration(schema, options))
}
