/**
 * Regular expressions for values as they are spelled inside lists of the query string. That of texts leaves out nothing that is accepted; for other
 * kinds one spelling among several is enough to write any list by.
 */
import { type FieldType, kindOf, type Value } from '../../model/index.ts'

const year = '(?:[1-9][0-9]{3}|0[0-9]{2}[1-9]|0[0-9][1-9]0|0[1-9]00)'
const leapYear = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)'
const date =
  `(?:${year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))` +
  `|${leapYear}-02-29)`
const time = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?'
const hex = (digits: number): string => `[0-9a-fA-F]{${digits}}`
const domain = '[a-z0-9]{1,20}\\.[a-z]{2,6}'
/** A character without a meaning in lists and groups, or one with its backslash. */
const character = String.raw`(?:[^\x00,;()\\]|\\[,;()\\])`

const number = (type: FieldType, name: string, otherwise: number): number => {
  const value: Value | undefined = type.options[name]
  return typeof value === 'number' ? value : otherwise
}

/** Whole numbers of so few digits that they are within the bounds. */
function integerPattern(type: FieldType): string {
  const [min, max] = [number(type, 'min', -1e9), number(type, 'max', 1e9)]
  if (min > 0 || max < 10) return String(max)
  const digits = String(Math.trunc(max)).length - 1
  return `(?:0|[1-9][0-9]{0,${digits - 1}})`
}

/** The pattern of one entry of a list, or null when a kind of the application keeps its spelling to itself. */
export function entryPattern(type: FieldType): string | null {
  switch (type.kind) {
    case 'text':
      return textEntry(type)
    case 'slug':
      return '[a-z0-9]{1,20}'
    case 'id':
      return `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`
    case 'integer':
      return integerPattern(type)
    case 'bigint':
      return '(?:0|-?[1-9][0-9]{0,17})'
    case 'decimal': {
      const whole = number(type, 'precision', 18) - number(type, 'scale', 0)
      return whole < 1 ? '0' : `(?:0|[1-9][0-9]{0,${whole - 1}})`
    }
    case 'float':
      return type.options['min'] === undefined && type.options['max'] === undefined
        ? '-?(?:0|[1-9][0-9]{0,8})(?:\\.[0-9]{1,6})?'
        : String(number(type, 'min', number(type, 'max', 0)))
    case 'boolean':
      return '(?:true|false)'
    case 'date':
      return date
    case 'time':
      return time
    case 'datetime':
      return `${date}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?Z`
    case 'email':
      return `[a-z0-9]{1,20}@${domain}`
    case 'url':
      return number(type, 'max', 2048) < 60 ? null : `https?://${domain}(?:/[a-z0-9]{0,20})?`
    case 'bytes': {
      const groups = Math.min(5, Math.floor(number(type, 'max', 15) / 3))
      return groups === 0 ? null : `(?:[A-Za-z0-9+/]{4}){1,${groups}}`
    }
    case 'enum': {
      const { enum: words = [] } = kindOf(type).jsonSchema(type) as { readonly enum?: readonly string[] }
      return `(?:${words.map(listed).join('|')})`
    }
    default:
      return null
  }
}

function textEntry(type: FieldType): string | null {
  if (type.options['pattern'] !== undefined) return null
  // How long a text may be stands in the field's own schema. Bounds of bounds make patterns that take seconds to work with.
  const min = number(type, 'min', 0)
  return min === 0 ? `${character}*` : `${character}{${min},}`
}

/** A literal of a regular expression, for a text that has its own escapes inside a list. */
const listed = (text: string): string =>
  text.replaceAll(/[\\,;()]/g, String.raw`\$&`).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
