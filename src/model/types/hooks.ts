/** The types of hooks. */
import type { SchemaShape } from './schema.ts'
import type { StoredRow } from './rows.ts'

type Later = void | Promise<void>

interface HookInput<Database> {
  /** The database with the caller's rights, inside the operation's transaction. */
  readonly db: Database
  /** Who writes. */
  readonly caller: HookCaller
  /** The request's one moment. */
  readonly now: Date
}

/** Whoever the operation runs for. */
export interface HookCaller {
  readonly class: 'anonymous' | 'signedIn' | 'system'
  /** The values of the key of the caller's row; empty unless signed in. */
  readonly key: readonly unknown[]
}

/** A change of one row. */
export interface RowChange<Row> {
  readonly before: Readonly<Row>
  readonly after: Row
}

/**
 * Hooks of one model. Rows are complete, with all stored fields in their JavaScript form. Before-hooks may assign to fields of `rows`
 * (and of `changes[n].after`); assigning to a key has no effect.
 */
export interface HookFunctions<S extends SchemaShape, M, Database> {
  readonly beforeCreate?: (input: HookInput<Database> & { readonly rows: readonly StoredRow<S, M>[] }) => Later
  readonly afterCreate?: (input: HookInput<Database> & { readonly rows: readonly Readonly<StoredRow<S, M>>[] }) => Later
  readonly beforeUpdate?: (input: HookInput<Database> & { readonly changes: readonly RowChange<StoredRow<S, M>>[] }) => Later
  readonly afterUpdate?: (input: HookInput<Database> & { readonly changes: readonly RowChange<Readonly<StoredRow<S, M>>>[] }) => Later
  readonly beforeDelete?: (input: HookInput<Database> & { readonly rows: readonly Readonly<StoredRow<S, M>>[] }) => Later
  readonly afterDelete?: (input: HookInput<Database> & { readonly rows: readonly Readonly<StoredRow<S, M>>[] }) => Later
}
