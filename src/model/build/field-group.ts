/** A group of the options `unique` and `index`, in the long form. */
import type { ModelOptions } from '../model.ts'

export interface FieldGroup {
  readonly fields: readonly string[]
  readonly ignoreCase: readonly string[]
}

type Given = NonNullable<ModelOptions['unique']>[number]

export const fieldGroup = (given: Given): FieldGroup => ('fields' in given ? given : { fields: given, ignoreCase: [] })
