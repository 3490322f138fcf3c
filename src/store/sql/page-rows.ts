/**
 * The rows of a page as a select of their own, without what is made of them. Where the first field of the order can be null, the rows
 * beyond a position are those beyond its value and those without one: an index has both together, but no condition says so in a way
 * that a database would begin in the middle of it. So each part is a select with its own beginning in the index, and the page is cut from
 * what they give together: twice its rows at most, wherever it begins.
 */
import { type FieldNode, type ModelGraph, modelOf, type Predicate, type SeekPredicate } from '../../model/index.ts'
import type { FindPlan } from '../../query/index.ts'
import { cutPage } from './largest-page.ts'
import { scopeOf } from './predicate.ts'
import { type Row, rowAt, type Scope, tableRow, within } from './row.ts'
import { orderSql } from './seek.ts'
import { indexServes, page, selectRows, selectText, words } from './select.ts'
import type { Statement } from './statement.ts'

export interface PageRows {
  /** Gives all columns of the rows, no more of them than the page has, in no order. */
  readonly text: string
  /** In which the rows are called by their alias again. */
  readonly scope: Scope
  readonly order: string
}

/** `parts`: as `pageParts` gives them. `largest`: as `largestPage` does. */
export function pageRows(
  { root, backward }: FindPlan,
  parts: readonly Predicate[],
  statement: Statement,
  largest: number | null,
): PageRows {
  const model = modelOf(statement.graph, root.model)
  const texts = parts.map(where => {
    const { select, scope } = selectRows({
      ...{ node: { ...root, where }, scope: scopeOf(statement, []), link: null, backward, largest },
      ...{ deferred: false, guarded: true, listed: false, write: () => [] },
    })
    return cutPage(`select ${rowAt(scope, 0).alias}.* ${selectText(select)}`, root, statement, largest)
  })
  const table = tableRow(statement, model, 't0')
  // Columns that only an index is over do not come along.
  const row: Row = { ...table, column: name => ({ ...table.column(name), folded: undefined }) }
  const scope = within(scopeOf(statement, []), row)
  const order = `order by ${orderSql(root.order, scope, backward, false)}`
  const [only, ...others] = texts
  if (only !== undefined && others.length === 0) return { text: only, scope, order }
  const together = texts.map((part, index) => `select * from (${part}) u${index}`).join(' union all ')
  return { text: words('select * from', `(${together}) t0`, order, page(root, statement)), scope, order }
}

/** The condition of the page or, where it begins in an index that has rows without a value, too, those of its parts: each row fulfils one at most. */
export function pageParts({ root, parameters, backward }: FindPlan, graph: ModelGraph): readonly Predicate[] {
  const { where, order, limit } = root
  const conjuncts = where.kind === 'and' ? where.of : [where]
  const seek = conjuncts.find((one): one is SeekPredicate => one.kind === 'seek')
  const [first, ...rest] = seek?.terms ?? []
  const model = modelOf(graph, root.model)
  const field = first === undefined ? null : nullableField(first.of, model.fields)
  const [position] = first === undefined ? [] : [parameters[first.position.index]]
  if (seek === undefined || first === undefined || field === null || rest.length === 0 || limit === null) return [where]
  // The collation of a column is lost in a union of tables that were there before their models.
  if (model.adopted || position?.source !== 'cursor' || !indexServes(model, [], order)) return [where]
  const others = conjuncts.filter(one => one !== seek)
  const isNull: Predicate = { kind: 'isNull', of: first.of }
  const fromNull: Predicate = { kind: 'isNull', of: first.position }
  const not = (of: Predicate): Predicate => ({ kind: 'not', of })
  const and = (...of: readonly Predicate[]): Predicate => ({ kind: 'and', of: [...others, ...of] })
  return [
    // Beyond a value: none if the position is null.
    and({ ...seek, terms: [{ ...first, nullable: false }, ...rest] }),
    // On the other side of the border between values and none: after a value all nulls come, before a null all values.
    backward ? and(not(isNull), fromNull) : and(isNull, not(fromNull)),
    // Beyond a null, among nulls.
    and(isNull, fromNull, { ...seek, terms: rest }),
  ]
}

function nullableField(
  of: SeekPredicate['terms'][number]['of'],
  fields: Readonly<Record<string, FieldNode>>,
): FieldNode | null {
  const field = of.kind === 'field' && of.row === 0 && of.path.length === 0 ? fields[of.field] : undefined
  return field?.nullable === true ? field : null
}
