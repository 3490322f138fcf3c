/** Which kind of field a column of PostgreSQL can be, by its type as `format_type` prints it. */
import { decimalScale, type FieldType } from '../../model/index.ts'
import { enumType, isEnum, longestText, storageOf, textType, typeOfKind } from '../sql/index.ts'
import { columnTypeOf } from './column-type.ts'

export interface TypeFacts {
  readonly name: string
  /** The labels of an enum, of its elements for a list; empty for everything else. */
  readonly labels: readonly string[]
  /** Lists of lists are no lists. */
  readonly dimensions: number
  /** The collation, where it is not the database's own. */
  readonly collation: string | null
}

export interface KindOfColumn {
  readonly type: FieldType
  /** The store would give a field of that kind this very type. */
  readonly usual: boolean
  /** What is lost or odd. */
  readonly note: string | null
}

/** Digits after the point of a number that has no bounds of its own. */
const looseScale = 10

export function kindOfType(facts: TypeFacts): KindOfColumn {
  const { name, collation } = facts
  const type = name.endsWith('[]') ? listOf(facts) : scalarOf(facts)
  if (type === null)
    return { type: textType(null), usual: false, note: `it is of the type ${name}, and is read and written as text` }
  const compared = storageOf(type) === 'text' || storageOf(type.element ?? type) === 'text'
  const usual = type.kind !== 'enum' && columnTypeOf(type) === name && (!compared || collation === 'C')
  return { type, usual, note: noteOf(facts, type) }
}

function noteOf({ name }: TypeFacts, type: FieldType): string | null {
  if (type.kind === 'decimal' && columnTypeOf(type) !== name && name !== 'money')
    return `it is ${name}, and is read and written with ${decimalScale(type)} digits after the point`
  return null
}

function listOf(facts: TypeFacts): FieldType | null {
  if (facts.dimensions > 1) return null
  const element = scalarOf({ ...facts, name: facts.name.slice(0, -2), dimensions: 0 })
  const fit = element !== null && listed.has(storageOf(element))
  return fit ? { kind: 'array', options: { max: mostElements }, element } : null
}

const listed = new Set(['text', 'integer', 'bigint', 'decimal', 'boolean', 'uuid', 'date', 'float'])
const mostElements = 100_000

function scalarOf({ name, labels }: TypeFacts): FieldType | null {
  if (labels.length > 0) return isEnum(labels) ? enumType(labels) : textType(null)
  const [, base = name, size, scale] = /^([^(]+)\((\d+)(?:,(-?\d+))?\)/u.exec(name) ?? []
  const most = size === undefined ? null : Number(size)
  switch (base.trim()) {
    case 'smallint':
      return typeOfKind('integer', { min: -32_768, max: 32_767 })
    case 'integer':
      return typeOfKind('integer')
    case 'bigint':
      return typeOfKind('bigint')
    case 'numeric':
      return decimalOf(most, Number(scale ?? 0))
    case 'money':
      return typeOfKind('decimal', { precision: 19, scale: 2 })
    case 'real':
    case 'double precision':
      return typeOfKind('float')
    case 'boolean':
    case 'date':
      return typeOfKind(base)
    case 'uuid':
      return typeOfKind('id')
    case 'json':
    case 'jsonb':
      return typeOfKind('json')
    case 'bytea':
      return typeOfKind('bytes', { max: longestText })
    case 'text':
    case 'citext':
    case 'name':
    case 'character varying':
    case 'character':
      return textType(most)
    default:
      if (name.startsWith('timestamp')) return typeOfKind('datetime')
      return /^time(?:\(\d\))? without time zone$/u.test(name) ? typeOfKind('time') : null
  }
}

function decimalOf(precision: number | null, scale: number): FieldType {
  const fits = precision !== null && precision <= 38 && scale >= 0 && scale <= precision
  return typeOfKind('decimal', fits ? { precision, scale } : { precision: 38, scale: looseScale })
}
