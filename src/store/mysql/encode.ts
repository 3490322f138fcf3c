/** Canonical values as mysql2 binds them, as literals, and back again from what results hold. */
import type { FieldType, Value } from '../../model/index.ts'
import type { Cell } from '../server/index.ts'
import { type Binding, type Decoding, elementsOf, foldedPrefixEnd, prefixEnd, storageOf, textOf } from '../sql/index.ts'
import type { MysqlTypes } from './driver.ts'

type Encoder = (value: Value) => unknown

/** What is bound for a canonical value. */
export function encoderWith(types: MysqlTypes): (binding: Binding) => Encoder {
  return binding => {
    const encode = formOf(binding, types)
    return value => (value === null ? null : encode(value))
  }
}

function formOf({ as, type, types: places }: Binding, types: MysqlTypes): Encoder {
  switch (as) {
    case 'value':
      return valueEncoder(type, types)
    case 'limit':
      return value => types.LONGLONG(BigInt(textOf(value)))
    case 'element':
      return elementText
    case 'list':
      return value => JSON.stringify(elementsOf(value).map(jsonElement(type)))
    case 'tuples':
      return value => rowsText(elementsOf(value), places ?? [])
    case 'prefixEnd':
      return value => prefixEnd(textOf(value))
    case 'foldedPrefixEnd':
      return value => foldedPrefixEnd(textOf(value))
  }
}

/** What json_table() reads of an element into a text. */
export const elementText = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value))

function valueEncoder(type: FieldType, types: MysqlTypes): Encoder {
  switch (storageOf(type)) {
    case 'integer':
    case 'bigint':
      return value => types.LONGLONG(BigInt(textOf(value)))
    case 'boolean':
      return value => types.LONGLONG(value === true ? 1n : 0n)
    case 'decimal':
      return value => types.NEWDECIMAL(textOf(value))
    case 'float':
      return value => value
    case 'bytes':
      return value => Buffer.from(textOf(value), 'base64')
    default:
      return textEncoder(type)
  }
}

/** The text that the server reads as a value of the type. */
function textEncoder(type: FieldType): (value: Value) => string {
  switch (storageOf(type)) {
    case 'datetime':
      return value => textOf(value).replace('T', ' ').replace('Z', '')
    case 'json':
    case 'array':
      return value => JSON.stringify(value)
    case 'boolean':
      return value => (value === true ? '1' : '0')
    default:
      return textOf
  }
}

/** A value inside JSON from which a column of json_table() takes it; bytes in hexadecimal digits. */
function jsonElement(type: FieldType): (value: Value) => string | null {
  const text = textEncoder(type)
  if (storageOf(type) === 'bytes')
    return value => (value === null ? null : Buffer.from(textOf(value), 'base64').toString('hex'))
  return value => (value === null ? null : text(value))
}

/** Rows or tuples as one JSON array of arrays of texts. */
function rowsText(rows: readonly Value[], types: readonly FieldType[]): string {
  const encoders = types.map(jsonElement)
  return JSON.stringify(
    rows.map(row => {
      const values = elementsOf(row)
      return encoders.map((encode, index) => encode(values[index] ?? null))
    }),
  )
}

/** A constant of the declaration as SQL. */
export function literalOf(value: Value, type: FieldType): string {
  if (value === null) return 'null'
  switch (storageOf(type)) {
    case 'integer':
    case 'bigint':
    case 'decimal': {
      const text = textOf(value)
      return text.startsWith('-') ? `(${text})` : text
    }
    case 'float': {
      const digits = JSON.stringify(value)
      // Without an exponent it would be a decimal.
      return /e/i.test(digits) ? digits : `${digits}e0`
    }
    case 'boolean':
      return value === true ? '1' : '0'
    case 'bytes':
      return `x'${Buffer.from(textOf(value), 'base64').toString('hex')}'`
    case 'date':
      return `date ${textLiteral(textOf(value))}`
    case 'time':
      return `time ${textLiteral(textOf(value))}`
    case 'datetime':
      return `timestamp ${textLiteral(textEncoder(type)(value))}`
    default:
      return textLiteral(textEncoder(type)(value))
  }
}

/**
 * A backslash begins an escape: sessions do without NO_BACKSLASH_ESCAPES, since under it MySQL cannot open a table with a check in which a quote
 * stands.
 */
export function textLiteral(text: string): string {
  if (text.includes('\u0000')) throw new TypeError('A text of the declaration holds U+0000, which texts cannot hold.')
  return `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
}

/** Reads a result column as a canonical value. */
export function decode(cell: Cell | null, decoding: Decoding): Value {
  if (cell === null) return null
  switch (decoding) {
    case 'boolean':
      return Number(cell) === 1
    case 'json':
      return JSON.parse(textOfCell(cell)) as Value
    case 'number':
      return Number(cell)
    case 'bytes':
      return Buffer.from(cell as Uint8Array).toString('base64')
    case 'same':
      return textOfCell(cell)
  }
}

const textOfCell = (cell: string | number | bigint | Uint8Array): string =>
  cell instanceof Uint8Array ? Buffer.from(cell).toString('utf8') : String(cell)
