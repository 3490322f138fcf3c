/**
 * The steps of writes as stores carry them out. Each takes any number of rows in one statement. A write request is a fixed list of such
 * steps and reads; the engine runs the list in one transaction.
 */
import type { Expression, FieldType, Predicate } from '../model/index.ts'
import type { CallerClass } from './caller.ts'
import type { Parameter } from './parameter.ts'
import type { Output, planFormat } from './read-plan.ts'

interface StepBase {
  readonly format: typeof planFormat
  readonly model: string
  readonly caller: CallerClass
  readonly parameters: readonly Parameter[]
}

/** The one row that is written, as its writer may read it (semantics 3). Only the row's own fields are spoken of. */
export interface Answer {
  readonly readable: Predicate
  readonly outputs: readonly Output[]
  readonly versionField: string | null
  /** What of it is calculated from numbers, and may leave its type. Absent: nothing. */
  readonly calculated?: readonly string[]
}

/** Insert rows; a row that does not fulfil `check` is left out, which the engine sees by the number of inserted rows. */
export interface InsertPlan extends StepBase {
  readonly kind: 'insert'
  /** The fields of each row, in the order in which the rows' values come. */
  readonly fields: readonly { readonly field: string; readonly type: FieldType }[]
  /** One row or many: stores may compile them differently. */
  readonly many: boolean
  /** The create rule over the candidate row (row 0), relations included; null when it is always true. */
  readonly check: Predicate | null
  /** Do nothing where a row with the same values of these fields exists (links; upsert's first half). */
  readonly ignoreConflictOn: readonly string[] | null
  /** Fields that the database makes (sequence keys) and the engine needs back. */
  readonly returning: readonly string[]
  /** Null where the row is read back by itself. */
  readonly answer: Answer | null
}

/** Update rows that fulfil `where`. When nothing is set, they are locked until the transaction ends, and stay as they are. */
export interface UpdatePlan extends StepBase {
  readonly kind: 'update'
  readonly where: Predicate
  readonly set: readonly { readonly field: string; readonly to: Expression }[]
  /** Return the keys of the changed rows. */
  readonly returning: readonly string[]
  /** It changes the one row that it names by its key, and the store needs no transaction for it. */
  readonly single: boolean
  /** Null where the row is read back by itself. */
  readonly answer: Answer | null
}

/** Delete rows that fulfil `where`. */
export interface DeletePlan extends StepBase {
  readonly kind: 'delete'
  readonly where: Predicate
  readonly returning: readonly string[]
  /** It deletes the one row that it names by its key, and the store needs no transaction for it. */
  readonly single: boolean
}

export type WriteStep = InsertPlan | UpdatePlan | DeletePlan
