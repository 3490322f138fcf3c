/** The words of the query grammar. Field names that would collide with them are refused at boot. */
import type { FilterOperator } from '../../../query/index.ts'

/** Operators by how their value is spelled: one text, or a list of texts. */
export const operatorValues: Readonly<Record<FilterOperator, 'one' | 'list'>> = Object.freeze({
  eq: 'one',
  ne: 'one',
  lt: 'one',
  lte: 'one',
  gt: 'one',
  gte: 'one',
  in: 'list',
  notIn: 'list',
  contains: 'one',
  startsWith: 'one',
  endsWith: 'one',
  icontains: 'one',
  istartsWith: 'one',
  iendsWith: 'one',
  iequals: 'one',
  has: 'one',
  hasAny: 'list',
  hasAll: 'list',
})

export type Quantifier = 'some' | 'every' | 'none'
export const quantifiers: readonly Quantifier[] = ['some', 'every', 'none']

export const groupWords: readonly string[] = ['and', 'or', 'not']

/** Parameters whose whole value belongs to the shape of a request, not to its values. */
export const structuralParameters: ReadonlySet<string> = new Set([
  'select',
  'include',
  'sort',
  'count',
  'withDeleted',
  'groupBy',
  'sum',
  'avg',
  'min',
  'max',
  'on',
])

/** Parameters whose value is one text that travels beside the request. */
export const valueParameters: ReadonlySet<string> = new Set(['limit', 'after', 'before'])

/** How the value after a name is spelled. */
export type ValueSpelling = 'one' | 'list' | 'group' | 'flag'

/** What the name of a condition says about the spelling of its value: `tags[hasAny]` is followed by a list. */
export function valueSpelling(name: string): ValueSpelling {
  if (name.charCodeAt(name.length - 1) !== 0x5d) return groupWords.includes(name) ? 'group' : 'one'
  const word = name.slice(name.lastIndexOf('[') + 1, -1)
  if (word === 'isNull') return 'flag'
  if (quantifiers.includes(word as Quantifier)) return 'group'
  return Object.hasOwn(operatorValues, word) ? operatorValues[word as FilterOperator] : 'one'
}
