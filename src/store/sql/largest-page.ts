/**
 * Pages within the largest page of their plan. A database that plans a statement once for all values does not know how many rows are asked
 * for; so they are cut out of the largest page, whose size is a number in the text. That is for pages alone that are found in the same way
 * whatever the values are. A filter by what somebody asks for is another matter: of rows with a rare state the index of states knows best, of
 * rows with a common one the order of the page, and only who knows the value can tell. A list of 400,000 rows took 25 ms for a rare state by
 * the plan for common ones, and 1 ms by its own.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Predicate } from '../../model/index.ts'
import type { FindPlan, ReadNode } from '../../query/index.ts'
import type { SqlDialect } from './dialect.ts'
import { page } from './select.ts'
import type { Statement } from './statement.ts'

/** How many rows the largest page has; null where none is needed or known, or the page begins after others. */
export function largestPage(plan: FindPlan, dialect: SqlDialect): number | null {
  const { root, parameters } = plan
  if (!dialect.guessesLimits || root.limit === null || root.offset !== null || !fitsAllValues(plan)) return null
  const limit = parameters[root.limit]
  return limit?.source === 'limit' ? limit.maximum + limit.peek : null
}

/** The page, out of a select of the largest one; null: the select gives no more rows than are asked for. */
export const cutPage = (rows: string, root: ReadNode, statement: Statement, largest: number | null): string =>
  largest === null ? rows : `select * from (${rows}) p ${page(root, statement)}`

const ranges: ReadonlySet<string> = new Set(['lt', 'lte', 'gt', 'gte'])

/** Whether the page is found in the same way whatever its values are, so that one plan does for all of them. */
function fitsAllValues({ root, parameters }: FindPlan): boolean {
  const [first] = root.order
  const ownRange = (one: Predicate): boolean =>
    one.kind === 'compare' &&
    ranges.has(one.operator) &&
    one.left.kind === 'field' &&
    one.right.kind === 'parameter' &&
    isDeepStrictEqual(one.left, first?.of)
  const fits = (one: Predicate): boolean => {
    // The page begins further on in its order, or ends before its end.
    if (one.kind === 'seek' || ownRange(one)) return true
    if (one.kind === 'and') return one.of.every(fits)
    const used = parametersIn(one)
    // Which rows are the caller's own, or open to all: no index serves that, the order of the page does.
    return used.length === 0 || (one.kind === 'or' && used.every(index => parameters[index]?.source === 'caller'))
  }
  return fits(root.where)
}

function parametersIn(part: unknown): readonly number[] {
  if (Array.isArray(part)) return part.flatMap(parametersIn)
  if (typeof part !== 'object' || part === null) return []
  if ('kind' in part && part.kind === 'parameter' && 'index' in part) return [Number(part.index)]
  return Object.values(part).flatMap(parametersIn)
}
