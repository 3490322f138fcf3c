/** What the layers above see of the engine: operations and surfaces are written against this. */
import type { Value } from '../model/index.ts'
import type { AggregatePlan, Caller, ExecutionContext, FindPlan, JsonText, ValueForm } from '../query/index.ts'
import type { Eventually } from '../store/contract/index.ts'

/** The values that travel beside a request: slot `n` of the request is `values[n]`. A list slot holds an array. */
export interface RequestValues {
  readonly form: ValueForm
  readonly values: readonly unknown[]
  /** The page cursor as the client sent it, when the request seeks. */
  readonly cursor: string | null
}

/**
 * A request that is ready to run: made once per shape and caller class, used many times. Conditions of rules that the caller alone
 * decides (a role, say) are answered before planning, so one request has as many plans as there are different sets of answers; each is
 * made when a caller first needs it. What is refused for this caller is thrown by `run`, before any connection is used.
 */
export interface PreparedFind {
  /** Identifies the request's shape; cursors carry it. */
  readonly shape: string
  /** The plan and the store's command for this caller, for `explain` and golden files. */
  planned(caller: Caller): { readonly plan: FindPlan; readonly command: string }
  run(values: RequestValues, context: ExecutionContext): Eventually<FoundRows>
  explain(values: RequestValues, context: ExecutionContext): Eventually<string>
}

export interface FoundRows {
  /** JSON text: an array of rows; for one row an object, or null when there is none that the caller may read. */
  readonly json: JsonText | null
  readonly rows: number
  /** Cursors for the pages around this one; null when there is none. */
  readonly after: string | null
  readonly before: string | null
  readonly count: number | null
  readonly version: number | null
  /** The answer is the same for every caller: no rule or computed field on its way asked who is calling. */
  readonly sameForAll: boolean
}

export interface PreparedAggregate {
  planned(caller: Caller): { readonly plan: AggregatePlan; readonly command: string }
  run(
    values: RequestValues,
    context: ExecutionContext,
  ): Eventually<{ readonly json: string; readonly rows: number; readonly sameForAll: boolean }>
  explain(values: RequestValues, context: ExecutionContext): Eventually<string>
}

/** One changed row: the one source for outbox, cache, realtime and audit (semantics 22). */
export interface ChangeRecord {
  readonly model: string
  readonly key: readonly Value[]
  readonly operation: 'create' | 'update' | 'delete' | 'restore'
  /** Names of the changed fields; for create all that were given, for delete none. */
  readonly fields: readonly string[]
}

/** An event that leaves when the transaction commits. */
export interface OutboxEvent {
  readonly id: string
  readonly name: string
  readonly payload: Value
  readonly at: string
}
