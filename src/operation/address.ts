/** Finds rows by what a caller may know of them: keys and unique fields. Rows that the caller may not read do not exist. */
import { refusal } from '../error/index.ts'
import { type Engine, keyText, parseValue, rowKey, valuesOf } from '../engine/index.ts'
import { foldCase, nearest, type Steps } from '../lib/index.ts'
import {
  comparedType,
  foldedFields,
  type ModelNode,
  namingFields,
  recognisingFields,
  type Value,
} from '../model/index.ts'
import type { CallerClass, ExecutionContext, ValueForm } from '../query/index.ts'
import type { RowAddress } from './contract.ts'

/** A key as one segment of a path (semantics 17): `/a,b`, each part percent-encoded. Parts of keys are texts and numbers. */
export const keySegment = (key: readonly Value[]): string =>
  key.map(part => encodeURIComponent(typeof part === 'string' ? part : JSON.stringify(part))).join(',')

/** An object of a key's parts, and no value that is a key by itself. */
export const hasParts = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' &&
  given !== null &&
  !(given instanceof Date) &&
  !(given instanceof Uint8Array) &&
  !Array.isArray(given)

/** The same text for the values of the same row: those of a unique that ignores letter case say it in several ways. */
export function addressText(model: ModelNode, fields: readonly string[]): (values: readonly Value[]) => string {
  const folded = foldedFields(model, fields)
  if (folded.size === 0) return keyText
  return values =>
    keyText(
      values.map((value, index) =>
        typeof value === 'string' && folded.has(fields[index] ?? '') ? foldCase(value) : value,
      ),
    )
}

/** Rows of a model by what names them: their values are compared as the unique over these fields compares them. */
export const findByAddress = (
  engine: Engine,
  model: ModelNode,
  fields: readonly string[],
  tuples: readonly (readonly Value[])[],
  wanted: readonly string[],
  context: ExecutionContext,
): Steps<readonly Record<string, Value>[]> =>
  findByValues(engine, model, fields, tuples, wanted, context, foldedFields(model, fields))

/**
 * Rows of a model by the values of some fields: those and the wanted ones of each found row, in no particular order. One statement. `folded`:
 * those of `by` whose letter case does not count.
 */
export function* findByValues(
  engine: Engine,
  model: ModelNode,
  by: readonly string[],
  tuples: readonly (readonly Value[])[],
  wanted: readonly string[],
  context: ExecutionContext,
  folded: ReadonlySet<string> = new Set(),
): Steps<readonly Record<string, Value>[]> {
  if (tuples.length === 0) return []
  const names = [...new Set([...by, ...wanted])]
  if (folded.size === 0) return yield* engine.rows.found(model, by, folded, tuples, names, context)
  const found: Record<string, Value>[] = []
  for (let start = 0; start < tuples.length; start += comparedApart) {
    const batch = tuples.slice(start, start + comparedApart)
    found.push(...(yield* engine.rows.found(model, by, folded, batch, names, context)))
  }
  return found
}

/** How many tuples are compared one by one in one statement. */
const comparedApart = 10

/** Whether these are the same fields, in whatever order. */
export const sameFields = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every(field => other.includes(field))

/** The key or the unique fields with these names, in their own order; refused when rows are not named by them. */
export function uniqueFields(model: ModelNode, names: readonly string[], caller: CallerClass): readonly string[] {
  return named(model, names, namingFields(model, caller !== 'system'))
}

/** Those of them that a new row brings along. */
export function recognised(model: ModelNode, names: readonly string[], caller: CallerClass): readonly string[] {
  return named(model, names, recognisingFields(model, caller !== 'system'))
}

function named(
  model: ModelNode,
  names: readonly string[],
  candidates: readonly (readonly string[])[],
): readonly string[] {
  const found = candidates.find(fields => sameFields(fields, names))
  if (found !== undefined) return found
  const words = candidates.map(fields => fields.join(','))
  const name = names.join(',')
  const parameters = { model: model.name, name, nearest: nearest(name, words) || words.join('" or "') }
  throw refusal('request.not-unique', parameters)
}

/** The canonical values of an address; refused with 404 when one cannot be read, for then no such row exists. */
export function addressValues(model: ModelNode, address: RowAddress, form: ValueForm): readonly Value[] {
  return address.fields.map((name, index) => {
    const field = model.fields[name]
    const given = address.values[index]
    if (field === undefined || given === null || given === undefined) throw absent(model)
    // A key stands in a path as text, in code in its own form.
    const parsed = parseValue(given, comparedType(field.type), form === 'native' ? form : 'text', '')
    if (!parsed.ok) throw absent(model)
    return parsed.value
  })
}

const absent = ({ name }: ModelNode) => refusal('request.not-found', { model: name })

/** Whether values of these fields are a key as it stands. */
export const isKey = ({ key }: ModelNode, fields: readonly string[]): boolean =>
  fields === key || (fields.length === key.length && fields.every((field, index) => field === key[index]))

/** The key of the one row that an address names; refused with 404 when it is not there, or not there for this caller. */
export function* findKey(
  engine: Engine,
  model: ModelNode,
  fields: readonly string[],
  values: readonly Value[],
  context: ExecutionContext,
): Steps<readonly Value[]> {
  // A row that a key does not name cannot be told from all others.
  if (model.key.length === 0) throw refusal('request.no-key', { model: model.name, what: 'a write of one row' })
  if (isKey(model, fields)) return values
  const [row] = yield* findByAddress(engine, model, fields, [values], model.key, context)
  if (row === undefined) throw absent(model)
  return rowKey(model, row)
}

/** A row named by its key or by a unique, and where the body does so. */
export interface Address {
  readonly fields: readonly string[]
  readonly values: readonly Value[]
  readonly pointer: string
}

/** The keys of addressed rows, in order; a row that does not exist for the caller is answered like a broken reference (semantics 9). */
export function* findKeys(
  engine: Engine,
  model: ModelNode,
  addresses: readonly Address[],
  relation: string,
  context: ExecutionContext,
): Steps<readonly (readonly Value[])[]> {
  const groups = Map.groupBy(addresses, ({ fields }) => keyText(fields))
  const keys = new Map<Address, readonly Value[] | undefined>()
  for (const group of groups.values()) {
    const fields = group[0]?.fields ?? []
    const tuples = group.map(({ values }) => values)
    const textOf = addressText(model, fields)
    const found = yield* findByAddress(engine, model, fields, tuples, model.key, context)
    const named = new Map(found.map(row => [textOf(valuesOf(row, fields)), rowKey(model, row)]))
    for (const address of group) keys.set(address, named.get(textOf(address.values)))
  }
  return addresses.map(address => {
    const key = keys.get(address)
    if (key !== undefined) return key
    throw refusal('writes.reference-missing', { name: relation, model: model.name }, { pointer: address.pointer })
  })
}
