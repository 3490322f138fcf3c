/** Filters of requests → conditions of plans. Whatever a filter names ranges only over what the caller may read (semantics 4, 5). */
import { refusal } from '../error/index.ts'
import { nearest } from '../lib/index.ts'
import {
  always,
  type ArrayOperator,
  comparedType,
  type ComparisonOperator,
  type Expression,
  type FieldType,
  isNever,
  kindOf,
  never,
  type OperatorName,
  type Predicate,
  type TextOperator,
} from '../model/index.ts'
import type { FilterOperator, FilterRequest } from '../query/index.ts'
import { allOf, anyOf, not } from './fold.ts'
import { attribute, findAttribute, findRelation, relation as namedRelation } from './name.ts'
import { linkCondition, placeAt, relatedCondition, requireAlwaysVisible } from './readable.ts'
import { rewriteExpression, rewritePredicate, withLinks } from './rewrite.ts'
import type { Standpoint } from './standpoint.ts'

/** The condition on the row. */
export function planFilter(at: Standpoint, filter: FilterRequest | null, depth = 1): Predicate {
  if (filter === null) return always
  requireDepth(at, depth)
  switch (filter.kind) {
    case 'and':
      return allOf(...filter.of.map(member => planFilter(at, member, depth + 1)))
    case 'or':
      return anyOf(...filter.of.map(member => planFilter(at, member, depth + 1)))
    case 'not':
      return not(planFilter(at, filter.of, depth + 1))
    case 'declared':
      return rewritePredicate(placeAt(at, filter.slots), filter.predicate)
    case 'compare':
    case 'isNull':
      countCondition(at)
      return through(at, filter.path, depth, (inner, name) =>
        filter.kind === 'compare'
          ? comparison(inner, name, filter.operator, filter.slot, filter.path)
          : nullTest(inner, name, filter.value),
      )
    case 'some':
    case 'none':
    case 'every':
      countCondition(at)
      return through(at, filter.path, depth, (inner, name, innerDepth) => {
        const where = (related: Standpoint): Predicate => {
          const condition = planFilter(related, filter.where, innerDepth + 1)
          return filter.kind === 'every' ? not(condition) : condition
        }
        const some = someRelated(inner, name, where)
        return filter.kind === 'some' ? some : not(some)
      })
    default:
      return filter satisfies never
  }
}

function requireDepth({ planning }: Standpoint, depth: number): void {
  const limit = planning.environment.limits.filterDepth
  if (depth > limit) throw refusal('request.filter-too-deep', { depth, limit })
}

function countCondition({ planning }: Standpoint): void {
  const count = planning.countCondition()
  const limit = planning.environment.limits.conditions
  if (count > limit) throw refusal('request.too-many-conditions', { count, limit })
}

/** Follows the relations of a path; each one means "some row there that the caller may read". */
function through(
  at: Standpoint,
  path: readonly string[],
  depth: number,
  last: (at: Standpoint, name: string, depth: number) => Predicate,
): Predicate {
  const [name, ...rest] = path
  if (name === undefined) throw new Error('A filter needs a path')
  requireDepth(at, depth)
  if (rest.length === 0) return last(at, name, depth)
  return someRelated(at, name, inner => through(inner, rest, depth + 1, last))
}

function someRelated(at: Standpoint, name: string, where: (at: Standpoint) => Predicate): Predicate {
  const relation = namedRelation(at.model, name)
  requireAlwaysVisible(at, name, 'filter by')
  at.planning.noteLink(at.model, relation)
  const inner = at.inside(relation.target)
  const condition = allOf(relatedCondition(inner, relation), where(inner))
  const links = linkCondition(at, relation)
  if (isNever(condition) || isNever(links)) return never
  return {
    kind: 'some',
    row: at.row,
    path: [],
    relation: name,
    where: condition,
    ...withLinks(links),
    authority: 'caller',
  }
}

interface Operand {
  readonly expression: Expression
  readonly type: FieldType
}

/** A field or computed field of the row as something to compare, for callers who may know its value on every row. */
export function comparable(at: Standpoint, name: string, operation: string): Operand {
  const found = attribute(at.model, name)
  requireAlwaysVisible(at, name, operation)
  return { expression: attributeExpression(at, name), type: found.node.type }
}

/** The expression of a field or computed field of the row. */
export function attributeExpression(at: Standpoint, name: string): Expression {
  const { model, planning } = at
  const found = attribute(model, name)
  if (found.kind === 'computed')
    return planning.calculating(`${model.name}.${name}`, () => rewriteExpression(placeAt(at), found.node.expression))
  planning.noteRead(model.name, name)
  return at.field(name)
}

function nullTest(at: Standpoint, name: string, value: boolean): Predicate {
  const { model } = at
  if (findAttribute(model, name) === null && findRelation(model, name) !== null) {
    const some = someRelated(at, name, () => always)
    return value ? not(some) : some
  }
  const test: Predicate = { kind: 'isNull', of: comparable(at, name, 'filter by').expression }
  return value ? test : not(test)
}

const textType: FieldType = Object.freeze({ kind: 'text', options: {} })

/** For each operator of filters: the operator of kinds that allows it, and what it compiles to. */
const operators: Readonly<
  Record<
    FilterOperator,
    | { readonly needs: OperatorName; readonly compare: ComparisonOperator }
    | { readonly needs: OperatorName; readonly list: boolean }
    | { readonly needs: OperatorName; readonly text: TextOperator; readonly insensitive: boolean }
    | { readonly needs: OperatorName; readonly array: ArrayOperator }
  >
> = Object.freeze({
  eq: { needs: 'eq', compare: 'eq' },
  ne: { needs: 'ne', compare: 'ne' },
  lt: { needs: 'lt', compare: 'lt' },
  lte: { needs: 'lte', compare: 'lte' },
  gt: { needs: 'gt', compare: 'gt' },
  gte: { needs: 'gte', compare: 'gte' },
  in: { needs: 'in', list: true },
  notIn: { needs: 'notIn', list: false },
  contains: { needs: 'contains', text: 'contains', insensitive: false },
  startsWith: { needs: 'startsWith', text: 'startsWith', insensitive: false },
  endsWith: { needs: 'endsWith', text: 'endsWith', insensitive: false },
  icontains: { needs: 'contains', text: 'contains', insensitive: true },
  istartsWith: { needs: 'startsWith', text: 'startsWith', insensitive: true },
  iendsWith: { needs: 'endsWith', text: 'endsWith', insensitive: true },
  iequals: { needs: 'contains', text: 'equals', insensitive: true },
  has: { needs: 'has', array: 'has' },
  hasAny: { needs: 'hasAny', array: 'hasAny' },
  hasAll: { needs: 'hasAll', array: 'hasAll' },
})

/** The operators that filters have for a field of this type. */
export function filterOperatorsOf(type: FieldType): readonly FilterOperator[] {
  const { operators: own } = kindOf(type)
  return (Object.keys(operators) as FilterOperator[]).filter(name => own.includes(operators[name].needs))
}

function comparison(
  at: Standpoint,
  name: string,
  operator: FilterOperator,
  slot: number,
  path: readonly string[],
): Predicate {
  const { expression: left, type } = comparable(at, name, 'filter by')
  const allowed = filterOperatorsOf(type)
  if (!allowed.includes(operator)) {
    throw refusal('request.unknown-operator', {
      name: path.join('.'),
      operator,
      nearest: nearest(operator, allowed),
      operators: [...allowed, 'isNull'].join(', '),
    })
  }
  const bound = (valueType: FieldType, list: boolean): Expression =>
    at.planning.parameter({ source: 'request', slot, type: comparedType(valueType), list, name: path.join('.') })
  const rule = operators[operator]
  if ('compare' in rule) return { kind: 'compare', operator: rule.compare, left, right: bound(type, false) }
  if ('list' in rule) {
    const among: Predicate = { kind: 'in', left, list: bound(type, true) }
    return rule.list ? among : allOf(not({ kind: 'isNull', of: left }), not(among))
  }
  if ('text' in rule) {
    return { kind: 'text', operator: rule.text, insensitive: rule.insensitive, left, right: bound(textType, false) }
  }
  const element = type.element ?? textType
  return { kind: 'array', operator: rule.array, left, right: bound(element, rule.array !== 'has') }
}
