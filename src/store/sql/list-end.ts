/**
 * Where a list with a limit ends, said as a condition. A database whose lists cannot be cut before they are gathered reads all rows of the
 * relation. So the last row that belongs to the list is found first, by the index that has the rows in their order, and the list is gathered
 * from the range of the index up to it: what is read is what the limit asks for.
 *
 * Values of another row bound no range while the statement is planned. As columns of a table source before the list's own they do: the
 * database then plans the range anew for each of its rows. Nothing but speed depends on that, since the condition holds for the same rows
 * whichever way they are found.
 */
import { type FieldNode, fieldOf, isUnique, type ModelNode, modelOf, relationOf } from '../../model/index.ts'
import type { Link, OrderTerm, ReadNode } from '../../query/index.ts'
import type { ListEnds } from './dialect.ts'
import { valueSql } from './expression.ts'
import { equal, related, type Row, type Scope, within } from './row.ts'
import { type ListEnd, selectRows, words } from './select.ts'
import { integerType } from './statement.ts'

/** The list whose end is looked for. */
export interface Ended {
  readonly ends: ListEnds
  readonly link: Link
  readonly node: ReadNode
  readonly scope: Scope
  readonly base: Row
  /** The first term of its order, and the field that it is. */
  readonly first: OrderTerm
  readonly field: FieldNode
  readonly limit: number
  /** Words that name the index which has the rows in the order of the list. */
  readonly index: string
}

/** The source and condition that bound it. */
export function listEnd(ended: Ended): ListEnd {
  const { link, node, scope, base, field, first, index, ends } = ended
  const { dialect } = scope.statement
  const alias = scope.statement.alias(`e${node.row}`)
  const locals = localFields(link, base).map(name => base.column(name))
  const last = lastValues(ended)
  const known = [...locals, last.orFurthest, ...(field.nullable ? [last.atLimit] : [])]
  const place = (position: number): string => `${alias}.v${position}`
  return {
    index,
    source: ends.row(
      known.map((value, position) => ({ name: `v${position}`, value })),
      alias,
    ),
    condition: (far, inner) => {
      const value = valueSql(first.of, inner).sql
      const upTo = `${value} ${first.direction === 'ascending' ? '<=' : '>='} ${place(locals.length)}`
      // Where the list ends among rows without a value, it holds all that have one.
      const bound = field.nullable ? `(${upTo} or ${dialect.same(value, place(locals.length + 1))})` : upTo
      // As an equality this would be all that is looked for in the index.
      const sides = far.pairs.map(({ inner: own }, at) => `${own} >= ${place(at)} and ${own} <= ${place(at)}`)
      return [...sides, bound, ...(far.links === null ? [] : [far.links])].join(' and ')
    },
  }
}

const localFields = (link: Link, base: Row): readonly string[] => {
  const { on, through } = relationOf(base.model, link.relation)
  return (through?.local ?? on).map(({ local }) => local)
}

/** Null for a list that is gathered as it is: it has no limit, or no index has its order, or the database cuts in time. */
export function endedList(link: Link, node: ReadNode, scope: Scope, base: Row): Ended | null {
  const { graph, dialect } = scope.statement
  const { listEnds: ends } = dialect
  const { limit, offset } = node
  const [first] = node.order
  const order = ownFields(node.order)
  if (ends === null || limit === null || offset !== null || first === undefined || order === null) return null
  const target = modelOf(graph, node.model)
  const field = fieldOf(target, order[0] ?? '')
  const { on, through } = relationOf(base.model, link.relation)
  const linked = through === null ? target : modelOf(graph, through.model)
  const pairs = through === null ? on.map(({ remote }) => remote) : through.local.map(pair => pair.through)
  const isHeld = (model: ModelNode, name: string): boolean => {
    const one = fieldOf(model, name)
    return dialect.native(one) === null && ends.holds(model, one)
  }
  const held =
    isHeld(target, field.name) &&
    pairs.every(name => isHeld(linked, name)) &&
    localFields(link, base).every(name => isHeld(base.model, name))
  const index = held ? listIndex(link, node, scope, base) : null
  return index === null ? null : { ends, link, node, scope, base, first, field, limit, index }
}

/** The words that name the index which has the rows of a list in their order; null when none has, or the database finds it by itself. */
export function listIndex(link: Link, node: ReadNode, scope: Scope, base: Row): string | null {
  const name = scope.statement.dialect.listIndex
  const order = ownFields(node.order)
  const path = name === null || order === null ? null : indexPath(link, order, scope, base)
  return name === null || path === null ? null : name(path.model, path.equal, path.order)
}

/** The fields of an order that an index can have: all in one direction. Nulls come last, which is where an index has them when it descends. */
function ownFields(order: readonly OrderTerm[]): readonly string[] | null {
  const fields = order.map(({ of, direction, nullable }) =>
    of.kind === 'field' &&
    of.path.length === 0 &&
    direction === order[0]?.direction &&
    !(nullable && direction === 'ascending')
      ? of.field
      : null,
  )
  return fields.every(name => name !== null) ? fields : null
}

/** What the rows of one parent are found by and ordered by: in their own table, or in the one that links them. */
function indexPath(link: Link, order: readonly string[], scope: Scope, base: Row): IndexPath | null {
  const { graph } = scope.statement
  const { on, through, target } = relationOf(base.model, link.relation)
  if (through === null) return { model: modelOf(graph, target), equal: on.map(({ remote }) => remote), order }
  const joinModel = modelOf(graph, through.model)
  const equal = through.local.map(pair => pair.through)
  const linked = order.map(name => through.remote.find(({ remote }) => remote === name)?.through)
  if (!linked.every(name => name !== undefined) || !isUnique(joinModel, [...equal, ...linked])) return null
  return { model: joinModel, equal, order: linked }
}

interface IndexPath {
  readonly model: ModelNode
  readonly equal: readonly string[]
  readonly order: readonly string[]
}

/** The value of the first field of the order in the last row of the list: null when the list is shorter, or that row has none. */
function lastValues({ link, node, scope, base, first, limit, index }: Ended) {
  const { statement } = scope
  const relation = relationOf(base.model, link.relation)
  const local = base.column
  const rows = selectRows({
    node: { ...node, limit: null },
    scope,
    link: { relation, local, links: link.links, index },
    backward: false,
    deferred: false,
    guarded: true,
    largest: null,
    listed: false,
    write: () => [],
  })
  const { from, where, order } = rows.select
  const value = valueSql(first.of, rows.scope)
  const before = statement.bind({ parameter: limit, as: 'limit', type: integerType, butLast: true })
  const atLimit = `(select ${words(value.sql, from, where, order, statement.dialect.limit('1', before))})`
  const far = related(scope, { relation, local, depth: node.row, once: true })
  const furthest = valueSql(first.of, within(scope, far.row)).sql
  const figure = first.direction === 'ascending' ? 'max' : 'min'
  const whole = `(select ${figure}(${furthest}) from ${far.fromLinks ?? far.from} where ${equal(far.pairs)})`
  return {
    atLimit: { ...value, sql: atLimit, nullable: true },
    orFurthest: { ...value, sql: `coalesce(${atLimit},${whole})`, nullable: true },
  }
}
