/** Gathering many rows beside a database that has one writer, so that this one is taken up only while all of them are put in their place. */
import type { PlinthError } from '../../error/index.ts'
import type { ModelNode } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { Store } from './store.ts'

export interface StagingStore {
  /** Null: rows of this model cannot be gathered apart, such as those that the database numbers. */
  stage(model: ModelNode): Promise<Staging | null>
}

/** A row of the staging that cannot be put in its place. */
export interface StagedConflict {
  readonly line: number
  readonly error: PlinthError
}

export interface Staging extends AsyncDisposable {
  /** Has the model's table, without rows: what is created there is checked as always, but for what rows of the database stand against. */
  readonly store: Store
  /** Called after rows were created, in the same transaction: from which lines they came, in their order. */
  note(lines: readonly number[]): void
  /** Rows that rows of the database stand against, or that refer to none. About so many at most. */
  conflicts(most: number): readonly StagedConflict[]
  /** Puts all of them in their place, in one transaction. False: something stands against it by now, and nothing has changed. */
  merge(context: ExecutionContext): Promise<boolean>
}
