/** Values that are the same on every row: what remains of an expression when a caller who is not signed in has no attributes. */
import {
  booleanType,
  type Expression,
  type FieldType,
  integerType,
  isNever,
  type LiteralExpression,
  type Value,
} from '../model/index.ts'

const constant = (value: Value, type: FieldType): LiteralExpression => ({ kind: 'literal', value, type })

/** Null: the value depends on the row, or on something that is only known when the plan runs. */
export function constantOf(expression: Expression): LiteralExpression | null {
  switch (expression.kind) {
    case 'literal':
      return expression
    case 'condition':
      return expression.of.kind === 'constant' ? constant(expression.of.value, booleanType) : null
    case 'call': {
      const parts = expression.arguments.map(constantOf)
      if (expression.function === 'coalesce') {
        const first = parts.find(part => part === null || part.value !== null)
        return first === undefined ? constant(null, expression.type) : first
      }
      return parts.some(part => part?.value === null) ? constant(null, expression.type) : null
    }
    case 'aggregate':
      if (!isNever(expression.where)) return null
      return expression.function === 'count' ? constant(0, integerType) : constant(null, integerType)
    default:
      return null
  }
}
