/** Arguments of the typed db → requests with slots, and the values beside them. */
import { refusal } from '../error/index.ts'
import { meant, nearest, own } from '../lib/index.ts'
import { isToMany, type ModelGraph, type ModelNode, modelOf, type RelationNode, toldRelations } from '../model/index.ts'
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

const malformed = (name: string, reason: string): Error => refusal('request.malformed-parameter', { name, reason })

/** A misspelled option would otherwise be one that nobody gave. */
export function requireOptions(options: unknown, words: readonly string[]): void {
  for (const [name] of entriesOf(options, 'options')) {
    if (!words.includes(name)) throw refusal('request.unknown-parameter', { name, nearest: meant(name, words) })
  }
}

/** Of a function, a Map or a Date there are none: what was meant by it would be lost, and a condition leave all rows. */
function entriesOf(value: unknown, place: string, example = ''): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value)
    if (entries.length > 0 || isPlain(value)) return entries
  }
  throw malformed(place, `it has to be an object${example}`)
}

/** `where`: conditions in the order of the model, so that the same filter spelled in another order has the same plan. */
export function readWhere(graph: ModelGraph, model: ModelNode, where: unknown, values: Values): FilterRequest | null {
  return where === undefined || where === null ? null : readConditions(graph, model, where, values)
}

/** Null: there are none. What is undefined is refused: a condition that was meant and got lost would leave all rows. */
function readConditions(graph: ModelGraph, model: ModelNode, where: unknown, values: Values): FilterRequest | null {
  const order = [...Object.keys(model.fields), ...Object.keys(model.computed), ...Object.keys(model.relations)]
  const rank = new Map(order.map((name, index) => [name, index]))
  const entries = entriesOf(where, 'where').toSorted(
    ([one], [other]) => (rank.get(one) ?? order.length) - (rank.get(other) ?? order.length),
  )
  const conditions = entries.flatMap(([name, value]): FilterRequest[] => {
    requireGiven(name, value)
    if (name === 'and' || name === 'or') {
      // Of one object whose conditions are all to hold nobody would know whether it meant that any of them is enough.
      if (!Array.isArray(value)) throw malformed(name, `it is a list of conditions, as in ${name}: [{ … }, { … }]`)
      const of = value.map((member: unknown) => readConditions(graph, model, member, values) ?? everything)
      return [{ kind: name, of }]
    }
    if (name === 'not') return [{ kind: 'not', of: readConditions(graph, model, value, values) ?? everything }]
    const relation = own(model.relations, name)
    if (relation !== undefined) return readRelation(graph, relation, value, values)
    refuseGroupOfOthers(model, name)
    return readField(model, name, value, values)
  })
  const [first] = conditions
  if (first === undefined) return null
  return conditions.length === 1 ? first : { kind: 'and', of: conditions }
}

function requireGiven(name: string, value: unknown): void {
  if (value === undefined) throw malformed(name, 'it is undefined; leave it out, or ask for null with isNull')
}

function readFlag(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw malformed(name, '"isNull" is true or false')
}

const everything: FilterRequest = Object.freeze({ kind: 'and', of: [] })
const quantifiers = ['some', 'every', 'none'] as const

/** Prisma's `OR`, MongoDB's `$or`. */
function refuseGroupOfOthers(model: ModelNode, name: string): void {
  const nearest = name.replace(/^\$/, '').toLowerCase()
  if (nearest !== name && ['and', 'or', 'not'].includes(nearest) && own(model.fields, name) === undefined)
    throw refusal('request.unknown-field', { model: model.name, name, nearest })
}

function readRelation(graph: ModelGraph, relation: RelationNode, value: unknown, values: Values): FilterRequest[] {
  const { name } = relation
  const target = modelOf(graph, relation.target)
  const [link] = relation.on
  const key = relation.kind === 'belongsTo' && link !== undefined ? `; a key is compared as "${link.local}"` : ''
  const entries = entriesOf(value, name, key)
  const path = [name]
  if (entries.length === 0) throw malformed(name, 'it asks nothing; that there is one is `isNull: false` or `some: {}`')
  const wrong = isToMany(relation) ? entries.find(entry => !isTest(entry) && !isQuantifier(entry)) : undefined
  if (wrong !== undefined) throw unknownTest(name, wrong[0], 'some', quantifiers)
  if (entries.some(([word]) => word === 'is') && own(target.fields, 'is') === undefined)
    throw malformed(name, 'conditions of its row stand in it as they are, without "is"')
  const [tests, others] = [entries.filter(isTest), entries.filter(entry => !isTest(entry))]
  return [
    ...tests.map(([, flag]): FilterRequest => ({ kind: 'isNull', path, value: readFlag(name, flag) })),
    ...(others.every(isQuantifier)
      ? others.map(([word, inner]): FilterRequest => {
          requireGiven(word, inner)
          const kind = quantifiers.find(each => each === word) ?? 'some'
          return { kind, path, where: readConditions(graph, target, inner, values) }
        })
      : [{ kind: 'some' as const, path, where: readConditions(graph, target, Object.fromEntries(others), values) }]),
  ]
}

const isTest = ([word]: [string, unknown]): boolean => word === 'isNull'
const isQuantifier = ([word]: [string, unknown]): boolean => (quantifiers as readonly string[]).includes(word)

function readField(model: ModelNode, name: string, value: unknown, values: Values): FilterRequest[] {
  const node = own(model.fields, name) ?? own(model.computed, name)
  const path = [name]
  if (!isOperators(value) || node === undefined) {
    return [{ kind: 'compare', path, operator: 'eq', slot: values.slot(value) }]
  }
  const operators = filterOperatorsOf(node.type)
  const asked = Object.entries(value)
  if (asked.length === 0) throw malformed(name, `it has no operator; there are ${[...operators, 'isNull'].join(', ')}`)
  return asked.map(([word, operand]): FilterRequest => {
    requireGiven(name, operand)
    if (word === 'isNull') return { kind: 'isNull', path, value: readFlag(name, operand) }
    const operator = operators.find((each): each is FilterOperator => each === word)
    if (operator !== undefined) return { kind: 'compare', path, operator, slot: values.slot(operand) }
    throw unknownTest(name, word, meant(word, operators), operators)
  })
}

function unknownTest(name: string, operator: string, nearest: string, operators: readonly string[]): Error {
  return refusal('request.unknown-operator', {
    name,
    operator,
    nearest,
    operators: [...operators, 'isNull'].join(', '),
  })
}

/** A plain object of operators, as opposed to a value that is an object (a date, bytes, a JSON value is compared as a whole). */
const isOperators = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && isPlain(value)

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

export function readSort(sort: unknown): SortTerm[] {
  if (sort === undefined || sort === null) return []
  const words: unknown[] = Array.isArray(sort) ? sort : [sort]
  return words.map(word => {
    if (typeof word !== 'string' || word === '' || word === '-') {
      throw malformed('sort', 'it names fields, as in "-createdAt"')
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
  const chosen = wanted(select, 'select')
  const included = wanted(include, 'include').filter(([name, value]) => {
    if (own(model.relations, name) === undefined) {
      throw refusal('request.unknown-relation', {
        model: model.name,
        name,
        nearest: nearest(name, toldRelations(model)),
      })
    }
    const twice = chosen.find(([each]) => each === name)
    if (twice !== undefined && (twice[1] !== true || value !== true)) throw refusal('request.repeated-output', { name })
    return twice === undefined
  })
  const outputs = [...chosen, ...included].map(([name, value]) => readOutput(graph, model, name, value, values))
  return { defaults: select === undefined, outputs: inModelOrder(model, outputs) }
}

const wanted = (given: unknown, place: string): [string, unknown][] =>
  given === undefined
    ? []
    : entriesOf(given, place, ', as in { name: true }').filter(([, value]) => value !== false && value !== undefined)

const nestedWords = ['select', 'include', 'where', 'sort', 'limit']

function readOutput(graph: ModelGraph, model: ModelNode, name: string, value: unknown, values: Values): OutputRequest {
  const relation = own(model.relations, name)
  if (relation === undefined) {
    if (value === true) return { kind: 'field', output: name, field: name }
    throw malformed(name, 'a field is selected with true')
  }
  const nested = value === true ? {} : Object.fromEntries(entriesOf(value, name))
  requireOptions(nested, nestedWords)
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
