/** Arguments of the typed db → requests with slots, and the values beside them. */
import { refusal } from '../error/index.ts'
import { nearest } from '../lib/index.ts'
import type { ModelGraph, ModelNode } from '../model/index.ts'
import { filterOperatorsOf } from '../plan/index.ts'
import type {
  FilterOperator,
  FilterRequest,
  NestedRequest,
  OutputRequest,
  Selection,
  Slot,
  SortTerm,
} from '../query/index.ts'

/** Gathers the values of a request; a slot is the number of a value. */
export class Values {
  readonly list: unknown[] = []

  slot(value: unknown): Slot {
    this.list.push(value)
    return this.list.length - 1
  }
}

export interface FindArguments {
  readonly select?: unknown
  readonly include?: unknown
  readonly where?: unknown
  readonly sort?: unknown
  readonly limit?: number
  readonly offset?: number
  readonly after?: string
  readonly before?: string
  readonly count?: boolean
  readonly withDeleted?: boolean
}

function entriesOf(value: unknown, place: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).filter(([, each]) => each !== undefined)
  }
  throw refusal('request.malformed-parameter', { name: place, reason: 'it has to be an object' })
}

function modelOf(graph: ModelGraph, name: string): ModelNode {
  const model = graph.models[name]
  if (model === undefined) throw new Error(`The graph has no model ${name}`)
  return model
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** `where`: conditions in the order of the model, so that the same filter spelled in another order has the same plan. */
export function readWhere(graph: ModelGraph, model: ModelNode, where: unknown, values: Values): FilterRequest | null {
  if (where === undefined || where === null) return null
  const order = [...Object.keys(model.fields), ...Object.keys(model.computed), ...Object.keys(model.relations)]
  const rank = new Map(order.map((name, index) => [name, index]))
  const entries = entriesOf(where, 'where').toSorted(
    ([one], [other]) => (rank.get(one) ?? order.length) - (rank.get(other) ?? order.length),
  )
  const conditions = entries.flatMap(([name, value]): FilterRequest[] => {
    if (name === 'and' || name === 'or') {
      const members = Array.isArray(value) ? value : [value]
      const of = members.map((member: unknown) => readWhere(graph, model, member, values) ?? everything)
      return [{ kind: name, of }]
    }
    if (name === 'not') return [{ kind: 'not', of: readWhere(graph, model, value, values) ?? everything }]
    const relation = own(model.relations, name)
    if (relation !== undefined) return readRelation(graph, modelOf(graph, relation.target), name, value, values)
    return readField(model, name, value, values)
  })
  const [first] = conditions
  if (first === undefined) return null
  return conditions.length === 1 ? first : { kind: 'and', of: conditions }
}

const everything: FilterRequest = Object.freeze({ kind: 'and', of: [] })
const quantifiers = ['some', 'every', 'none'] as const

function readRelation(
  graph: ModelGraph,
  target: ModelNode,
  name: string,
  value: unknown,
  values: Values,
): FilterRequest[] {
  const entries = entriesOf(value, name)
  const path = [name]
  return entries.every(([word]) => (quantifiers as readonly string[]).includes(word) || word === 'isNull')
    ? entries.map(([word, inner]): FilterRequest => {
        if (word === 'isNull') return { kind: 'isNull', path, value: inner === true }
        const kind = quantifiers.find(each => each === word) ?? 'some'
        return { kind, path, where: readWhere(graph, target, inner, values) }
      })
    : [{ kind: 'some', path, where: readWhere(graph, target, value, values) }]
}

function readField(model: ModelNode, name: string, value: unknown, values: Values): FilterRequest[] {
  const node = own(model.fields, name) ?? own(model.computed, name)
  const path = [name]
  if (!isOperators(value) || node === undefined) {
    return [{ kind: 'compare', path, operator: 'eq', slot: values.slot(value) }]
  }
  const operators = filterOperatorsOf(node.type)
  return Object.entries(value).flatMap(([word, operand]): FilterRequest[] => {
    if (operand === undefined) return []
    if (word === 'isNull') return [{ kind: 'isNull', path, value: operand === true }]
    const operator = operators.find((each): each is FilterOperator => each === word)
    if (operator !== undefined) return [{ kind: 'compare', path, operator, slot: values.slot(operand) }]
    throw refusal('request.unknown-operator', {
      name,
      operator: word,
      nearest: nearest(word, operators),
      operators: operators.join(', '),
    })
  })
}

/** A plain object of operators, as opposed to a value that is an object (a date, bytes, a JSON value is compared as a whole). */
function isOperators(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  )
}

export function readSort(sort: unknown): SortTerm[] {
  if (sort === undefined || sort === null) return []
  const words: unknown[] = Array.isArray(sort) ? sort : [sort]
  return words.map(word => {
    if (typeof word !== 'string' || word === '' || word === '-') {
      throw refusal('request.malformed-parameter', { name: 'sort', reason: 'it names fields, as in "-createdAt"' })
    }
    const descending = word.startsWith('-')
    return {
      path: (descending ? word.slice(1) : word).split('.'),
      direction: descending ? 'descending' : 'ascending',
    }
  })
}

/** `select` names exactly what is wanted; `include` adds relations to the fields that come by themselves. */
export function readSelection(
  graph: ModelGraph,
  model: ModelNode,
  { select, include }: Pick<FindArguments, 'select' | 'include'>,
  values: Values,
): Selection {
  const chosen = select === undefined ? [] : entriesOf(select, 'select').filter(([, value]) => value !== false)
  const included = include === undefined ? [] : entriesOf(include, 'include').filter(([, value]) => value !== false)
  const outputs = [...chosen, ...included].map(([name, value]) => readOutput(graph, model, name, value, values))
  return { defaults: select === undefined, outputs: inModelOrder(model, outputs) }
}

function readOutput(graph: ModelGraph, model: ModelNode, name: string, value: unknown, values: Values): OutputRequest {
  const relation = own(model.relations, name)
  if (relation === undefined) return { kind: 'field', output: name, field: name }
  const nested = value === true ? {} : Object.fromEntries(entriesOf(value, name))
  return {
    kind: 'include',
    output: name,
    relation: name,
    nested: readNested(graph, modelOf(graph, relation.target), nested, values),
  }
}

function readNested(graph: ModelGraph, model: ModelNode, nested: FindArguments, values: Values): NestedRequest {
  return {
    select: readSelection(graph, model, nested, values),
    where: readWhere(graph, model, nested.where, values),
    sort: readSort(nested.sort),
    limit: nested.limit === undefined ? null : values.slot(nested.limit),
  }
}

/** Plan shapes are canonical: what is selected in another order is the same selection (semantics 14). */
function inModelOrder(model: ModelNode, outputs: readonly OutputRequest[]): OutputRequest[] {
  const order = [...Object.keys(model.fields), ...Object.keys(model.computed), ...Object.keys(model.relations)]
  const rank = new Map(order.map((name, index) => [name, index]))
  return outputs.toSorted(
    (one, other) => (rank.get(one.output) ?? order.length) - (rank.get(other.output) ?? order.length),
  )
}
