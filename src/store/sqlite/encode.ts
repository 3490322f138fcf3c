/** Canonical values as node:sqlite binds them, as SQL literals, and back again from what results hold. */
import type { FieldType, Value } from '../../model/index.ts'
import { decimalToScaled, foldCase } from '../../lib/index.ts'
import { type Binding, type Decoding, elementsOf, prefixEnd, scaleOf, storageOf, textOf } from '../sql/index.ts'

export type Bound = null | number | bigint | string | Uint8Array
type Encoder = (value: Value) => Bound

const asIs = (value: Value): Bound => value as Bound

/** What is bound for a canonical value of a type; null when that is the value itself. */
export function encoderOf(binding: Binding): Encoder | null {
  const encode = formOf(binding)
  if (encode === null) return null
  return value => (value === null ? null : encode(value))
}

function formOf({ as, type, types }: Binding): Encoder | null {
  switch (as) {
    case 'value':
    case 'limit':
      return valueEncoder(type)
    case 'list':
      return value => listText(value, type)
    case 'element':
      return storageOf(type) === 'boolean' ? flag : null
    case 'tuples':
      return value => rowsText(elementsOf(value), types ?? [])
    case 'prefixEnd':
      // SQLite sorts an empty blob behind every text.
      return value => prefixEnd(textOf(value)) ?? new Uint8Array(0)
    case 'foldedPrefixEnd':
      return value => prefixEnd(foldCase(textOf(value))) ?? new Uint8Array(0)
  }
}

const flag: Encoder = value => (value === true ? 1 : 0)

function valueEncoder(type: FieldType): Encoder | null {
  switch (storageOf(type)) {
    case 'boolean':
      return flag
    case 'bigint':
      return value => BigInt(textOf(value))
    case 'decimal': {
      const scale = scaleOf(type)
      return value => decimalToScaled(textOf(value), scale)
    }
    case 'json':
    case 'array':
      return value => JSON.stringify(value)
    case 'bytes':
      return value => Buffer.from(textOf(value), 'base64')
    default:
      return null
  }
}

/** A list as one JSON array whose elements SQLite reads in stored form; bytes as hexadecimal digits. */
function listText(list: Value, type: FieldType): string {
  const elements = elementsOf(list).filter(element => element !== null)
  return `[${elements.map(jsonElement(type)).join(',')}]`
}

/** Rows or tuples as one JSON array of arrays. */
function rowsText(rows: readonly Value[], types: readonly FieldType[]): string {
  const encoders = types.map(jsonElement)
  const rowText = (row: Value): string => {
    const elements = elementsOf(row)
    return `[${encoders.map((encode, index) => encode(elements[index] ?? null)).join(',')}]`
  }
  return `[${rows.map(rowText).join(',')}]`
}

/** The JSON by which SQLite reads the stored form of a value. Numbers are written as digits, so no double comes in between. */
function jsonElement(type: FieldType): (value: Value) => string {
  switch (storageOf(type)) {
    case 'boolean':
      return value => (value === null ? 'null' : value === true ? '1' : '0')
    case 'bigint':
      return value => (value === null ? 'null' : textOf(value))
    case 'decimal': {
      const scale = scaleOf(type)
      return value => (value === null ? 'null' : decimalToScaled(textOf(value), scale).toString())
    }
    case 'bytes':
      return value => (value === null ? 'null' : `"${Buffer.from(textOf(value), 'base64').toString('hex')}"`)
    case 'json':
    case 'array':
      return value => (value === null ? 'null' : JSON.stringify(JSON.stringify(value)))
    default:
      return value => JSON.stringify(value)
  }
}

/** A constant of the declaration as SQL. */
export function literalOf(value: Value, type: FieldType): string {
  if (value === null) return 'null'
  const bound = (valueEncoder(type) ?? asIs)(value)
  if (bound === null) return 'null'
  if (typeof bound === 'string') return textLiteral(bound)
  if (typeof bound === 'bigint') return bound.toString()
  if (typeof bound === 'number') {
    const digits = String(bound)
    // A float that looks like an integer would be divided like one.
    return storageOf(type) === 'float' && /^-?\d+$/.test(digits) ? `${digits}.0` : digits
  }
  return `x'${Buffer.from(bound).toString('hex')}'`
}

export function textLiteral(text: string): string {
  if (text.includes('\u0000')) throw new TypeError('A text of the declaration holds U+0000, which texts cannot hold.')
  return `'${text.replaceAll("'", "''")}'`
}

/** Reads a result column as a canonical value. */
export function decode(value: Bound, decoding: Decoding): Value {
  if (value === null) return null
  switch (decoding) {
    case 'boolean':
      return value === 1
    case 'json':
      return JSON.parse(String(value)) as Value
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString('base64')
    case 'number':
      return Number(value)
    case 'same':
      return value as Value
  }
}
