/** What goes into an action and what comes out of it, however it was declared. */
import type { ErrorDetail } from '../../error/index.ts'
import type { JsonSchema, Value } from '../../model/index.ts'
import type { ExecutionContext, ValueForm } from '../../query/index.ts'

/** What was read, in JavaScript form, or all that is wrong with it. */
export type ReadInput =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: readonly ErrorDetail[] }

/** Where an input came from. */
export interface InputOrigin {
  readonly form: ValueForm
  /** Names of the input that came as text whatever the form of the rest: from the path. */
  readonly texts: readonly string[]
  /** Where the input stands in the body. */
  readonly pointer: string
}

export interface InputShape {
  read(input: unknown, origin: InputOrigin, context: ExecutionContext): ReadInput | Promise<ReadInput>
  readonly jsonSchema: JsonSchema
  /** The names on the outside, for what reads them one by one from a path or a query. */
  readonly names: readonly string[]
}

export interface OutputShape {
  /** The JSON value of what code gave; throws when that is not what was declared. */
  write(output: unknown): Value | Promise<Value>
  readonly jsonSchema: JsonSchema
}
