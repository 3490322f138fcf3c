/** How columns are read and written that a database had before their fields, by the type that it has for them. */
import { decimalScale, type FieldNode, type FieldType } from '../../model/index.ts'
import { asItIs, type NativeForm, storageOf } from '../sql/index.ts'
import type { Variety } from './variety.ts'

export function nativeForm(field: FieldNode, variety: Variety): NativeForm | null {
  const native = field.native?.['mysql']
  return native === undefined ? null : formOf(native.type, field.type, variety)
}

function formOf(type: string, kind: FieldType, variety: Variety): NativeForm {
  switch (storageOf(kind)) {
    case 'text':
    case 'json':
    case 'array':
      return textForm(type, variety)
    case 'integer':
    case 'bigint':
      // Differences of unsigned numbers would be refused below zero.
      return { read: column => `cast(${column} as signed)`, write: asItIs, comparable: true }
    case 'boolean':
      // Whatever is not zero is true.
      return { read: column => `(${column} <> 0)`, write: asItIs, comparable: false }
    case 'decimal':
      return {
        read: column => `cast(${column} as decimal(65,${decimalScale(kind)}))`,
        write: asItIs,
        comparable: true,
      }
    case 'float':
      // By way of text: 0.1 of four bytes is not 0.1 of eight.
      return type.startsWith('float')
        ? { read: column => `cast(cast(${column} as char) as double)`, write: asItIs, comparable: false }
        : { read: asItIs, write: asItIs, comparable: true }
    // A day that is none, as 0000-00-00, is null to a cast in our mode.
    case 'date':
      return { read: column => `cast(${column} as date)`, write: asItIs, comparable: true }
    case 'datetime':
      return { read: column => `cast(${column} as datetime(3))`, write: asItIs, comparable: digitsOf(type) <= 3 }
    case 'time':
      return { read: column => `cast(${column} as time(3))`, write: asItIs, comparable: digitsOf(type) <= 3 }
    case 'uuid':
      return { read: column => `cast(${column} as char(36))`, write: asItIs, comparable: true }
    default:
      return { read: asItIs, write: asItIs, comparable: true }
  }
}

const digitsOf = (type: string): number => Number(/\((\d)\)/u.exec(type)?.[1] ?? 0)

function textForm(type: string, { collation: ours, convertsStrictly }: Variety): NativeForm {
  const [, set = '', collation = ''] = / character set (\S+) collate (\S+)$/u.exec(type) ?? []
  if (set === '') return otherForm(type, ours)
  // Everything else is compared by code point: a text leaves its collation behind when it goes anywhere.
  const read = (column: string): string =>
    set === 'utf8mb4' ? `(${column} collate ${ours})` : `(convert(${column} using utf8mb4) collate ${ours})`
  // Words of enums are ordered by their number and compared by their letters.
  const comparable = !/^(?:enum|set)\(/u.test(type)
  const write = (value: string): string => `(convert(${value} using ${set}) collate ${collation})`
  return convertsStrictly ? { read, write, comparable } : { read, write, store: asItIs, comparable }
}

/** Types that are no texts and come as such. */
function otherForm(type: string, ours: string): NativeForm {
  const text = (sql: string): string => `(convert(${sql} using utf8mb4) collate ${ours})`
  const geometry = /^(?:geometry|point|linestring|polygon|multi\w+)/u.test(type)
  return geometry
    ? { read: column => text(`st_astext(${column})`), write: value => `st_geomfromtext(${value})`, comparable: false }
    : { read: column => text(`cast(${column} as char)`), write: asItIs, comparable: false }
}
