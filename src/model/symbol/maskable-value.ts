/** A computed value in whose place callers may see null, because the read rule of its field looks at the row. */
import type { Expression } from '../expression.ts'
import type { FieldType } from '../value.ts'
import { Condition } from './condition.ts'
import { booleanType } from './expression-type.ts'
import { type Below, type ExpressionSymbol, isExpressionSymbol, misused } from './literal.ts'
import { given, hand } from './trial.ts'

export class MaskableValue<out Of = unknown> implements ExpressionSymbol {
  /** The symbol that it was made of. */
  declare readonly '~masked': Of
  readonly '~expression': Expression
  readonly '~type': FieldType
  readonly '~nullable': boolean

  constructor(expression: Expression, type: FieldType, nullable: boolean) {
    this['~expression'] = expression
    this['~type'] = type
    this['~nullable'] = nullable
  }
}

export function maskableValue<Of>(written: Of, below: Below): MaskableValue<Of> {
  const value = given(written)
  if (value instanceof Condition) {
    const expression: Expression = { kind: 'condition', of: value['~predicate'] }
    return hand(new MaskableValue(expression, booleanType, false), 'maskable()')
  }
  if (!isExpressionSymbol(value)) throw misused('maskable()', 'it wants a value made from row and user', below)
  return hand(new MaskableValue(value['~expression'], value['~type'], value['~nullable']), 'maskable()')
}
