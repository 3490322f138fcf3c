/** Symbols that stand for a value: a field, a caller's attribute, a count, a sum … Comparing them gives conditions. */
import type {
  ArrayOperator,
  CallExpression,
  ComparisonOperator,
  Expression,
  Predicate,
  TextOperator,
} from '../expression.ts'
import type { OperatorName } from '../kind.ts'
import { kindOf } from '../kind/index.ts'
import type { FieldType } from '../value.ts'
import { type Condition, condition } from './condition.ts'
import {
  type Below,
  type ExpressionSymbol,
  isExpressionSymbol,
  listOperand,
  misused,
  operand,
  refuseArguments,
} from './literal.ts'
import { arithmeticType } from './expression-type.ts'
import { given, hand } from './trial.ts'

const numberKinds = new Set(['integer', 'bigint', 'decimal', 'float'])

export class ValueSymbol implements ExpressionSymbol {
  readonly '~expression': Expression
  readonly '~type': FieldType
  readonly '~nullable': boolean
  /** How messages call it: `row.state`. */
  readonly '~name': string

  constructor(expression: Expression, type: FieldType, nullable: boolean, name: string) {
    this['~expression'] = expression
    this['~type'] = type
    this['~nullable'] = nullable
    this['~name'] = name
  }

  is(value: unknown): Condition {
    return compare(this, 'eq', 'is', value, this.is)
  }

  isNot(value: unknown): Condition {
    return compare(this, 'ne', 'isNot', value, this.isNot)
  }

  lt(value: unknown): Condition {
    return compare(this, 'lt', 'lt', value, this.lt)
  }

  lte(value: unknown): Condition {
    return compare(this, 'lte', 'lte', value, this.lte)
  }

  gt(value: unknown): Condition {
    return compare(this, 'gt', 'gt', value, this.gt)
  }

  gte(value: unknown): Condition {
    return compare(this, 'gte', 'gte', value, this.gte)
  }

  in(values: unknown): Condition {
    return condition(isIn(this, values, 'in', this.in))
  }

  /** False for null, like every comparison. */
  notIn(values: unknown): Condition {
    const absent: Predicate = { kind: 'not', of: isIn(this, values, 'notIn', this.notIn) }
    if (!this['~nullable']) return condition(absent)
    const present: Predicate = { kind: 'not', of: { kind: 'isNull', of: this['~expression'] } }
    return condition({ kind: 'and', of: [present, absent] })
  }

  isNull(...given: readonly unknown[]): Condition {
    refuseArguments(given, `${this['~name']}.isNull()`, this.isNull)
    return condition({ kind: 'isNull', of: this['~expression'] })
  }

  contains(text: unknown): Condition {
    return textCondition(this, 'contains', false, text, this.contains)
  }

  startsWith(text: unknown): Condition {
    return textCondition(this, 'startsWith', false, text, this.startsWith)
  }

  endsWith(text: unknown): Condition {
    return textCondition(this, 'endsWith', false, text, this.endsWith)
  }

  icontains(text: unknown): Condition {
    return textCondition(this, 'contains', true, text, this.icontains)
  }

  istartsWith(text: unknown): Condition {
    return textCondition(this, 'startsWith', true, text, this.istartsWith)
  }

  iendsWith(text: unknown): Condition {
    return textCondition(this, 'endsWith', true, text, this.iendsWith)
  }

  iequals(text: unknown): Condition {
    return textCondition(this, 'equals', true, text, this.iequals)
  }

  has(element: unknown): Condition {
    const type = elementType(this, 'has', this.has)
    return arrayCondition(this, 'has', operand(element, type, `${this['~name']}.has()`, this.has))
  }

  hasAny(elements: unknown): Condition {
    const type = elementType(this, 'hasAny', this.hasAny)
    return arrayCondition(this, 'hasAny', listOperand(elements, type, `${this['~name']}.hasAny()`, this.hasAny))
  }

  hasAll(elements: unknown): Condition {
    const type = elementType(this, 'hasAll', this.hasAll)
    return arrayCondition(this, 'hasAll', listOperand(elements, type, `${this['~name']}.hasAll()`, this.hasAll))
  }

  plus(other: unknown): ValueSymbol {
    return arithmetic(this, 'add', 'plus', other, this.plus)
  }

  minus(other: unknown): ValueSymbol {
    return arithmetic(this, 'subtract', 'minus', other, this.minus)
  }

  times(other: unknown): ValueSymbol {
    return arithmetic(this, 'multiply', 'times', other, this.times)
  }

  [Symbol.toPrimitive](): never {
    throw misused(
      this['~name'],
      'it stands for a value that is only known when a request runs; compare it with is(), lt() and so on',
      this[Symbol.toPrimitive],
    )
  }
}

function needs(symbol: ValueSymbol, operator: OperatorName, method: string, below: Below): void {
  const kind = kindOf(symbol['~type'])
  if (!kind.operators.includes(operator)) {
    throw misused(`${symbol['~name']}.${method}()`, `values of the kind ${kind.name} have no "${operator}"`, below)
  }
}

function compare(
  symbol: ValueSymbol,
  operator: ComparisonOperator,
  method: string,
  value: unknown,
  below: Below,
): Condition {
  needs(symbol, operator, method, below)
  const right = operand(value, symbol['~type'], `${symbol['~name']}.${method}()`, below)
  return condition({ kind: 'compare', operator, left: symbol['~expression'], right })
}

function isIn(symbol: ValueSymbol, values: unknown, method: 'in' | 'notIn', below: Below): Predicate {
  needs(symbol, method, method, below)
  const list = listOperand(values, symbol['~type'], `${symbol['~name']}.${method}()`, below)
  return { kind: 'in', left: symbol['~expression'], list }
}

/** What is looked for is any text, whatever form the field's own values have. */
const anyText: FieldType = Object.freeze({ kind: 'text', options: Object.freeze({ max: 10_000 }) })

function textCondition(
  symbol: ValueSymbol,
  operator: TextOperator,
  insensitive: boolean,
  text: unknown,
  below: Below,
): Condition {
  const word = insensitive ? `i${operator}` : operator
  needs(symbol, operator === 'equals' ? 'contains' : operator, word, below)
  const right = operand(text, anyText, `${symbol['~name']}.${word}()`, below)
  return condition({ kind: 'text', operator, insensitive, left: symbol['~expression'], right })
}

function elementType(symbol: ValueSymbol, operator: ArrayOperator, below: Below): FieldType {
  needs(symbol, operator, operator, below)
  return symbol['~type'].element ?? anyText
}

const arrayCondition = (symbol: ValueSymbol, operator: ArrayOperator, right: Expression): Condition =>
  condition({ kind: 'array', operator, left: symbol['~expression'], right })

function arithmetic(
  symbol: ValueSymbol,
  operation: 'add' | 'subtract' | 'multiply',
  method: string,
  other: unknown,
  below: Below,
): ValueSymbol {
  const name = `${symbol['~name']}.${method}()`
  const own = symbol['~type']
  if (!numberKinds.has(own.kind)) throw misused(name, `values of the kind ${own.kind} cannot be calculated with`, below)
  const value = given(other)
  const foreign = isExpressionSymbol(value) ? value['~type'] : own
  const type = arithmeticType(operation, own, foreign)
  if (type === undefined)
    throw misused(name, `${own.kind} and ${foreign.kind} cannot be calculated with each other`, below)
  const right = operand(value, own, name, below)
  const nullable = symbol['~nullable'] || (isExpressionSymbol(value) && value['~nullable'])
  const call: CallExpression = { kind: 'call', function: operation, arguments: [symbol['~expression'], right], type }
  return hand(new ValueSymbol(call, type, nullable, name), name)
}
