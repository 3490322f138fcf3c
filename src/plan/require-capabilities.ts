/** Refuses, before any connection is used, what a store has said that it cannot do (semantics 20). */
import { refusal } from '../error/index.ts'
import type { Expression, Predicate } from '../model/index.ts'
import type { AggregatePlan, Capabilities, FindPlan, OrderTerm } from '../query/index.ts'

export function requireCapabilities(plan: FindPlan | AggregatePlan, capabilities: Capabilities): void {
  const conditions =
    plan.kind === 'find' ? [plan.root.where, ...(plan.count === null ? [] : [plan.count])] : [plan.where]
  for (const condition of conditions) requireInCondition(condition, capabilities)
  if (plan.kind === 'aggregate') {
    if (
      !capabilities.aggregates &&
      (plan.groupBy.length > 0 || plan.measures.some(each => each.function !== 'count'))
    ) {
      throw unsupported('it cannot compute figures over rows')
    }
    for (const { of } of plan.groupBy) requireInExpression(of, capabilities)
    return
  }
  for (const output of plan.root.outputs) if (output.kind === 'value') requireInExpression(output.of, capabilities)
  if (!capabilities.orderByAnything) requireKeyOrder(plan.root.order)
}

function requireInCondition(predicate: Predicate, capabilities: Capabilities): void {
  switch (predicate.kind) {
    case 'or':
    case 'not':
      if (!capabilities.or) throw unsupported('it cannot combine conditions by OR or negate them')
      if (predicate.kind === 'not') return requireInCondition(predicate.of, capabilities)
      return predicate.of.forEach(member => requireInCondition(member, capabilities))
    case 'and':
      return predicate.of.forEach(member => requireInCondition(member, capabilities))
    case 'some':
      if (!capabilities.joins) throw unsupported(`it cannot follow the relation ${predicate.relation} in a condition`)
      return requireInCondition(predicate.where, capabilities)
    case 'compare':
    case 'text':
    case 'array':
      requireInExpression(predicate.left, capabilities)
      return requireInExpression(predicate.right, capabilities)
    case 'in':
      return requireInExpression(predicate.left, capabilities)
    case 'isNull':
      return requireInExpression(predicate.of, capabilities)
    case 'seek':
      if (!capabilities.or && predicate.terms.length > 1) throw unsupported('it cannot page by more than one field')
      return predicate.terms.forEach(term => requireInExpression(term.of, capabilities))
    default:
      return
  }
}

function requireInExpression(expression: Expression, capabilities: Capabilities): void {
  if (expression.kind === 'call') for (const each of expression.arguments) requireInExpression(each, capabilities)
  if (expression.kind === 'condition') requireInCondition(expression.of, capabilities)
  if (capabilities.joins) return
  if (expression.kind === 'aggregate') throw unsupported(`it cannot follow the relation ${expression.relation}`)
  if (expression.kind === 'field' && expression.path.length > 0) {
    throw unsupported(`it cannot follow the relation ${expression.path.join('.')}`)
  }
}

function requireKeyOrder(order: readonly OrderTerm[]): void {
  if (order.length > 1) throw unsupported('it can order rows by their key only')
}

function unsupported(reason: string): Error {
  return refusal('store.unsupported', { store: 'of this model', reason })
}
