/** The execution context: passed explicitly from the surface down to the store. */
import { type Caller, systemCaller } from './caller.ts'
import type { Consistency } from './consistency.ts'

/** One thing worth seeing: a statement, a step, a refusal. The list of kinds is closed; sinks choose what to do with them. */
export type Observation =
  | {
      readonly kind: 'statement'
      readonly command: string
      readonly milliseconds: number
      readonly rows: number
      readonly where: 'inline' | 'worker' | 'writer' | 'pipelined' | 'pooled' | 'transaction'
      /** The replica that answered, as `host:port`; absent where the store's own database did. */
      readonly replica?: string
    }
  | {
      readonly kind: 'plan'
      readonly model: string
      readonly operation: string
      readonly cached: boolean
      readonly milliseconds: number
    }
  | { readonly kind: 'step'; readonly name: string; readonly milliseconds: number }
  | { readonly kind: 'commit'; readonly milliseconds: number; readonly members: number }

export type Observe = (observation: Observation) => void

export interface ExecutionContext {
  readonly caller: Caller
  /** The request's one moment, canonical datetime. */
  readonly now: string
  /** When the work has to be done, in milliseconds of the epoch. */
  readonly deadline: number
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal | null
  /** Absent in production unless asked for: nobody pays for what nobody looks at. */
  readonly observe: Observe | null
  /** The id of the request, for logs and events. */
  readonly trace: string
  /** The transaction that this context is inside of, if it is. Opaque to all but the store that made it. */
  readonly transaction: TransactionHandle | null
  /** Null: reads see all that has been committed. */
  readonly consistency: Consistency | null
}

/** The same context for work that the system does itself, and why it does. */
export const asSystem = (context: ExecutionContext, reason: string): ExecutionContext => ({
  ...context,
  caller: systemCaller(reason),
})

/** A transaction that a store began. Opaque. */
export interface TransactionHandle {
  readonly store: string
  /** What the engine remembers of it: null when a store makes it, and none of its business afterwards. */
  remembered: unknown
}
