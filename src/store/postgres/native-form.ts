/** How columns are read and written that a database had before their fields, by the type that it has for them. */
import { decimalScale, type FieldNode, type FieldType } from '../../model/index.ts'
import { asItIs, type NativeForm, storageOf } from '../sql/index.ts'
import { columnTypeOf } from './column-type.ts'

const collationPart = / collate "((?:[^"]|"")+)"$/u

/** The type without its collation. */
export const bareType = (type: string): string => type.replace(collationPart, '')

/** Its collation, where it is not the database's own. */
export const collationIn = (type: string): string | null => collationPart.exec(type)?.[1]?.replaceAll('""', '"') ?? null

export function nativeForm(field: FieldNode): NativeForm | null {
  const native = field.native?.['postgres']
  if (native === undefined) return null
  // A domain is read and written as what it is made of.
  return formOf(bareType(native.form ?? native.type), field.type)
}

function formOf(type: string, kind: FieldType): NativeForm {
  switch (storageOf(kind)) {
    case 'text':
      return textForm(type)
    case 'integer':
    case 'bigint':
      // Arithmetic in the smaller type would run over.
      return { read: column => `(${column})::bigint`, write: asItIs, comparable: true }
    case 'decimal':
      return {
        read: column => `round((${column})::numeric, ${decimalScale(kind)})`,
        write: type === 'money' ? value => `(${value})::money` : asItIs,
        // A number with more digits than the field has is not the number that anybody sees.
        comparable: false,
      }
    case 'float':
      // By way of text: 0.1 of four bytes is not 0.1 of eight.
      return { read: column => `(${column})::text::double precision`, write: asItIs, comparable: false }
    case 'datetime':
      return momentForm(type)
    case 'time':
      return timeForm(type)
    case 'json':
      return { read: column => `(${column})::jsonb`, write: value => `(${value})::${type}`, comparable: false }
    default:
      return cast(type, kind, false)
  }
}

function textForm(type: string): NativeForm {
  if (type === 'text' || type.startsWith('character varying')) return { read: asItIs, write: asItIs, comparable: true }
  // The casts of character(n) know its blanks.
  if (type.startsWith('character(')) return { read: text, write: value => `(${value})::bpchar`, comparable: true }
  // A cast to text says the mask of a single address, too, which nobody wrote.
  if (type === 'inet')
    return { read: column => `abbrev(${column})`, write: value => `(${value})::inet`, comparable: false }
  // A cast to so many bits would cut or fill them up.
  const cast = type.startsWith('bit') ? 'bit varying' : type
  return { read: text, write: value => `(${value})::${cast}`, comparable: hasOrder(type) }
}

const text = (column: string): string => `(${column})::text`

/** Types of the system that come as text have an order of their own, or none; enums and citext are compared as the database does it. */
const hasOrder = (type: string): boolean => !systemTypes.has(type.replace(/[([].*$/u, ''))

const systemTypes: ReadonlySet<string> = new Set([
  'bit',
  'bit varying',
  'box',
  'cidr',
  'circle',
  'daterange',
  'inet',
  'int4range',
  'int8range',
  'interval',
  'line',
  'lseg',
  'macaddr',
  'macaddr8',
  'numrange',
  'oid',
  'path',
  'pg_lsn',
  'point',
  'polygon',
  'time with time zone',
  'tsquery',
  'tsrange',
  'tstzrange',
  'tsvector',
  'xml',
])

/** Digits of the second: six unless the type says otherwise. */
const digitsOf = (type: string): number => Number(/\((\d)\)/u.exec(type)?.[1] ?? 6)

/** What is finer than milliseconds is cut off, and then an index of the column serves no comparison. */
function momentForm(type: string): NativeForm {
  const fine = digitsOf(type) > 3
  const cut = (column: string): string => (fine ? `date_trunc('milliseconds', ${column})` : column)
  if (type.endsWith('with time zone')) return { read: cut, write: asItIs, comparable: !fine }
  return {
    read: column => `(${cut(column)} at time zone 'UTC')`,
    write: value => `((${value})::timestamp with time zone at time zone 'UTC')`,
    comparable: !fine,
  }
}

function timeForm(type: string): NativeForm {
  if (digitsOf(type) <= 3) return { read: asItIs, write: asItIs, comparable: true }
  const finer = (column: string): string => `mod(extract(microseconds from ${column})::bigint, 1000)`
  return {
    read: column => `(${column} - ${finer(column)} * interval '1 microsecond')`,
    write: asItIs,
    comparable: false,
  }
}

const cast = (type: string, kind: FieldType, comparable: boolean): NativeForm => ({
  read: column => `(${column})::${columnTypeOf(kind)}`,
  write: value => `(${value})::${type}`,
  comparable,
})
