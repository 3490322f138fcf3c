/** How many rows a list may have, as a parameter of the plan. */
import type { FindRequest, NestedRequest } from '../query/index.ts'
import type { Planning } from './planning.ts'

/**
 * The index of the parameter: the request's limit, or `fallback`. `peek` more rows are fetched to see whether others follow. What the application
 * declares itself may be more than requests may ask for.
 */
export function rowLimit(
  planning: Planning,
  { limit, fixedLimit }: Pick<FindRequest | NestedRequest, 'limit' | 'fixedLimit'>,
  fallback: number,
  peek: 0 | 1,
  name: string,
): number {
  const { maximumPage } = planning.environment.limits
  return planning.parameter({
    source: 'limit',
    slot: limit,
    fallback: fixedLimit ?? fallback,
    maximum: Math.max(maximumPage, fixedLimit ?? 0),
    peek,
    name,
  }).index
}
