/** Rows of a node: which ones, in which order, how many. */
import { isAlways, modelOf, type Predicate, type RelationNode } from '../../model/index.ts'
import type { ReadNode } from '../../query/index.ts'
import type { Json, SelectParts, SqlValue } from './dialect.ts'
import { joinValue, type ValueJoin } from './joined-value.ts'
import { guarded, type Related, related, type Scope, tableRow, whereClause, within } from './row.ts'
import { orderSql } from './seek.ts'
import { integerType, type Statement } from './statement.ts'

/** What bounds the rows of a list that has a limit. */
export interface ListEnd {
  /** A table source of one row, before the list's own. */
  readonly source: string
  /** Words that name the index. */
  readonly index: string
  /** Takes the place of what makes a row belong to the row around it. */
  readonly condition: (far: Related, inner: Scope) => string
}

/** What is known of a select while its outputs are written. */
export interface Selected {
  /** Joins that outputs add. */
  readonly joins: string[]
  /** Table expressions before the select. */
  readonly tables: string[]
}

export interface SelectedLink {
  readonly relation: RelationNode
  readonly local: (field: string) => SqlValue
  readonly links?: Predicate | undefined
  readonly end?: ListEnd | null
  /** Words that name the index by which the rows are found. */
  readonly index?: string
}

export interface Selection {
  readonly node: ReadNode
  readonly scope: Scope
  /** How the rows hang on a row around them; null for the root. */
  readonly link: SelectedLink | null
  readonly backward: boolean
  /**
   * First find and order the rows, then make their JSON. Otherwise a database that has to sort makes the JSON of all rows and throws most
   * of it away.
   */
  readonly deferred: boolean
  readonly guarded: boolean
  /** The rows are those of the largest page, out of which the page itself is cut outside; null: its limit stands here. */
  readonly largest: number | null
  /** The rows become a list of JSON. */
  readonly listed: boolean
  readonly write: (scope: Scope, selected: Selected) => Json
  readonly join?: ValueJoin | undefined
  /** A condition that looks at no row of the table: where it is false, none is looked at. */
  readonly only?: string | undefined
}

export interface SelectedRows {
  readonly json: Json
  readonly select: SelectParts
  readonly scope: Scope
}

export function selectRows(selection: Selection): SelectedRows {
  const { node, scope, backward, largest } = selection
  const { statement } = scope
  const { dialect } = statement
  const model = modelOf(statement.graph, node.model)
  const far = selection.link === null ? null : relatedBy(selection.link, node, scope)
  const own = far?.row ?? tableRow(statement, model, statement.alias(`t${node.row}`))
  const { join } = selection
  const joined = join === undefined ? null : joinValue(join, within(scope, own))
  const row = joined?.row ?? own
  const inner = within(scope, row)
  const guard = selection.guarded ? dialect.guard(row.alias, model, scope.rows.length) : null
  const end = selection.link?.end ?? null
  const conditions = [
    ...(far === null ? [] : [end === null ? far.condition : end.condition(far, inner)]),
    ...(selection.only === undefined ? [] : [selection.only]),
    ...guarded(guard, isAlways(node.where) ? null : inner.condition(node.where, inner).sql),
  ]
  const apart = dialect.limitsApart && selection.listed && node.limit !== null
  const order = [
    ...(apart && far !== null && inReach(selection.link, far) ? common(node, far) : []),
    orderSql(node.order, inner, backward, selection.listed && !apart),
  ]
    .filter(term => term !== '')
    .join(', ')
  const tail = {
    where: whereClause(conditions),
    order: order === '' ? '' : `order by ${order}`,
    page: largest === null ? page(node, statement) : dialect.limit(String(largest), null),
  }
  const rows = far?.from ?? `${dialect.table(model)} ${row.alias}`
  const from = words(end === null ? rows : `${end.source} ${dialect.lookupJoin} ${rows}`, joined?.join ?? '')
  const selected: Selected = { joins: [], tables: [] }
  const identity = selection.deferred ? dialect.rowIdentity(model) : []
  // Rows of a view have nothing by which they could be found again.
  if (identity.length === 0) {
    const json = selection.write(inner, selected)
    return { json, select: { from: words('from', from, ...selected.joins), ...tail }, scope: inner }
  }
  const found = `k${node.row}`
  const kept = identity.map((column, index) => `${row.alias}.${column} as i${index}`).join(', ')
  const outer = within(scope, tableRow(statement, model, row.alias))
  const json = selection.write(outer, selected)
  const rejoin = identity.map((column, index) => `${row.alias}.${column} = ${found}.i${index}`).join(' and ')
  return {
    json,
    select: {
      from: words(
        `from (${words(`select ${kept} from`, from, tail.where, tail.order, tail.page)}) ${found}`,
        `${dialect.lookupJoin} ${dialect.table(model)} ${row.alias} on ${rejoin}`,
        ...selected.joins,
      ),
      where: '',
      order: `order by ${orderSql(node.order, outer, backward, selection.listed)}`,
      page: '',
    },
    scope: outer,
  }
}

/** Whether the rows that a relation finds come with the columns by which they hang on the row around them. */
const inReach = (link: SelectedLink | null, { fromLinks }: Related): boolean =>
  link?.relation.through === null || fromLinks !== null

/** The columns that all rows of a list have in common, in the direction of its order. */
function common({ order: [first] }: ReadNode, { pairs }: Related): readonly string[] {
  if (first === undefined) return []
  return pairs.map(({ inner }) => (first.direction === 'descending' ? `${inner} desc` : inner))
}

function relatedBy({ relation, local, links, end, index }: SelectedLink, node: ReadNode, scope: Scope): Related {
  return related(scope, { relation, local, links, index: end?.index ?? index, depth: node.row, once: true })
}

export function page(node: ReadNode, statement: Statement): string {
  const bound = (parameter: number | null): string | null =>
    parameter === null ? null : statement.bind({ parameter, as: 'limit', type: integerType })
  return statement.dialect.limit(bound(node.limit), bound(node.offset))
}

export const selectText = ({ from, where, order, page: limit }: SelectParts): string => words(from, where, order, limit)

export const words = (...parts: readonly string[]): string => parts.filter(part => part !== '').join(' ')
