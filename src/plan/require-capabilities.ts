/** Refuses, before any connection is used, what a store has said that it cannot do (semantics 20). */
import { refusal } from '../error/index.ts'
import type { Expression, Predicate } from '../model/index.ts'
import type { Output, ReadNode, ReadPlan, WriteStep } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'

/** Refuses a plan that needs more than the store has. */
export function requireCapabilities(plan: ReadPlan | WriteStep, environment: PlanEnvironment): void {
  const { capabilities } = environment
  switch (plan.kind) {
    case 'find':
      requireInNode(plan.root, environment)
      if (plan.count !== null) requireInCondition(plan.count, environment)
      return
    case 'aggregate':
      if (
        !capabilities.aggregates &&
        (plan.groupBy.length > 0 || plan.measures.some(each => each.function !== 'count'))
      ) {
        throw unsupported(environment, 'it cannot compute figures over rows')
      }
      requireInCondition(plan.where, environment)
      for (const { of } of plan.groupBy) requireInExpression(of, environment)
      for (const { of } of plan.measures) if (of !== null) requireInExpression(of, environment)
      return
    case 'insert':
      if (plan.check !== null) requireInCondition(plan.check, environment)
      return
    case 'update':
    case 'delete':
      requireInCondition(plan.where, environment)
      return
    default:
      return plan satisfies never
  }
}

function requireInNode(node: ReadNode, environment: PlanEnvironment): void {
  requireInCondition(node.where, environment)
  for (const { of } of node.order) requireInExpression(of, environment)
  if (!environment.capabilities.orderByAnything && !isByKey(node, environment))
    throw unsupported(environment, 'it can order rows by their key only')
  for (const output of node.outputs) requireInOutput(output, environment)
}

function requireInOutput(output: Output, environment: PlanEnvironment): void {
  if (output.kind === 'object') {
    for (const inner of output.outputs) requireInOutput(inner, environment)
    return
  }
  if (output.visible !== null) requireInCondition(output.visible, environment)
  if (output.kind === 'value') requireInExpression(output.of, environment)
  else {
    if (output.link.links !== undefined) requireInCondition(output.link.links, environment)
    requireInNode(output.node, environment)
  }
}

function requireInCondition(predicate: Predicate, environment: PlanEnvironment): void {
  const { capabilities } = environment
  switch (predicate.kind) {
    case 'or':
    case 'not':
      if (!capabilities.or) throw unsupported(environment, 'it cannot combine conditions by OR or negate them')
      if (predicate.kind === 'not') return requireInCondition(predicate.of, environment)
      return predicate.of.forEach(member => requireInCondition(member, environment))
    case 'and':
      return predicate.of.forEach(member => requireInCondition(member, environment))
    case 'some':
      if (!capabilities.joins)
        throw unsupported(environment, `it cannot follow the relation ${predicate.relation} in a condition`)
      if (predicate.links !== undefined) requireInCondition(predicate.links, environment)
      return requireInCondition(predicate.where, environment)
    case 'compare':
    case 'text':
    case 'array':
      requireInExpression(predicate.left, environment)
      return requireInExpression(predicate.right, environment)
    case 'in':
      return requireInExpression(predicate.left, environment)
    case 'isNull':
      return requireInExpression(predicate.of, environment)
    case 'seek':
      if (!capabilities.or && predicate.terms.length > 1)
        throw unsupported(environment, 'it cannot page by more than one field')
      return predicate.terms.forEach(term => requireInExpression(term.of, environment))
    default:
      return
  }
}

function requireInExpression(expression: Expression, environment: PlanEnvironment): void {
  const { capabilities } = environment
  switch (expression.kind) {
    case 'call':
      return expression.arguments.forEach(each => requireInExpression(each, environment))
    case 'condition':
      return requireInCondition(expression.of, environment)
    case 'aggregate':
      if (!capabilities.joins) throw unsupported(environment, `it cannot follow the relation ${expression.relation}`)
      if (!capabilities.aggregates && expression.function !== 'count') {
        throw unsupported(environment, 'it cannot compute figures over rows')
      }
      if (expression.links !== undefined) requireInCondition(expression.links, environment)
      return requireInCondition(expression.where, environment)
    case 'field':
      if (capabilities.joins || expression.path.length === 0) return
      throw unsupported(environment, `it cannot follow the relation ${expression.path.join('.')}`)
    default:
      return
  }
}

function isByKey({ model, order }: ReadNode, { graph }: PlanEnvironment): boolean {
  const key = graph.models[model]?.key ?? []
  return order.every(({ of }, index) => of.kind === 'field' && of.path.length === 0 && of.field === key[index])
}

export function unsupported({ store }: PlanEnvironment, reason: string): Error {
  return refusal('store.unsupported', { store, reason })
}
