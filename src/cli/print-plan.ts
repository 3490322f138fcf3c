/** A plan as text for people: what is read, under which condition, in which order. */
import { type Expression, isAlways, type Predicate } from '../model/index.ts'
import type { AggregatePlan, FindPlan, Output, Parameter, ReadNode, ReadPlan } from '../query/index.ts'

/**
 * `asked`: the most rows that the request wants.
 *
 * ```text
 * find Article for signedIn callers
 *   where  state = 'published' or authorId = $caller.id
 *   order  createdAt descending, id descending
 *   limit  20, at most 200
 *   gives  id, title, author { id, name }, tags [] { name }
 *   reads  Article (authorId, createdAt, id, state, title), User (id, name); of the caller: id
 * ```
 */
export function printPlan(plan: ReadPlan, asked: number | null): string {
  const head = `${plan.kind} ${plan.model} for ${plan.caller} callers`
  const lines = plan.kind === 'find' ? findLines(plan, asked) : aggregateLines(plan)
  return [
    head,
    ...[...lines, ['reads', readsOf(plan)] as const].map(([word, text]) => `  ${word.padEnd(6)} ${text}`),
  ].join('\n')
}

type Line = readonly [string, string]

function findLines(plan: FindPlan, asked: number | null): readonly Line[] {
  const { root, parameters } = plan
  const limit = root.limit === null ? undefined : parameters[root.limit]
  return [
    ['where', predicate(root.where, parameters)],
    ...(root.order.length === 0 ? [] : [['order', orderOf(root, parameters)] as const]),
    ...(limit?.source === 'limit' ? [['limit', `${asked ?? limit.fallback}, at most ${limit.maximum}`] as const] : []),
    ...(plan.count === null ? [] : [['count', predicate(plan.count, parameters)] as const]),
    ['gives', outputs(root.outputs, parameters)],
    ...(plan.decodes ? [['then', 'values that the store cannot write are made in JavaScript'] as const] : []),
  ]
}

function aggregateLines(plan: AggregatePlan): readonly Line[] {
  const { parameters } = plan
  const measures = plan.measures.map(
    ({ output, function: name, of }) => `${output} = ${name}(${of === null ? '' : expression(of, parameters)})`,
  )
  return [
    ['where', predicate(plan.where, parameters)],
    ...(plan.groupBy.length === 0
      ? []
      : [['group', plan.groupBy.map(({ of }) => expression(of, parameters)).join(', ')] as const]),
    ['gives', measures.join(', ')],
  ]
}

const orderOf = (node: ReadNode, parameters: readonly Parameter[]): string =>
  node.order.map(({ of, direction }) => `${expression(of, parameters)} ${direction}`).join(', ')

function outputs(all: readonly Output[], parameters: readonly Parameter[]): string {
  return all
    .map(output => {
      const hidden =
        'visible' in output && output.visible !== null ? ` if ${predicate(output.visible, parameters)}` : ''
      return text(output) + hidden
    })
    .join(', ')

  function text(output: Output): string {
    switch (output.kind) {
      case 'value': {
        const value = expression(output.of, parameters)
        return value === output.output ? value : `${output.output} = ${value}`
      }
      case 'object':
        return `${output.output} { ${outputs(output.outputs, parameters)} }`
      case 'one':
        return `${output.output} { ${outputs(output.node.outputs, parameters)} }${condition(output.node)}`
      case 'many':
      case 'list':
        return `${output.output} [] { ${outputs(output.node.outputs, parameters)} }${condition(output.node)}${linked(output.link.links, parameters)}`
    }
  }

  function condition(node: ReadNode): string {
    return isAlways(node.where) ? '' : ` where ${predicate(node.where, parameters)}`
  }
}

function predicate(one: Predicate, parameters: readonly Parameter[]): string {
  const inner = (each: Predicate): string => {
    const text = predicate(each, parameters)
    return (each.kind === 'and' || each.kind === 'or') && each.of.length > 1 ? `(${text})` : text
  }
  const value = (each: Expression): string => expression(each, parameters)
  switch (one.kind) {
    case 'constant':
      return one.value ? 'always' : 'never'
    case 'and':
    case 'or':
      return one.of.length === 0 ? (one.kind === 'and' ? 'always' : 'never') : one.of.map(inner).join(` ${one.kind} `)
    case 'not':
      return `not (${predicate(one.of, parameters)})`
    case 'compare':
      return `${value(one.left)} ${signs[one.operator]} ${value(one.right)}`
    case 'in':
      return `${value(one.left)} in ${value(one.list)}`
    case 'tupleIn':
      return `(${one.left.map(value).join(', ')}) in ${value(one.list)}`
    case 'text':
      return `${value(one.left)} ${one.operator} ${value(one.right)}${one.insensitive ? ' ignoring case' : ''}`
    case 'isNull':
      return `${value(one.of)} is null`
    case 'array':
      return `${value(one.left)} ${one.operator} ${value(one.right)}`
    case 'some':
      return `some ${place([...one.path, one.relation], one.row)} (${predicate(one.where, parameters)})${linked(one.links, parameters)}`
    case 'signedIn':
      return 'signed in'
    case 'seek':
      return `${one.backward ? 'before' : 'after'} the cursor`
  }
}

/** A condition on the rows of the join model. */
const linked = (links: Predicate | undefined, parameters: readonly Parameter[]): string =>
  links === undefined ? '' : ` by links where ${predicate(links, parameters)}`

const signs = { eq: '=', ne: '!=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

/** Rows further in are numbered, as the plan has them. */
const place = (path: readonly string[], row: number): string => `${row === 0 ? '' : `#${row}.`}${path.join('.')}`

function expression(one: Expression, parameters: readonly Parameter[]): string {
  switch (one.kind) {
    case 'field':
      return place([...one.path, one.field], one.row)
    case 'literal':
      return JSON.stringify(one.value)
    case 'parameter':
      return parameterName(parameters[one.index])
    case 'caller':
      return `$caller.${one.attribute}`
    case 'now':
      return '$now'
    case 'aggregate':
      return `${one.function}(${place([...one.path, one.relation], one.row)}${one.of === undefined ? '' : `.${expression(one.of, parameters)}`}${
        isAlways(one.where) ? '' : ` where ${predicate(one.where, parameters)}`
      }${linked(one.links, parameters)})`
    case 'call':
      return `${one.function}(${one.arguments.map(each => expression(each, parameters)).join(', ')})`
    case 'condition':
      return `(${predicate(one.of, parameters)})`
  }
}

function parameterName(parameter: Parameter | undefined): string {
  if (parameter === undefined) return '$'
  switch (parameter.source) {
    case 'request':
      return `$${parameter.name}`
    case 'caller':
      return `$caller.${parameter.attribute}`
    case 'step':
      return `$${parameter.name}`
    default:
      return `$${parameter.source}`
  }
}

function readsOf({ reads }: ReadPlan): string {
  const models = Object.entries(reads.models).map(([model, fields]) => `${model} (${fields.join(', ')})`)
  const caller = reads.caller.length === 0 ? '' : `; of the caller: ${reads.caller.join(', ')}`
  return `${models.join(', ')}${caller}${reads.now ? '; the moment' : ''}`
}
