/** The types of hooks. */
import type { Database } from './database.ts'
import type { DraftRow, StoredRow } from './rows.ts'
import type { NativeKey, SchemaShape } from './schema.ts'
import type { Value } from '../value.ts'

/** Whoever an operation runs for. */
export interface HookCaller<S extends SchemaShape> {
  readonly class: 'anonymous' | 'signedIn' | 'system'
  readonly isSignedIn: boolean
  /** The key of the caller's row; null unless somebody is signed in. */
  readonly key: (S['caller'] extends keyof S['models'] ? NativeKey<S, S['caller']> : never) | null
  /** The fields of the caller's row that rules use. */
  readonly attributes: Readonly<Record<string, Value>>
  /** Why the system acts, for `system`. */
  readonly reason: string | null
}

interface HookInput<S extends SchemaShape, Rows, Previous> {
  /** All rows of the operation. Before-hooks may change them in place. */
  readonly rows: Rows
  /** The same rows as they were stored before; empty for create. */
  readonly previous: Previous
  /** The database with the caller's rights, inside the operation's transaction. */
  readonly db: Database<S>
  readonly caller: HookCaller<S>
  /** The request's one moment. */
  readonly now: Date
  /** An event that leaves when the transaction commits, and only then. */
  emit(name: string, payload?: unknown): void
}

type Hook<S extends SchemaShape, Rows, Previous> = (input: HookInput<S, Rows, Previous>) => void | Promise<void>

/** Hooks of one model. Fields are in their JavaScript form. Before an update, `rows` hold what changes. */
export interface HookFunctions<M, S extends SchemaShape> {
  readonly beforeCreate?: Hook<S, DraftRow<M, S>[], readonly []>
  readonly afterCreate?: Hook<S, readonly Readonly<StoredRow<M, S>>[], readonly []>
  readonly beforeUpdate?: Hook<S, Partial<StoredRow<M, S>>[], readonly Readonly<StoredRow<M, S>>[]>
  readonly afterUpdate?: Hook<S, readonly Readonly<StoredRow<M, S>>[], readonly Readonly<StoredRow<M, S>>[]>
  readonly beforeDelete?: Hook<S, readonly Readonly<StoredRow<M, S>>[], readonly Readonly<StoredRow<M, S>>[]>
  readonly afterDelete?: Hook<S, readonly Readonly<StoredRow<M, S>>[], readonly Readonly<StoredRow<M, S>>[]>
}
