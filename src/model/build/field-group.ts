/** A group of the options `unique` and `index`, in the long form. */
import type { ModelOptions } from '../model.ts'

export interface NamedFields {
  readonly fields: readonly string[]
  readonly ignoreCase: readonly string[]
}

type Given = NonNullable<ModelOptions['unique']>[number]

export const fieldGroup = (given: Given): NamedFields => ('fields' in given ? given : { fields: given, ignoreCase: [] })
