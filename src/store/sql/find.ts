/** Find plans as commands. */
import { isAlways, type ModelGraph, modelOf, type Predicate } from '../../model/index.ts'
import type { FindPlan } from '../../query/index.ts'
import { type CommandLimit, commandLimit } from './command-limit.ts'
import type { Decoding, SqlDialect } from './dialect.ts'
import { valueSql } from './expression.ts'
import { cutPage, largestPage } from './largest-page.ts'
import { hasLinkSets, pageName } from './link-set.ts'
import { objectJson } from './output.ts'
import { type PageParts, pageParts, pageRows } from './page-rows.ts'
import { scopeOf } from './predicate.ts'
import { guarded, rowAt, tableRow, whereClause } from './row.ts'
import { type Selected, type SelectedRows, selectRows, selectText, words } from './select.ts'
import { type Command, Statement } from './statement.ts'

/** A row of the result is the JSON text, then the columns of `columns`. */
export interface FindCommand extends Command {
  readonly cardinality: 'one' | 'many'
  readonly backward: boolean
  readonly limit: CommandLimit | null
  /** The row's values in the order of the page, when the plan asks for positions. */
  readonly positions: readonly Decoding[]
  readonly version: boolean
  /**
   * The count of all rows is the last column, the same in each row: page and count are one statement and see one moment. This is the count
   * by itself, for a page without rows; null when nothing is counted.
   */
  readonly count: Command | null
  /**
   * A list that turns out to be long makes the row's text null: then the plan is to be compiled for long lists. So it is when an index is gone
   * which the command names.
   */
  readonly adapts: boolean
}

export interface FindOptions {
  readonly deferred: boolean
  /** Lists are told where they end, where the database needs that. Otherwise they are expected to be short; see `adapts`. */
  readonly longLists?: boolean
}

export function findCommand(plan: FindPlan, graph: ModelGraph, dialect: SqlDialect, options: FindOptions): FindCommand {
  const statement = new Statement(dialect, graph, plan.parameters, options.longLists)
  const many = plan.cardinality === 'many'
  const largest = largestPage(plan, dialect)
  const parts = pageParts(plan, graph, dialect)
  const isSimple = parts.parts.length === 1 && parts.last === null && parts.parts[0]?.join === undefined
  const rows =
    !isSimple || hasLinkSets(plan.root.outputs)
      ? rowsOfPage(plan, parts, statement, largest)
      : rowsOf(plan, statement, largest, options.deferred)
  const positions = plan.positions ? plan.root.order.map(term => dialect.column(valueSql(term.of, rows.scope))) : []
  const version = plan.versionField === null ? [] : [dialect.column(rowAt(rows.scope, 0).column(plan.versionField))]
  const json = dialect.json.text(rows.json)
  const columns = [
    // Bytes of many rows would be many small buffers, which cost more than they save.
    many || dialect.json.bytes === null ? json : dialect.json.bytes(json),
    ...positions.map(({ sql }) => sql),
    ...version.map(({ sql }) => sql),
    ...(plan.count === null ? [] : [`(${countText(plan.count, plan, graph, statement)})`]),
  ]
  const text = words(rows.tables, `select ${columns.join(', ')}`, selectText(rows.select))
  return {
    ...statement.finish(cutPage(text, plan.root, statement, rows.largest)),
    cardinality: plan.cardinality,
    backward: plan.backward,
    limit: commandLimit(plan.root.limit, plan.parameters),
    positions: positions.map(({ decoding }) => decoding),
    version: version.length > 0,
    adapts: statement.adapts,
    count: plan.count === null ? null : countCommand(plan.count, plan, graph, dialect),
  }
}

interface FoundRows extends SelectedRows {
  /** Table expressions before the select. */
  readonly tables: string
  /** They are those of the largest page; null: of the page itself. */
  readonly largest: number | null
}

/** The rows, and what is made of them, in one select. */
function rowsOf(plan: FindPlan, statement: Statement, largest: number | null, deferred: boolean): FoundRows {
  const { root, backward, cardinality } = plan
  const rows = selectRows({
    node: root,
    scope: scopeOf(statement, []),
    link: null,
    backward,
    deferred: deferred && root.order.length > 0,
    guarded: cardinality === 'many',
    largest,
    listed: false,
    write: (scope, selected) => objectJson(root.outputs, scope, selected),
  })
  return { ...rows, tables: '', largest }
}

/** The rows of the page as a table of their own, and what is made of them behind it; lists that are fetched as a set look at that table, too. */
function rowsOfPage(plan: FindPlan, parts: PageParts, statement: Statement, largest: number | null): FoundRows {
  const { outputs } = plan.root
  const { text, scope, order } = pageRows(plan, parts, statement, largest)
  const { alias } = rowAt(scope, 0)
  const selected: Selected = { joins: [], tables: [] }
  const json = objectJson(outputs, scope, selected)
  const named = hasLinkSets(outputs)
  const from = words(`from ${named ? pageName : `(${text})`} ${alias}`, ...selected.joins)
  return {
    json,
    scope,
    select: { from, where: '', order, page: '' },
    tables: named ? `with ${[`${pageName} as materialized (${text})`, ...selected.tables].join(', ')}` : '',
    largest: null,
  }
}

function countCommand(where: Predicate, plan: FindPlan, graph: ModelGraph, dialect: SqlDialect): Command {
  const statement = new Statement(dialect, graph, plan.parameters)
  return statement.finish(countText(where, plan, graph, statement))
}

function countText(where: Predicate, plan: FindPlan, graph: ModelGraph, statement: Statement): string {
  const { dialect } = statement
  const model = modelOf(graph, plan.root.model)
  const row = tableRow(statement, model, statement.alias('t0'))
  const scope = scopeOf(statement, [row])
  const guard = dialect.guard(row.alias, model, 0)
  const conditions = guarded(guard, isAlways(where) ? null : scope.condition(where, scope).sql)
  return words(`select count(*) from ${dialect.table(model)} ${row.alias}`, whereClause(conditions))
}
