/** Canonical values as PostgreSQL reads them (always text, which `pg` sends as it is), as literals, and back again from text. */
import type { FieldType, Value } from '../../model/index.ts'
import { type Binding, type Decoding, elementsOf, foldedPrefixEnd, prefixEnd, storageOf, textOf } from '../sql/index.ts'
import { columnTypeOf } from './column-type.ts'

export type Bound = string | null
type Encoder = (value: Value) => string

/** What is bound for a canonical value. */
export function encoderOf(binding: Binding): (value: Value) => Bound {
  const encode = formOf(binding)
  return value => (value === null ? null : encode(value))
}

function formOf({ as, type, types }: Binding): (value: Value) => Bound {
  switch (as) {
    case 'value':
    case 'limit':
    case 'element':
      return textEncoder(type)
    case 'list':
      return value => arrayText(elementsOf(value), type)
    case 'tuples':
      return value => rowsText(elementsOf(value), types ?? [])
    case 'prefixEnd':
      return value => prefixEnd(textOf(value))
    case 'foldedPrefixEnd':
      return value => foldedPrefixEnd(textOf(value))
  }
}

/** The SQL type that a placeholder has. PostgreSQL would guess it where it can, and refuse where it cannot. */
export function placeholderType({ as, type }: Binding): string {
  switch (as) {
    case 'value':
    case 'limit':
    case 'element':
      return columnTypeOf(type)
    case 'list':
      return `${columnTypeOf(type)}[]`
    case 'tuples':
      return 'jsonb'
    case 'prefixEnd':
    case 'foldedPrefixEnd':
      return 'text'
  }
}

/** The text that PostgreSQL reads as a value of the type. */
function textEncoder(type: FieldType): Encoder {
  switch (storageOf(type)) {
    case 'json':
      return value => JSON.stringify(value)
    case 'array':
      return value => arrayText(elementsOf(value), type.element ?? textType)
    case 'bytes':
      return value => `\\x${Buffer.from(textOf(value), 'base64').toString('hex')}`
    case 'boolean':
      return value => (value === true ? 'true' : 'false')
    default:
      return textOf
  }
}

const textType: FieldType = { kind: 'text', options: {} }

/** An array literal (postgresql.org/docs/current/arrays.html): every element in quotes, so none of them can mean anything else. */
function arrayText(elements: readonly Value[], type: FieldType): string {
  const encode = textEncoder(type)
  const texts = elements.map(element =>
    element === null ? 'NULL' : `"${encode(element).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  )
  return `{${texts.join(',')}}`
}

/** Rows or tuples as one JSON array of arrays of texts. */
function rowsText(rows: readonly Value[], types: readonly FieldType[]): string {
  const encoders = types.map(textEncoder)
  return JSON.stringify(
    rows.map(row => {
      const values = elementsOf(row)
      return encoders.map((encode, index) => {
        const value = values[index] ?? null
        return value === null ? null : encode(value)
      })
    }),
  )
}

/** A constant of the declaration as SQL. */
export function literalOf(value: Value, type: FieldType): string {
  if (value === null) return 'null'
  const text = textEncoder(type)(value)
  switch (storageOf(type)) {
    case 'integer':
    case 'bigint':
    case 'decimal':
      return text.startsWith('-') ? `(${text})` : text
    case 'boolean':
      return text
    case 'text':
      return textLiteral(text)
    default:
      return `${textLiteral(text)}::${columnTypeOf(type)}`
  }
}

/** `E''` where there is a backslash, so that the meaning does not hang on standard_conforming_strings. */
export function textLiteral(text: string): string {
  if (text.includes('\u0000')) throw new TypeError('A text of the declaration holds U+0000, which texts cannot hold.')
  const quoted = text.replaceAll("'", "''")
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

/** Reads the text of a result column as a canonical value. */
export function decode(text: string | null, decoding: Decoding): Value {
  if (text === null) return null
  switch (decoding) {
    case 'boolean':
      return text === 't'
    case 'json':
      return JSON.parse(text) as Value
    case 'number':
      return Number(text)
    case 'bytes':
      return Buffer.from(text.slice(2), 'hex').toString('base64')
    case 'same':
      return text
  }
}
