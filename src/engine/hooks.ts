/** Hooks as the engine runs them: each is called once per operation with all of its rows (semantics 23). */
import type { HookMoment } from '../model/index.ts'
import type { Caller } from '../query/index.ts'

/** The caller as code sees one: the key is its value, or an object of its parts; null unless signed in. */
export interface HookCaller extends Omit<Caller, 'key'> {
  readonly isSignedIn: boolean
  readonly key: unknown
}

/** What a hook is given. `db` has the caller's rights and is inside the operation's transaction. */
export interface HookInput {
  /** Rows in JavaScript form. Before-hooks may change them in place; for updates they hold the changed fields only. */
  readonly rows: Record<string, unknown>[]
  /** The rows as they are stored; for updates and deletes. */
  readonly previous: readonly Record<string, unknown>[]
  readonly db: unknown
  readonly caller: HookCaller
  readonly now: Date
  emit(name: string, payload: unknown): void
}

export type Hook = (input: HookInput) => unknown

/** The hooks of an application by model and moment. */
export type HookTable = Readonly<Record<string, Readonly<Partial<Record<HookMoment, readonly Hook[]>>>>>
