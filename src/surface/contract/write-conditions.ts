/** Conditions in the headers of writes: what cannot be met is said to be so, since a write that ignores one does harm. */
import { refusal } from '../../error/index.ts'
import { versionOf } from './entity-tag.ts'
import type { Exchange } from './exchange.ts'

/** The version that If-Match asks of the one row that is written; null: none. */
export function versionAsked(exchange: Exchange): number | null {
  refuseNoneMatch(exchange)
  return versionOf(exchange.header('if-match'))
}

/** For writes that are not of one row which is there. */
export function refuseConditions(exchange: Exchange): void {
  refuseNoneMatch(exchange)
  if (exchange.header('if-match') === undefined) return
  throw refusal('request.unsupported-header', { name: 'If-Match', reason: 'it is for one row that exists' })
}

function refuseNoneMatch(exchange: Exchange): void {
  if (exchange.header('if-none-match') === undefined) return
  throw refusal('request.unsupported-header', { name: 'If-None-Match', reason: 'it is for reads' })
}
