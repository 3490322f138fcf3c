/** Refuses, before any connection is used, what a store has said that it cannot do (semantics 20). */
import { refusal } from '../error/index.ts'
import type { Expression, ModelGraph, ModelNode, Predicate } from '../model/index.ts'
import type { AggregatePlan, Capabilities, FindPlan, OrderTerm, Output, ReadNode, WriteStep } from '../query/index.ts'
import type { PlanEnvironment } from './environment.ts'

/** Refuses a plan that needs more than the store has. */
export function requireCapabilities(plan: FindPlan | AggregatePlan | WriteStep, environment: PlanEnvironment): void {
  const { capabilities, graph } = environment
  switch (plan.kind) {
    case 'find':
      requireInNode(plan.root, graph, capabilities)
      if (plan.count !== null) requireInCondition(plan.count, capabilities)
      return
    case 'aggregate':
      if (
        !capabilities.aggregates &&
        (plan.groupBy.length > 0 || plan.measures.some(each => each.function !== 'count'))
      ) {
        throw unsupported('it cannot compute figures over rows')
      }
      requireInCondition(plan.where, capabilities)
      for (const { of } of plan.groupBy) requireInExpression(of, capabilities)
      for (const { of } of plan.measures) if (of !== null) requireInExpression(of, capabilities)
      return
    case 'insert':
      if (plan.check !== null) requireInCondition(plan.check, capabilities)
      return
    case 'update':
    case 'delete':
      requireInCondition(plan.where, capabilities)
      return
    default:
      return plan satisfies never
  }
}

/** Refuses at boot what the models alone show: constraints and keys that the store cannot keep. */
export function requireFit(graph: ModelGraph, capabilities: Capabilities, store: string): void {
  for (const model of Object.values(graph.models)) {
    const reason = misfit(model, capabilities)
    if (reason !== null) throw refusal('boot.store-unable', { store, model: model.name, reason })
  }
}

function misfit(model: ModelNode, capabilities: Capabilities): string | null {
  const [unique] = model.uniques
  if (!capabilities.unique && unique !== undefined) {
    return `it cannot keep ${unique.fields.join(', ')} unique`
  }
  const reference = Object.values(model.relations).find(relation => relation.kind === 'belongsTo')
  if (!capabilities.foreignKeys && reference !== undefined)
    return `it cannot keep the reference ${reference.name} whole`
  for (const { name, column, type, default: value } of Object.values(model.fields)) {
    if (capabilities.reservedColumns.has(column))
      return `${name} would be kept in a column "${column}", and every table has one by itself`
    if (!capabilities.sequences && value?.from === 'sequence') return `it cannot count up ${name}`
    const { precision } = type.options
    if (type.kind === 'decimal' && typeof precision === 'number' && precision > capabilities.decimalPrecision) {
      return `${name} has ${precision} digits, and it keeps at most ${capabilities.decimalPrecision}`
    }
  }
  return null
}

function requireInNode(node: ReadNode, graph: ModelGraph, capabilities: Capabilities): void {
  requireInCondition(node.where, capabilities)
  for (const { of } of node.order) requireInExpression(of, capabilities)
  if (!capabilities.orderByAnything) requireKeyOrder(node.order, graph.models[node.model]?.key ?? [])
  for (const output of node.outputs) requireInOutput(output, graph, capabilities)
}

function requireInOutput(output: Output, graph: ModelGraph, capabilities: Capabilities): void {
  if (output.kind === 'object') {
    for (const inner of output.outputs) requireInOutput(inner, graph, capabilities)
    return
  }
  if (output.visible !== null) requireInCondition(output.visible, capabilities)
  if (output.kind === 'value') requireInExpression(output.of, capabilities)
  else {
    if (output.link.links !== undefined) requireInCondition(output.link.links, capabilities)
    requireInNode(output.node, graph, capabilities)
  }
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
      if (predicate.links !== undefined) requireInCondition(predicate.links, capabilities)
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
  switch (expression.kind) {
    case 'call':
      return expression.arguments.forEach(each => requireInExpression(each, capabilities))
    case 'condition':
      return requireInCondition(expression.of, capabilities)
    case 'aggregate':
      if (!capabilities.joins) throw unsupported(`it cannot follow the relation ${expression.relation}`)
      if (!capabilities.aggregates && expression.function !== 'count') {
        throw unsupported('it cannot compute figures over rows')
      }
      if (expression.links !== undefined) requireInCondition(expression.links, capabilities)
      return requireInCondition(expression.where, capabilities)
    case 'field':
      if (capabilities.joins || expression.path.length === 0) return
      throw unsupported(`it cannot follow the relation ${expression.path.join('.')}`)
    default:
      return
  }
}

function requireKeyOrder(order: readonly OrderTerm[], key: readonly string[]): void {
  const byKey = order.every(({ of }, index) => of.kind === 'field' && of.path.length === 0 && of.field === key[index])
  if (!byKey) throw unsupported('it can order rows by their key only')
}

function unsupported(reason: string): Error {
  return refusal('store.unsupported', { store: 'of this model', reason })
}
