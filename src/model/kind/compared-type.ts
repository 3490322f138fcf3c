/** How values are read that are only compared with what is stored. */
import type { FieldType } from '../value.ts'

/** What these kinds ask of new values. What is stored may be older than the bound, and is found and paged all the same. */
const bounds: Readonly<Record<string, readonly string[]>> = {
  integer: ['min', 'max'],
  float: ['min', 'max'],
  text: ['min', 'max', 'pattern'],
  slug: ['max'],
  url: ['max'],
  bytes: ['max'],
}

/** These kinds have a bound of their own where none is declared. */
const longest = 10_000_000

const known = new WeakMap<FieldType, FieldType>()

/** The type without what it asks of new values; the same one where it asks nothing. */
export function comparedType(type: FieldType): FieldType {
  const names = bounds[type.kind]
  if (names === undefined || !names.some(name => type.options[name] !== undefined)) return type
  let compared = known.get(type)
  if (compared === undefined) {
    const kept = Object.entries(type.options).filter(([name]) => !names.includes(name))
    const isNumber = type.kind === 'integer' || type.kind === 'float'
    const options = Object.fromEntries(isNumber ? kept : [...kept, ['max', longest]])
    compared = Object.freeze({ ...type, options: Object.freeze(options) })
    known.set(type, compared)
  }
  return compared
}
