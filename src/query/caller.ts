/** Who is asking. */
import type { Value } from '../model/index.ts'

/** The classes of caller that plans are made for: rules are folded by class, never by person. */
export type CallerClass = 'anonymous' | 'signedIn' | 'system'

export interface Caller {
  readonly class: CallerClass
  /** The key of the caller's row; empty unless signed in. */
  readonly key: readonly Value[]
  /** The fields of the caller's row that rules may use, resolved once per request (semantics 10). */
  readonly attributes: Readonly<Record<string, Value>>
  /** Why the system acts, for `system`. */
  readonly reason: string | null
}

/** The system itself, and why it acts. */
export const systemCaller = (reason: string): Caller =>
  Object.freeze({ class: 'system', key: [], attributes: {}, reason })

export const anonymous: Caller = Object.freeze({ class: 'anonymous', key: [], attributes: {}, reason: null })
