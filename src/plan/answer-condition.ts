/** Conditions of which all is known are answered here, without a store: those that the caller alone decides, and checks of a row at hand. */
import { foldCase } from '../lib/index.ts'
import {
  type ArrayOperator,
  comparisonOutcomes,
  type Expression,
  type FieldType,
  kindOf,
  type ModelGraph,
  type ModelNode,
  type Predicate,
  textOutcomes,
  type TextOperator,
  type Value,
} from '../model/index.ts'
import type { Caller } from '../query/index.ts'
import { callerAttributeType } from './environment.ts'

/** Answers such a condition for one caller, by the same two-valued logic that stores follow. */
export function answerForCaller(predicate: Predicate, caller: Caller, graph: ModelGraph): boolean {
  return answerBy(predicate, {
    isSignedIn: caller.class === 'signedIn',
    value(expression) {
      if (expression.kind !== 'caller') throw undecided(expression)
      return caller.attributes[expression.attribute] ?? null
    },
    type: expression => (expression.kind === 'caller' ? callerAttributeType(graph, expression.attribute) : undefined),
  })
}

/** Answers a condition on nothing but the own fields of a row, such as a check. Throws when it needs what is not known of the row. */
export function answerForRow(predicate: Predicate, row: Readonly<Record<string, Value>>, model: ModelNode): boolean {
  return answerBy(predicate, {
    isSignedIn: false,
    value(expression) {
      const value = expression.kind === 'field' ? row[expression.field] : undefined
      if (value === undefined) throw undecided(expression)
      return value
    },
    type: expression => (expression.kind === 'field' ? model.fields[expression.field]?.type : undefined),
  })
}

const undecided = ({ kind }: { readonly kind: string }): Error => new Error(`Only a store decides ${kind}`)

/** What is known of expressions that are no literals. */
interface Knowledge {
  readonly isSignedIn: boolean
  value(expression: Expression): Value
  type(expression: Expression): FieldType | undefined
}

function answerBy(predicate: Predicate, knowledge: Knowledge): boolean {
  const value = (expression: Expression): Value =>
    expression.kind === 'literal' ? expression.value : knowledge.value(expression)
  /** A literal takes the type of what it is compared with. */
  const typeOf = (expression: Expression, other: Expression): FieldType => {
    const type =
      knowledge.type(expression) ??
      (other.kind === 'literal' ? other.type : expression.kind === 'literal' ? expression.type : undefined)
    if (type === undefined) throw undecided(expression)
    return type
  }
  const compare = (left: Expression, right: Expression, accept: (order: number) => boolean): boolean => {
    const [one, other] = [value(left), value(right)]
    if (one === null || other === null) return false
    const type = typeOf(left, right)
    return accept(kindOf(type).compare(one, other, type))
  }
  const answer = (condition: Predicate): boolean => {
    switch (condition.kind) {
      case 'constant':
        return condition.value
      case 'signedIn':
        return knowledge.isSignedIn
      case 'and':
        return condition.of.every(answer)
      case 'or':
        return condition.of.some(answer)
      case 'not':
        return !answer(condition.of)
      case 'isNull':
        return value(condition.of) === null
      case 'compare':
        return compare(condition.left, condition.right, comparisonOutcomes[condition.operator])
      case 'in': {
        const [one, list] = [value(condition.left), value(condition.list)]
        if (one === null || !Array.isArray(list)) return false
        const type = typeOf(condition.left, condition.left)
        return list.some((other: Value) => other !== null && kindOf(type).compare(one, other, type) === 0)
      }
      case 'text':
        return answerText(condition.operator, condition.insensitive, value(condition.left), value(condition.right))
      case 'array':
        return answerArray(condition.operator, value(condition.left), value(condition.right))
      default:
        throw undecided(condition)
    }
  }
  return answer(predicate)
}

function answerText(operator: TextOperator, insensitive: boolean, left: Value, right: Value): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return false
  const [text, part] = insensitive ? [foldCase(left), foldCase(right)] : [left, right]
  return textOutcomes[operator](text, part)
}

function answerArray(operator: ArrayOperator, left: Value, right: Value): boolean {
  if (!Array.isArray(left) || right === null) return false
  const has = (element: Value): boolean => left.some((each: Value) => JSON.stringify(each) === JSON.stringify(element))
  if (operator === 'has') return has(right)
  if (!Array.isArray(right)) return false
  return operator === 'hasAny' ? right.some(has) : right.every(has)
}
