/** What other frameworks and APIs call what a read or write is told: whoever comes from one gets Plinth's word. */
import { nearest } from './nearest.ts'

/** Of several that are meant by one name the first that there is: not every page is counted from its beginning. */
const others: Readonly<Record<string, readonly string[]>> = {
  limit: ['first', 'pagesize', 'perpage', 'size', 'take', 'top'],
  offset: ['from', 'page', 'skip', 'start'],
  sort: ['order', 'orderby', 'ordering', 'sortby'],
  select: ['attributes', 'columns', 'fields', 'only', 'projection'],
  include: ['embed', 'expand', 'join', 'joins', 'populate', 'preload', 'relations', 'with'],
  where: ['condition', 'conditions', 'filter', 'filters'],
  after: ['cursor', 'offset', 'page', 'pagetoken', 'skip', 'start', 'startingafter'],
  before: ['endingbefore'],
  count: ['includetotal', 'total', 'totalcount'],
  changes: ['data', 'set', 'update', 'values'],
  eq: ['equals', 'exact'],
  ne: ['isnot', 'neq', 'not', 'notequals'],
  contains: ['like'],
  icontains: ['ilike', 'search'],
  gt: ['after'],
  lt: ['before'],
  notIn: ['nin'],
  on: ['conflict', 'onconflict', 'uniqueby', 'where'],
}

/** The candidate that is meant by another's word for it, or else the nearest. */
export function meant(word: string, candidates: readonly string[]): string {
  const name = word
    .slice(0, 40)
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase()
  const known = Object.keys(others).find(each => others[each]?.includes(name) === true && candidates.includes(each))
  return known ?? nearest(word, candidates)
}
