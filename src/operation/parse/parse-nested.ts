/** What a body says about a relation: rows to create, rows to connect, and rows to part from. */
import { detail, type ErrorDetail } from '../../error/index.ts'
import { pointerStep } from '../../lib/index.ts'
import { isToMany, type ModelNode, modelOf, type RelationNode } from '../../model/index.ts'
import type { Address } from '../address.ts'
import { unknownWord } from '../name-mistake.ts'
import { parseAddress } from './parse-address.ts'
import { mostHints, type NestedWrite, type ParsedRow, type ParseOptions } from './parsed-row.ts'
import { parseFields } from './parse-fields.ts'
import { type WriteMistake, writeMistake } from './write-mistake.ts'

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
    const mistake = writeMistake({ ...options, mode }, field)
    if (mistake !== null) return [mistake, { name: field.name }]
  }
  const [first] = scalars
  const stays = word === 'disconnect' && scalars.every(field => !field.nullable)
  return stays && first !== undefined ? ['values.not-nullable', { name: first.name }] : null
}

/** A key by itself is what people write for a reference: it belongs into the field that holds it. */
const orScalar = ({ kind, on }: RelationNode): string =>
  kind === 'belongsTo' ? `; a key is written as ${on.map(({ local }) => `"${local}"`).join(' and ')}` : ''

export function parseNested(
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
      const parsed = parseFields({ ...options, mode: 'create' }, target, row, place, errors.length)
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
