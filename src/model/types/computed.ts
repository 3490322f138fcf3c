/** The types of computed fields: columns as others are, but that nobody writes them. */
import type { ScalarField } from '../field/scalar-field.ts'
import type { MaskableValue } from '../symbol/maskable-value.ts'
import type { Flag } from './column.ts'
import type { InputOfSymbol, OperatorsOfSymbol, ValueOfSymbol } from './symbols.ts'

/** The column of a computed value. */
export type ComputedColumn<T> = T extends MaskableValue<infer Of> ? ColumnOf<Of, 'maskable'> : ColumnOf<T, never>

type ColumnOf<T, Flags extends Flag> = ScalarField<
  Exclude<ValueOfSymbol<T>, null>,
  InputOfSymbol<T>,
  OperatorsOfSymbol<T>,
  Flags | (null extends ValueOfSymbol<T> ? 'optional' : never)
>
