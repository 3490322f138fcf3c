/** Conditions that the caller alone decides are answered with the caller's attributes before planning. */
import { foldCase } from '../lib/index.ts'
import { type Expression, kindOf, type ModelGraph, type Predicate, type Value } from '../model/index.ts'
import type { Caller } from '../query/index.ts'
import { callerAttributeType } from './environment.ts'

/** Answers such a condition for one caller, by the same two-valued logic that stores follow. */
export function answerForCaller(predicate: Predicate, caller: Caller, graph: ModelGraph): boolean {
  const value = (expression: Expression): Value => {
    if (expression.kind === 'literal') return expression.value
    if (expression.kind === 'caller') return caller.attributes[expression.attribute] ?? null
    throw new Error(`A condition on the caller cannot hold ${expression.kind}`)
  }
  const compare = (left: Expression, right: Expression, accept: (order: number) => boolean): boolean => {
    const [one, other] = [value(left), value(right)]
    if (one === null || other === null) return false
    const typed = left.kind === 'literal' ? left : right
    const type =
      left.kind === 'caller'
        ? callerAttributeType(graph, left.attribute)
        : typed.kind === 'literal'
          ? typed.type
          : undefined
    if (type === undefined) throw new Error('A condition on the caller compares nothing that has a type')
    return accept(kindOf(type).compare(one, other, type))
  }
  const answer = (condition: Predicate): boolean => {
    switch (condition.kind) {
      case 'constant':
        return condition.value
      case 'signedIn':
        return caller.class === 'signedIn'
      case 'and':
        return condition.of.every(answer)
      case 'or':
        return condition.of.some(answer)
      case 'not':
        return !answer(condition.of)
      case 'isNull':
        return value(condition.of) === null
      case 'compare':
        return compare(condition.left, condition.right, comparisons[condition.operator])
      case 'in': {
        const list = value(condition.list)
        const { left } = condition
        const type =
          left.kind === 'caller'
            ? callerAttributeType(graph, left.attribute)
            : left.kind === 'literal'
              ? left.type
              : null
        const one = value(left)
        if (type === null || one === null || !Array.isArray(list)) return false
        return list.some((other: Value) => other !== null && kindOf(type).compare(one, other, type) === 0)
      }
      case 'text':
        return answerText(condition.operator, condition.insensitive, value(condition.left), value(condition.right))
      case 'array':
        return answerArray(condition.operator, value(condition.left), value(condition.right))
      default:
        throw new Error(`The caller alone does not decide ${condition.kind}`)
    }
  }
  return answer(predicate)
}

const comparisons = {
  eq: (order: number) => order === 0,
  ne: (order: number) => order !== 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
} as const

function answerText(operator: string, insensitive: boolean, left: Value, right: Value): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return false
  const [text, part] = insensitive ? [foldCase(left), foldCase(right)] : [left, right]
  if (operator === 'contains') return text.includes(part)
  if (operator === 'startsWith') return text.startsWith(part)
  if (operator === 'endsWith') return text.endsWith(part)
  return text === part
}

function answerArray(operator: string, left: Value, right: Value): boolean {
  if (!Array.isArray(left) || right === null) return false
  const has = (element: Value): boolean => left.some((each: Value) => JSON.stringify(each) === JSON.stringify(element))
  if (operator === 'has') return has(right)
  if (!Array.isArray(right)) return false
  return operator === 'hasAny' ? right.some(has) : right.every(has)
}
