/** Bodies of writes → values in canonical form and nested writes, or all mistakes at once. */
import { parseValue, valuesOf } from '../engine/index.ts'
import { detail, type ErrorDetail } from '../error/index.ts'
import { own, pointerStep } from '../lib/index.ts'
import {
  type FieldNode,
  isToMany,
  type ModelGraph,
  type ModelNode,
  modelOf,
  namingFields,
  type RelationNode,
  type Value,
} from '../model/index.ts'
import type { CallerClass, ValueForm } from '../query/index.ts'
import { type Address, hasParts, sameFields } from './address.ts'
import { nameMistake, unknownWord } from './name-mistake.ts'

/** A row of a write as it came: what was given, nothing added. */
export interface ParsedRow {
  readonly values: Readonly<Record<string, Value>>
  readonly nested: readonly NestedWrite[]
  /** Where it stands in the body, for mistakes. */
  readonly pointer: string
}

export const pointersOf = (rows: readonly ParsedRow[]): readonly string[] => rows.map(({ pointer }) => pointer)

/** What a body says about a relation. Rows and addresses are in input order. */
export interface NestedWrite {
  readonly relation: RelationNode
  readonly pointer: string
  readonly create: readonly ParsedRow[]
  readonly connect: readonly Address[]
  /** Connect, creating what does not exist: each row has to hold a unique value. */
  readonly connectOrCreate: readonly ParsedRow[]
  readonly disconnect: readonly Address[]
  /** Exactly these; null when not asked. For belongsTo and hasOne an empty list disconnects. */
  readonly set: readonly Address[] | null
  /** Exactly these, creating what does not exist; null when not asked. */
  readonly setOrCreate: readonly ParsedRow[] | null
}

export interface ParseOptions {
  readonly graph: ModelGraph
  readonly form: ValueForm
  readonly caller: CallerClass
  readonly mode: 'create' | 'update'
}

export interface Parse {
  readonly row: ParsedRow
  readonly errors: readonly ErrorDetail[]
}

/** `before`: the mistakes of the rows before it. */
export function parseRow(
  options: ParseOptions,
  model: ModelNode,
  input: unknown,
  pointer: string,
  nest = true,
  before = 0,
): Parse {
  const values: Record<string, Value> = {}
  const nested: NestedWrite[] = []
  const errors: ErrorDetail[] = []
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return {
      row: { values, nested, pointer },
      errors: [detail('values.wrong-type', { expected: 'an object' }, pointer)],
    }
  }
  for (const [name, given] of Object.entries(input)) {
    if (given === undefined) continue
    const field = own(model.fields, name)
    const relation = own(model.relations, name)
    // Names of fields hold nothing to be escaped.
    const place = `${pointer}/${field === undefined ? pointerStep(name) : name}`
    if (field !== undefined) {
      const mistake = writeMistake(options, model, field)
      if (mistake === null && isUnaddressable(options, model, given) && model.key[0] === name)
        errors.push(detail('values.not-addressable', { name, value: given }, place))
      else if (mistake === null) readInto(values, errors, options.form, field, given, place)
      else errors.push(detail(mistake, { name }, place))
    } else if (relation !== undefined && nest) {
      const mistake = referenceMistake(options, model, relation)
      if (mistake !== null) {
        errors.push(detail(mistake, { name }, place))
        continue
      }
      const parsed = parseNested(options, relation, given, place)
      nested.push(parsed.nested)
      for (const error of parsed.errors) errors.push(error)
    } else {
      const told = before + errors.length < mostHints || options.caller === 'system'
      errors.push(nameMistake(model, name, told ? writableNames(options, model, nest) : [], place))
    }
  }
  for (const { relation } of nested) errors.push(...givenTwice(model, relation, input, pointer))
  return { row: { values, nested, pointer }, errors }
}

/** A body may hold many thousand names that nobody has: the nearest right one is looked for as often as a caller may read it. */
const mostHints = 100

type WriteMistake = 'values.read-only' | 'values.immutable'

/** Why a field cannot be written here, whatever the value; null when it can. */
export function writeMistake(
  { caller, mode }: Pick<ParseOptions, 'caller' | 'mode'>,
  model: ModelNode,
  field: FieldNode,
): WriteMistake | null {
  if (field.default?.from === 'database' && field.default.always) return 'values.read-only'
  const server = field.readOnly || field.private || field.name === model.versionField
  if (server && caller !== 'system') return 'values.read-only'
  const fixed = field.immutable || model.key.includes(field.name)
  return fixed && mode === 'update' ? 'values.immutable' : null
}

/** Paths lose such segments on their way, so callers could not address the row that they create; the system needs no paths. */
const isUnaddressable = ({ caller }: ParseOptions, { key }: ModelNode, value: unknown): value is '' | '.' | '..' =>
  caller !== 'system' && key.length === 1 && (value === '' || value === '.' || value === '..')

/** A nested write through a belongsTo writes its scalars, whatever it says. */
function referenceMistake(options: ParseOptions, model: ModelNode, relation: RelationNode): WriteMistake | null {
  if (relation.kind !== 'belongsTo') return null
  for (const { local } of relation.on) {
    const field = model.fields[local]
    const mistake = field === undefined ? null : writeMistake(options, model, field)
    if (mistake !== null) return mistake
  }
  return null
}

/** What hints may spell: names that callers cannot write are not told. */
function writableNames(options: ParseOptions, model: ModelNode, nest: boolean): readonly string[] {
  const fields = Object.values(model.fields).filter(field => writeMistake(options, model, field) === null)
  const relations = Object.values(model.relations).filter(
    relation => nest && referenceMistake(options, model, relation) === null,
  )
  return [...fields, ...relations].map(({ name }) => name)
}

/** A reference that is written along does not come a second time as a scalar. Fields that were declared by themselves may also stand there. */
function givenTwice(model: ModelNode, relation: RelationNode, input: object, pointer: string): readonly ErrorDetail[] {
  if (relation.kind !== 'belongsTo') return []
  const given = relation.on.filter(
    ({ local }) => model.fields[local]?.relation === relation.name && Reflect.get(input, local) !== undefined,
  )
  return given.map(({ local }) =>
    detail('values.given-twice', { name: local, relation: relation.name }, `${pointer}/${local}`),
  )
}

function readInto(
  values: Record<string, Value>,
  errors: ErrorDetail[],
  form: ValueForm,
  field: FieldNode,
  given: unknown,
  pointer: string,
): void {
  if (given === null) {
    if (field.nullable) values[field.name] = null
    else errors.push(detail('values.not-nullable', { name: field.name }, pointer))
    return
  }
  const parsed = parseValue(given, field.type, form, pointer)
  if (!parsed.ok) errors.push(parsed.error)
  // The text "null" is a JSON value too.
  else if (parsed.value === null && !field.nullable)
    errors.push(detail('values.not-nullable', { name: field.name }, pointer))
  else values[field.name] = parsed.value
}

const nestedWords = ['create', 'connect', 'connectOrCreate', 'disconnect', 'set', 'setOrCreate'] as const

/** A new row has no related rows yet. */
const wordsOfUpdates: readonly string[] = ['disconnect', 'set', 'setOrCreate'] satisfies (typeof nestedWords)[number][]

type NestedWord = (typeof nestedWords)[number]

const isWord = (word: string): word is NestedWord => (nestedWords as readonly string[]).includes(word)

/**
 * Why a word cannot be used with a relation, whatever it says; null when it can. The children of a hasMany or hasOne hold the reference:
 * whoever cannot write it there cannot write it from here.
 */
function wordMistake(
  options: ParseOptions,
  target: ModelNode,
  { kind, nullable, on }: RelationNode,
  word: NestedWord,
): [WriteMistake | 'values.not-nullable', { readonly name: string }] | null {
  if (kind === 'manyToMany') return null
  if (kind === 'belongsTo') {
    return word === 'disconnect' && !nullable ? ['values.not-nullable', { name: on[0]?.local ?? '' }] : null
  }
  const scalars = on.flatMap(({ remote }) => target.fields[remote] ?? [])
  const mode = word === 'create' || word.endsWith('OrCreate') ? 'create' : 'update'
  for (const field of scalars) {
    const mistake = writeMistake({ ...options, mode }, target, field)
    if (mistake !== null) return [mistake, { name: field.name }]
  }
  const [first] = scalars
  const stays = word === 'disconnect' && scalars.every(field => !field.nullable)
  return stays && first !== undefined ? ['values.not-nullable', { name: first.name }] : null
}

/** A key by itself is what people write for a reference: it belongs into the field that holds it. */
const orScalar = ({ kind, on }: RelationNode): string =>
  kind === 'belongsTo' ? `; a key is written as ${on.map(({ local }) => `"${local}"`).join(' and ')}` : ''

function parseNested(
  options: ParseOptions,
  relation: RelationNode,
  given: unknown,
  pointer: string,
): { readonly nested: NestedWrite; readonly errors: readonly ErrorDetail[] } {
  const errors: ErrorDetail[] = []
  const target = modelOf(options.graph, relation.target)
  const many = isToMany(relation)
  const allowed: readonly string[] = many ? nestedWords : ['create', 'connect', 'disconnect']
  const words = typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.entries(given) : null
  if (words === null) {
    const usable = allowed.filter(
      word =>
        isWord(word) &&
        wordMistake(options, target, relation, word) === null &&
        (options.mode === 'update' || !wordsOfUpdates.includes(word)),
    )
    errors.push(
      detail('values.wrong-type', { expected: `an object with ${usable.join(', ')}${orScalar(relation)}` }, pointer),
    )
  }
  const inputs = new Map<string, unknown>()
  for (const [word, value] of words ?? []) {
    if (value === undefined) continue
    if (isWord(word) && allowed.includes(word)) {
      const mistake = wordMistake(options, target, relation, word)
      if (mistake === null) inputs.set(word, value)
      else errors.push(detail(...mistake, `${pointer}/${word}`))
    } else {
      const told = errors.length < mostHints
      errors.push(unknownWord(relation.name, word, allowed, `${pointer}/${pointerStep(word)}`, told))
    }
  }
  const entries = (word: NestedWord): readonly { given: unknown; pointer: string }[] => {
    const value = inputs.get(word)
    if (value === undefined) return []
    const place = `${pointer}/${word}`
    if (!Array.isArray(value)) return [{ given: value, pointer: place }]
    if (!many) errors.push(detail('values.wrong-type', { expected: 'one row, not a list' }, place))
    return value.map((each: unknown, index) => ({ given: each, pointer: `${place}/${index}` }))
  }
  const rows = (word: 'create' | 'connectOrCreate' | 'setOrCreate'): ParsedRow[] =>
    entries(word).map(entry => {
      const { given: row, pointer: place } = entry
      const parsed = parseRow({ ...options, mode: 'create' }, target, row, place, false, errors.length)
      for (const error of parsed.errors) errors.push(error)
      errors.push(...referenceGiven(relation, target, parsed.row))
      return parsed.row
    })
  const addresses = (word: 'connect' | 'disconnect' | 'set'): Address[] =>
    // `disconnect: true` on a to-one relation names nothing: there is only one.
    entries(word)
      .filter(entry => many || entry.given !== true)
      .flatMap(entry => parseAddress(options, target, entry.given, entry.pointer, errors))
  const nested: NestedWrite = {
    relation,
    pointer,
    create: rows('create'),
    connect: addresses('connect'),
    connectOrCreate: rows('connectOrCreate'),
    disconnect: addresses('disconnect'),
    set: inputs.has('set') ? addresses('set') : !many && inputs.has('disconnect') ? [] : null,
    setOrCreate: inputs.has('setOrCreate') ? rows('setOrCreate') : null,
  }
  return { nested, errors }
}

/** A child's reference is that to the row that it is written with, and is not said besides. */
function referenceGiven(
  { name, inverse, on }: RelationNode,
  target: ModelNode,
  { values, pointer }: ParsedRow,
): readonly ErrorDetail[] {
  if (inverse === null) return []
  return on
    .filter(({ remote }) => target.fields[remote]?.relation === inverse && values[remote] !== undefined)
    .map(({ remote }) => detail('values.given-twice', { name: remote, relation: name }, `${pointer}/${remote}`))
}

/** A key as a bare value, or an object of the key's fields or of a unique field. */
function parseAddress(
  { form, caller }: ParseOptions,
  model: ModelNode,
  given: unknown,
  pointer: string,
  errors: ErrorDetail[],
): Address[] {
  const single = model.key.length === 1 ? model.key[0] : undefined
  const isObject = hasParts(given)
  const entries: [string, unknown][] = isObject ? Object.entries(given) : single === undefined ? [] : [[single, given]]
  const names = entries.map(([name]) => name)
  const candidates = namingFields(model, caller !== 'system')
  const fields = candidates.find(each => sameFields(each, names))
  if (fields === undefined) {
    const expected = candidates.map(each => each.join(' and ')).join(', or ')
    errors.push(detail('values.wrong-type', { expected: `a row's ${expected}` }, pointer))
    return []
  }
  const values: Record<string, Value> = {}
  for (const [name, value] of entries) {
    const field = model.fields[name]
    if (field === undefined) continue
    const place = isObject ? `${pointer}/${pointerStep(name)}` : pointer
    if (value === null) errors.push(detail('values.not-nullable', { name }, place))
    else readInto(values, errors, form, field, value, place)
  }
  if (fields.some(field => values[field] === undefined)) return []
  return [{ fields, values: valuesOf(values, fields), pointer }]
}
