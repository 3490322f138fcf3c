/** Which queries by hand may leave something in their session. */
import type { CompiledQuery } from 'kysely'

const plain: ReadonlySet<string> = new Set([
  'SelectQueryNode',
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
  'MergeQueryNode',
])

/** Begins like what only reads or changes rows. */
const plainBeginning = /^\s*(select|with|insert|update|delete|merge|values|table|explain|show)\b/i
/** Settings, locks and variables of the session, and tables that are gone with it. */
const trace = /\b(set_config|\w*advisory_lock\w*|get_lock|temp|temporary)\b|:=|@/i

/** Whether a query may leave something in its session that the next one would meet there. */
export function leavesTraces({ query, sql }: CompiledQuery): boolean {
  return (!plain.has(query.kind) && !plainBeginning.test(sql)) || trace.test(sql)
}
