/** Outputs as JSON: what a row of a node looks like, with the rows that hang on it. */
import { isAlways, isUnique, modelOf, relationOf } from '../../model/index.ts'
import type { Link, Output, ReadNode } from '../../query/index.ts'
import type { Json, JsonPiece } from './dialect.ts'
import { typedValueSql } from './expression.ts'
import { converted } from './number.ts'
import { linkSetJson } from './link-set.ts'
import { endedList, listEnd, listIndex } from './list-end.ts'
import { columnSql, related, type Row, type Scope, within } from './row.ts'
import { indexServes } from './ordered-index.ts'
import { type Selected, selectRows } from './select.ts'

/** The JSON object of one row; to-one relations add their joins to the select that the row comes from. */
export function objectJson(outputs: readonly Output[], scope: Scope, selected: Selected): Json {
  const { dialect } = scope.statement
  return dialect.json.object(
    outputs.map(output => ({ name: output.output, json: outputJson(output, scope, selected) })),
  )
}

function outputJson(output: Output, scope: Scope, selected: Selected): Json {
  const { json } = scope.statement.dialect
  switch (output.kind) {
    case 'value': {
      const value = json.value(converted(scope.statement.dialect, typedValueSql(output.of, scope), output.type))
      return output.visible === null ? value : json.when(scope.condition(output.visible, scope).sql, value)
    }
    case 'object':
      return objectJson(output.outputs, scope, selected)
    case 'one': {
      const one = oneJson(output, scope, selected)
      return output.visible === null ? one : json.when(scope.condition(output.visible, scope).sql, one)
    }
    case 'many':
    case 'list': {
      if (output.strategy === 'set') return linkSetJson(output, scope, selected, inner => rowJson(output, inner))
      const many = listJson(output.link, output.node, scope, output.kind === 'list')
      return output.visible === null ? many : json.when(scope.condition(output.visible, scope).sql, many)
    }
  }
}

/** A to-one relation. Where at most one row can be at the other end it is joined, which costs less than a subselect for each row. */
function oneJson(output: Extract<Output, { kind: 'one' }>, scope: Scope, selected: Selected): Json {
  const { statement } = scope
  const { dialect } = statement
  const base = outerRow(scope, output.link.row)
  const relation = relationOf(base.model, output.link.relation)
  const target = modelOf(statement.graph, relation.target)
  const far = related(scope, { relation, local: base.column, depth: scope.rows.length, once: true })
  const inner = within(scope, far.row)
  const on = far.condition
  const [pair] = relation.on
  if (
    pair !== undefined &&
    isUnique(
      target,
      relation.on.map(({ remote }) => remote),
    )
  ) {
    const always = isAlways(output.node.where)
    const fulfils = always ? '' : ` and ${dialect.joinCondition(`(${scope.condition(output.node.where, inner).sql})`)}`
    selected.joins.push(`left join ${far.from} on ${on}${fulfils}`)
    const object = objectJson(output.node.outputs, inner, selected)
    // Inside a missing row this does not matter: the row as a whole is null then.
    const certain =
      always && relation.kind === 'belongsTo' && relation.on.every(({ local }) => !base.column(local).nullable)
    return certain ? object : dialect.json.when(`${columnSql(far.row.column(pair.remote))} is not null`, object)
  }
  const nested: Selected = { joins: [], tables: [] }
  const object = objectJson(output.node.outputs, inner, nested)
  const where = isAlways(output.node.where) ? on : `${on} and (${scope.condition(output.node.where, inner).sql})`
  const rest = [far.from, ...nested.joins, `where ${where}`, dialect.limit('1', null)].join(' ')
  const text = `(select ${dialect.json.text(object)} from ${rest})`
  return dialect.json.when(`exists (select 1 from ${far.from} where ${where})`, [{ sql: text }])
}

/** The rows of a to-many relation as a list, or with `plain` the list of their one value. */
function listJson(link: Link, node: ReadNode, scope: Scope, plain: boolean): Json {
  const { dialect } = scope.statement
  const base = outerRow(scope, link.row)
  const relation = relationOf(base.model, link.relation)
  const equal = relation.on.map(({ remote }) => remote)
  const deferred =
    dialect.defersRows &&
    relation.through === null &&
    node.order.length > 0 &&
    !indexServes(modelOf(scope.statement.graph, node.model), equal, node.order)
  const ends = endedList(link, node, scope, base)
  const { statement } = scope
  // What is null inside of a list would have to be told from a row that is too large.
  const isLong = statement.longLists || statement.openLists > 0
  const isEnded = ends !== null && isLong
  const index =
    ends === null && node.limit !== null && dialect.listEnds === null ? listIndex(link, node, scope, base) : null
  statement.openLists++
  const rows = selectRows({
    node,
    scope,
    link: {
      relation,
      local: base.column,
      links: link.links,
      end: isEnded ? listEnd(ends) : null,
      ...(index === null ? {} : { index }),
    },
    backward: false,
    deferred: deferred && !plain,
    guarded: true,
    largest: null,
    listed: true,
    write: (inner, selected) => {
      const [first] = node.outputs
      if (!plain || first === undefined) return objectJson(node.outputs, inner, selected)
      return outputJson(first, inner, selected)
    },
  })
  statement.openLists--
  const { shortList } = dialect.json
  const isShort = shortList !== null && !isLong && (ends !== null || rows.json.every(isShortPiece))
  if (ends !== null || index !== null || isShort) statement.adapts = true
  return isShort ? shortList(rows.json, rows.select) : dialect.json.list(rows.json, rows.select)
}

const isShortPiece = (piece: JsonPiece): boolean => 'text' in piece || piece.short !== undefined

/** A row of a list whose rows hold nothing but fields. */
function rowJson({ kind, node }: Extract<Output, { kind: 'many' | 'list' }>, scope: Scope): Json {
  const selected: Selected = { joins: [], tables: [] }
  const [only] = node.outputs
  return kind === 'list' && only !== undefined
    ? outputJson(only, scope, selected)
    : objectJson(node.outputs, scope, selected)
}

function outerRow(scope: Scope, index: number): Row {
  const row = scope.rows[index]
  if (row === undefined) throw new Error(`The plan links to row ${index}, which is not around this node.`)
  return row
}
