/** Inputs and outcomes of the operations. A surface turns its input into one of these and its outcome into a response. */
import type { ErrorDetail } from '../error/index.ts'
import type { Value } from '../model/index.ts'
import type { FilterRequest, JsonText, Selection, ValueForm } from '../query/index.ts'

/** Which row: values of the key's fields (or of a unique), in canonical or `form` spelling. */
export interface RowAddress {
  readonly fields: readonly string[]
  readonly values: readonly unknown[]
}

interface WriteInput {
  readonly model: string
  readonly form: ValueForm
  /** What the answer holds; null: nothing is wanted back (Prefer: return=minimal). */
  readonly select: Selection | null
}

/** One row, or several at once. Bodies may hold nested writes one level deep. */
export interface CreateInput extends WriteInput {
  readonly rows: readonly unknown[]
  /** The rows came as an array: the outcome's JSON is an array, and pointers begin with the index. */
  readonly many: boolean
  /** Mistakes that whoever read the body has found already; they are told together with those found here. */
  readonly mistakes?: readonly ErrorDetail[]
}

export interface UpdateInput extends WriteInput {
  readonly address: RowAddress
  readonly changes: unknown
  /** The version of If-Match; null when the request has none. */
  readonly ifVersion: number | null
  /** Mistakes that whoever read the body has found already; they are told in their place in the order of refusals. */
  readonly mistakes?: readonly ErrorDetail[]
}

/** Creates the row, or updates the one that has the same values of `on`. */
export interface UpsertInput extends WriteInput {
  readonly on: readonly string[]
  readonly create: unknown
  readonly update: unknown
}

export interface DeleteInput {
  readonly model: string
  readonly form: ValueForm
  readonly address: RowAddress
  readonly ifVersion: number | null
}

export interface RestoreInput extends WriteInput {
  readonly address: RowAddress
}

/** Ties a row to another one over a manyToMany relation, or unties them. */
export interface LinkInput extends WriteInput {
  readonly address: RowAddress
  readonly relation: string
  /** The key of the row at the other end, in canonical form. */
  readonly other: readonly Value[]
  /** What is to be: true ties, false unties. */
  readonly linked: boolean
}

interface BulkInput {
  readonly model: string
  /** Of the values of the filter. */
  readonly form: ValueForm
  readonly where: FilterRequest
  readonly values: readonly unknown[]
}

export interface UpdateManyInput extends BulkInput {
  readonly changes: unknown
  /** The filter may come from elsewhere than the changes, and be spelled in another form. */
  readonly changesForm: ValueForm
}

export type DeleteManyInput = BulkInput

/** What a write gives back. */
export interface Written {
  /** JSON of the row or rows as the caller may read them; null when nothing is wanted or the caller may not read the row (204). */
  readonly json: JsonText | null
  /** Keys of the written rows. */
  readonly keys: readonly (readonly Value[])[]
  readonly count: number
  /** The new version of the one row, if its model has versions. */
  readonly version: number | null
  /** For upsert: whether the row is new. */
  readonly created: boolean
}
