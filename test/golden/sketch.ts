/** Requests and plans as short text that a reviewer can read. */
import type { Expression, Predicate } from '../../src/model/index.ts'
import type {
  AggregatePlan,
  AggregateRequest,
  Caller,
  FindPlan,
  FindRequest,
  Output,
  Parameter,
  ReadNode,
} from '../../src/query/index.ts'

export function sketchRequest(request: FindRequest | AggregateRequest, caller: Caller): string {
  const who = caller.class === 'signedIn' ? `signed in as ${JSON.stringify(caller.attributes['role'])}` : caller.class
  const said = Object.entries(request).filter(([, value]) => value !== null && value !== false && JSON.stringify(value) !== '[]')
  return [`caller: ${who}`, ...said.map(([name, value]) => `${name}: ${JSON.stringify(value)}`)].join('\n')
}

export function sketchPlan(plan: FindPlan | AggregatePlan): string {
  const lines = plan.kind === 'find' ? sketchFind(plan) : sketchAggregate(plan)
  const reads = Object.entries(plan.reads.models).map(([model, fields]) => `${model}(${fields.join(' ')})`)
  return [
    ...lines,
    ...plan.parameters.map((parameter, index) => `$${index}: ${sketchParameter(parameter)}`),
    `reads ${reads.join(' ')}${plan.reads.caller.length === 0 ? '' : `; of the caller: ${plan.reads.caller.join(' ')}`}`,
  ].join('\n')
}

function sketchFind(plan: FindPlan): string[] {
  const lines = [`${plan.cardinality} ${plan.kind}${plan.backward ? ' backward' : ''}`, ...sketchNode(plan.root, '  ')]
  if (plan.count !== null) lines.push(`  count where ${sketchPredicate(plan.count)}`)
  return lines
}

function sketchAggregate(plan: AggregatePlan): string[] {
  return [
    `aggregate ${plan.model}`,
    `  where ${sketchPredicate(plan.where)}`,
    ...plan.groupBy.map(({ output, of }) => `  group ${output} = ${sketchExpression(of)}`),
    ...plan.measures.map(
      ({ output, function: name, of, type }) =>
        `  measure ${output}: ${type.kind} = ${name}(${of === null ? '*' : sketchExpression(of)})`,
    ),
    ...plan.order.map(({ output, direction }) => `  order ${output} ${direction}`),
    ...(plan.limit === null ? [] : [`  limit $${plan.limit}`]),
  ]
}

function sketchNode(node: ReadNode, indent: string): string[] {
  return [
    `${indent}${node.model} as row ${node.row}`,
    `${indent}  where ${sketchPredicate(node.where)}`,
    ...node.order.map(
      ({ of, direction, nullable }) =>
        `${indent}  order ${sketchExpression(of)} ${direction}${nullable ? ' nulls last' : ''}`,
    ),
    ...(node.limit === null ? [] : [`${indent}  limit $${node.limit}`]),
    ...(node.offset === null ? [] : [`${indent}  offset $${node.offset}`]),
    ...node.outputs.flatMap((output) => sketchOutput(output, `${indent}  `)),
  ]
}

function sketchOutput(output: Output, indent: string): string[] {
  const name = `${indent}${output.output}`
  switch (output.kind) {
    case 'value': {
      const visible = output.visible === null ? '' : ` if ${sketchPredicate(output.visible)}`
      const decoded = output.assemble === 'decode' ? ' (decoded)' : ''
      return [`${name}: ${output.type.kind} = ${sketchExpression(output.of)}${visible}${decoded}`]
    }
    case 'object':
      return [`${name}: object`, ...output.outputs.flatMap((inner) => sketchOutput(inner, `${indent}  `))]
    default: {
      const how = output.kind === 'one' ? 'one' : `${output.kind}, ${output.strategy}`
      const { model, relation, links } = output.link
      return [`${name}: ${how} of ${model}.${relation}${sketchLinks(links)}`, ...sketchNode(output.node, `${indent}  `)]
    }
  }
}

function sketchParameter(parameter: Parameter): string {
  switch (parameter.source) {
    case 'request':
      return `value ${parameter.slot} of the request, ${parameter.list ? 'list of ' : ''}${parameter.type.kind}`
    case 'limit':
      return `limit ${parameter.slot === null ? parameter.fallback : `from value ${parameter.slot}`}, at most ${parameter.maximum}${parameter.peek === 1 ? ', and one more' : ''}`
    case 'offset':
      return `offset from value ${parameter.slot}, at most ${parameter.maximum}`
    case 'cursor':
      return `position ${parameter.index} of the cursor, ${parameter.type.kind}${parameter.nullable ? ' or null' : ''}`
    case 'caller':
      return `the caller's ${parameter.attribute}`
    case 'now':
      return 'the moment'
    case 'step':
      return `${parameter.name} of the step`
    default:
      return parameter satisfies never
  }
}

/** A condition on the rows that join two models; it stands in their place. */
const sketchLinks = (links: Predicate | undefined): string =>
  links === undefined ? '' : ` by links where ${sketchPredicate(links)}`

function sketchPredicate(predicate: Predicate): string {
  switch (predicate.kind) {
    case 'constant':
      return String(predicate.value)
    case 'and':
    case 'or':
      return `(${predicate.of.map(sketchPredicate).join(` ${predicate.kind} `)})`
    case 'not':
      return `not ${sketchPredicate(predicate.of)}`
    case 'compare':
      return `${sketchExpression(predicate.left)} ${predicate.operator} ${sketchExpression(predicate.right)}`
    case 'in':
      return `${sketchExpression(predicate.left)} in ${sketchExpression(predicate.list)}`
    case 'tupleIn':
      return `(${predicate.left.map(sketchExpression).join(', ')}) in ${sketchExpression(predicate.list)}`
    case 'text':
      return `${sketchExpression(predicate.left)} ${predicate.insensitive ? 'i' : ''}${predicate.operator} ${sketchExpression(predicate.right)}`
    case 'isNull':
      return `${sketchExpression(predicate.of)} is null`
    case 'array':
      return `${sketchExpression(predicate.left)} ${predicate.operator} ${sketchExpression(predicate.right)}`
    case 'some':
      return `some ${[`row ${predicate.row}`, ...predicate.path, predicate.relation].join('.')}${sketchLinks(predicate.links)} where ${sketchPredicate(predicate.where)}`
    case 'signedIn':
      return 'signed in'
    case 'seek': {
      const terms = predicate.terms.map(
        ({ of, direction, position }) => `${sketchExpression(of)} ${direction} from ${sketchExpression(position)}`,
      )
      return `${predicate.backward ? 'before' : 'after'} (${terms.join(', ')})`
    }
    default:
      return predicate satisfies never
  }
}

function sketchExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'field':
      return [`row ${expression.row}`, ...expression.path, expression.field].join('.')
    case 'literal':
      return JSON.stringify(expression.value)
    case 'parameter':
      return `$${expression.index}`
    case 'caller':
      return `caller.${expression.attribute}`
    case 'now':
      return 'now'
    case 'aggregate': {
      const of = expression.of === undefined ? '*' : sketchExpression(expression.of)
      const relation = [`row ${expression.row}`, ...expression.path, expression.relation].join('.')
      return `${expression.function}(${of}) over ${relation}${sketchLinks(expression.links)} where ${sketchPredicate(expression.where)}`
    }
    case 'call':
      return `${expression.function}(${expression.arguments.map(sketchExpression).join(', ')})`
    case 'condition':
      return `is(${sketchPredicate(expression.of)})`
    default:
      return expression satisfies never
  }
}
