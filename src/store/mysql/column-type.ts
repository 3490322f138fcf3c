/** Which type of MariaDB and MySQL keeps which field (semantics 35). Fixed: a change would migrate every user. */
import {
  decimalPrecision,
  decimalScale,
  type FieldNode,
  type FieldType,
  kindOf,
  type ModelNode,
} from '../../model/index.ts'
import { storageOf } from '../sql/index.ts'
import { textSet, type Variety } from './variety.ts'

export const uuidLength = 36

/** Hexadecimal digits and hyphens. */
const uuidType = `char(${uuidLength}) character set ascii collate ascii_bin`

/** The type of a value that no column keeps: in a list, or in an expression. */
export function valueTypeOf(type: FieldType, variety: Variety): string {
  return storageOf(type) === 'text' ? `longtext ${textSet(variety)}` : columnTypeOf(type, null, variety)
}

/** `length`: the most characters of a text; null where there is no such bound. */
export function columnTypeOf(type: FieldType, length: number | null, variety: Variety): string {
  switch (storageOf(type)) {
    case 'text':
      return `${length === null ? 'longtext' : `varchar(${length})`} ${textSet(variety)}`
    case 'uuid':
      return uuidType
    // Both kinds of whole numbers: what JavaScript holds exactly needs more than 32 bits.
    case 'integer':
    case 'bigint':
      return variety.wholeNumber
    case 'decimal':
      return `decimal(${decimalPrecision(type)},${decimalScale(type)})`
    case 'float':
      return 'double'
    case 'boolean':
      return 'tinyint(1)'
    case 'date':
      return 'date'
    case 'time':
      return 'time(3)'
    case 'datetime':
      return 'datetime(3)'
    // MariaDB's JSON is a text with a check; by the name of a text it has our collation. That of MySQL forgets the order of keys and the
    // digits of numbers, so there, too, it is a text.
    case 'json':
    case 'array':
      return `longtext ${textSet(variety)}`
    case 'bytes':
      return 'longblob'
  }
}

/** Texts of at most this many characters are kept within their row, and so are texts of keys: an index of InnoDB has room for three. */
export const longestInRow = 255

/** The most characters of a text column, or null for a long text. */
export function lengthOf(model: ModelNode, field: FieldNode): number | null {
  if (storageOf(field.type) !== 'text') return null
  const most = declaredLength(field.type)
  // A longer value of a key is refused by the database.
  if (model.key.includes(field.name)) return Math.min(most ?? longestInRow, longestInRow)
  return most !== null && most <= longestInRow ? most : null
}

/** What the kind says of its texts' length. What a codec writes may be of another length. */
export function declaredLength(type: FieldType): number | null {
  const kind = kindOf(type)
  const schema = kind.jsonSchema(type)
  if (kind.codec !== undefined || typeof schema !== 'object') return null
  const words = schema['enum']
  if (Array.isArray(words)) return Math.max(1, ...words.map(word => Array.from(String(word)).length))
  const { maxLength } = schema
  return typeof maxLength === 'number' ? maxLength : null
}

/** The most characters of a column of this type; of a long text, and of what is no text, there is no such bound. */
export const charactersOf = (type: string): number =>
  Number(/^varchar\((\d+)\)/u.exec(type)?.[1] ?? Number.POSITIVE_INFINITY)
