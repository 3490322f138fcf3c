/**
 * The rows of a page as a select of their own, without what is made of them. Where the first value of the order can be null, the rows
 * beyond a position are those beyond its value and those without one: an index may have both together, but no condition says so in a way
 * that a database would begin in the middle of it, and it may have those without a value at the wrong end. So each part is a select with its own
 * beginning in an index, and the page is cut from what they give together: twice its rows at most, wherever it begins.
 */
import {
  type Expression,
  type FieldNode,
  type ModelGraph,
  modelOf,
  type Predicate,
  type SeekPredicate,
} from '../../model/index.ts'
import type { FindPlan, OrderTerm } from '../../query/index.ts'
import type { SqlDialect } from './dialect.ts'
import { isThere, type Reached, reached, type ValueJoin } from './joined-value.ts'
import { cutPage } from './largest-page.ts'
import { indexServes, nullsInOrder } from './ordered-index.ts'
import { scopeOf } from './predicate.ts'
import { type Row, rowAt, type Scope, tableRow, within } from './row.ts'
import { orderSql } from './seek.ts'
import { page, selectRows, selectText, words } from './select.ts'
import { integerType, type Statement } from './statement.ts'

export interface PageRows {
  /** Gives all columns of the rows, no more of them than the page has, in no order. */
  readonly text: string
  /** In which the rows are called by their alias again. */
  readonly scope: Scope
  readonly order: string
}

/** Some of the rows of the page. */
interface Part {
  readonly where: Predicate
  readonly order: readonly OrderTerm[]
  /** Brings what the order begins with. */
  readonly join?: ValueJoin
}

export interface PageParts {
  readonly parts: readonly Part[]
  /** Those that come behind all others: they are looked for where the others do not fill the page. */
  readonly last: Part | null
}

const firstName = 'plinth_first'

/** `parts`: as `pageParts` gives them. `largest`: as `largestPage` does. */
export function pageRows(
  { root, backward }: FindPlan,
  { parts, last }: PageParts,
  statement: Statement,
  largest: number | null,
): PageRows {
  const model = modelOf(statement.graph, root.model)
  const textOf = (part: Part, only?: string): string => {
    const { select, scope } = selectRows({
      ...{ node: { ...root, ...part }, scope: scopeOf(statement, []), link: null, backward, largest },
      ...{ deferred: false, guarded: true, listed: false, write: () => [], join: part.join, only },
    })
    return cutPage(`select ${rowAt(scope, 0).alias}.* ${selectText(select)}`, root, statement, largest)
  }
  const texts = parts.map(part => textOf(part))
  const table = tableRow(statement, model, 't0')
  // Columns that only an index is over do not come along.
  const row: Row = { ...table, column: name => ({ ...table.column(name), folded: undefined }) }
  const scope = within(scopeOf(statement, []), row)
  const order = `order by ${orderSql(root.order, scope, backward, false)}`
  const [only, ...others] = texts
  if (only !== undefined && others.length === 0 && last === null) return { text: only, scope, order }
  const united = (all: readonly string[]): string =>
    all.map((part, index) => `select * from (${part}) u${index}`).join(' union all ')
  const whole = (from: string): string => words('select * from', `(${from}) t0`, order, page(root, statement))
  if (last === null || root.limit === null) return { text: whole(united(texts)), scope, order }
  const limit = statement.bind({ parameter: root.limit, as: 'limit', type: integerType })
  const behind = textOf(last, `(select count(*) from ${firstName}) < ${limit}`)
  const together = words(
    `with ${words(firstName, 'as', statement.dialect.materialized, `(${united(texts)})`)}`,
    `select * from ${firstName} union all select * from (${behind}) u`,
  )
  return { text: whole(together), scope, order }
}

/** The condition of the page or, where its order is cheaper to have in parts, those of them: each row fulfils one at most. */
export function pageParts(plan: FindPlan, graph: ModelGraph, dialect: SqlDialect): PageParts {
  const { root, cardinality } = plan
  const { order, limit } = root
  const [first] = order
  const whole: PageParts = { parts: [{ where: root.where, order }], last: null }
  if (first === undefined || limit === null || cardinality === 'one') return whole
  const model = modelOf(graph, root.model)
  const end = dialect.sortsAmongEquals ? reached(first.of, model) : null
  if (end !== null) return joinedParts(plan, first, end, graph)
  const field = ownNullable(first.of, model.fields)
  // The collation of a column is lost in a union of tables that were there before their models.
  if (field === null || order.length < 2 || root.offset !== null || model.adopted) return whole
  const isNull: Predicate = { kind: 'isNull', of: first.of }
  if (nullsInOrder(model, root, dialect) === 'elsewhere')
    return cut(plan, { first: { ...first, nullable: false }, isNull })
  const inOrder = seekOf(plan) !== null && indexServes(model, [], order)
  return inOrder ? cut(plan, { first, isNull, inOrder }) : whole
}

/** In the order of what a reference leads to. */
function joinedParts(plan: FindPlan, first: OrderTerm, end: Reached, graph: ModelGraph): PageParts {
  const { where, order, offset, model } = plan.root
  const { adopted } = modelOf(graph, model)
  const cuts = first.nullable && order.length > 1 && offset === null && !adopted
  // A reference of a table that was there before its model may lead to nothing, where no database looks after it.
  const join = { of: first.of, reached: end, optional: adopted || (first.nullable && !cuts) }
  if (!cuts) return { parts: [{ where, order, join }], last: null }
  return cut(plan, { first: { ...first, nullable: false }, isNull: { kind: 'not', of: isThere(end, graph) }, join })
}

interface Cut {
  readonly first: OrderTerm
  /** Whether a row has no value for it. */
  readonly isNull: Predicate
  /** Finds only rows that have one. */
  readonly join?: ValueJoin
  /** An index has rows with and without a value in the order of the page. */
  readonly inOrder?: true
}

/** The parts with a value first in the order, and those without one. */
function cut(plan: FindPlan, { first, isNull, join, inOrder }: Cut): PageParts {
  const { root, backward } = plan
  const [, ...rest] = root.order
  const conjuncts = root.where.kind === 'and' ? root.where.of : [root.where]
  const seek = seekOf(plan)
  const others = conjuncts.filter(one => one !== seek)
  const not = (of: Predicate): Predicate => ({ kind: 'not', of })
  const and = (...of: readonly Predicate[]): Predicate => ({ kind: 'and', of: [...others, ...of] })
  const isSet = join === undefined ? [not(isNull)] : []
  const withValue = (...of: readonly Predicate[]): Part => ({
    where: and(...of),
    order: [first, ...rest],
    ...(join === undefined ? {} : { join }),
  })
  const without = (...of: readonly Predicate[]): Part => ({
    where: and(isNull, ...of),
    order: inOrder ? root.order : rest,
  })
  if (seek === null) return { parts: [withValue(...isSet)], last: without() }
  const [begin, ...further] = seek.terms
  if (begin === undefined) throw new Error('A position has no values.')
  const fromNull: Predicate = { kind: 'isNull', of: begin.position }
  // Beyond a value: none if the position is null.
  const beyond = withValue({ ...seek, terms: [{ ...begin, nullable: false }, ...further] })
  // On the other side of the border between values and none: after a value all nulls come, before a null all values.
  const across = backward ? withValue(...isSet, fromNull) : without(not(fromNull))
  // Beyond a null, among nulls.
  const among = without(fromNull, { ...seek, terms: further })
  return inOrder ? { parts: [beyond, across, among], last: null } : { parts: [beyond, among], last: across }
}

/** Where the page begins, if its first value may have been null. */
function seekOf({ root: { where }, parameters }: FindPlan): SeekPredicate | null {
  const conjuncts = where.kind === 'and' ? where.of : [where]
  const seek = conjuncts.find((one): one is SeekPredicate => one.kind === 'seek')
  const [first] = seek?.terms ?? []
  return seek !== undefined && first !== undefined && parameters[first.position.index]?.source === 'cursor'
    ? seek
    : null
}

function ownNullable(of: Expression, fields: Readonly<Record<string, FieldNode>>): FieldNode | null {
  const field = of.kind === 'field' && of.row === 0 && of.path.length === 0 ? fields[of.field] : undefined
  return field?.nullable === true ? field : null
}
