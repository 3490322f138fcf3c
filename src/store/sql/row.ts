/** Rows that an expression can speak of, and how they hang together. */
import {
  type FieldNode,
  fieldOf,
  isUnique,
  type ModelNode,
  modelOf,
  type Predicate,
  type RelationNode,
  relationOf,
  type RowReference,
} from '../../model/index.ts'
import { isChecked } from './checked.ts'
import type { FoldedColumn, NativeForm, SqlValue, Write } from './dialect.ts'
import type { Statement } from './statement.ts'
import { identifier } from './table-words.ts'
import { foldedIndex } from './tables.ts'

/** A row that is in reach under an alias. */
export interface Row {
  readonly model: ModelNode
  readonly alias: string
  /** The SQL of a field. */
  readonly column: (field: string) => SqlValue
  /** Values of other rows that a join has brought, by the expression that they are. */
  readonly joined?: ReadonlyMap<string, SqlValue>
}

/** A condition as SQL. `strict`: it is never NULL. */
export interface Condition {
  readonly sql: string
  readonly strict: boolean
}

/** The rows around an expression, from the outside in: row 0 first. */
export interface Scope {
  readonly statement: Statement
  readonly rows: readonly Row[]
  /** Compiles the conditions inside expressions; conditions hold expressions in turn. */
  readonly condition: (predicate: Predicate, scope: Scope) => Condition
}

export const within = (scope: Scope, row: Row): Scope => ({ ...scope, rows: [...scope.rows, row] })

/** A row of a table in a FROM clause. `alsoAs`: what is equal to a field and better known to the planner. */
export function tableRow(
  statement: Statement,
  model: ModelNode,
  alias: string,
  alsoAs?: ReadonlyMap<string, Pick<SqlValue, 'sql' | 'checked'>>,
): Row {
  const prefix = alias === '' ? '' : `${alias}.`
  return {
    model,
    alias,
    column(name) {
      const field = fieldOf(model, name)
      const also = alsoAs?.get(name)
      const sql = also?.sql ?? `${prefix}${identifier(field.column)}`
      const form = statement.dialect.native(field)
      const value = {
        sql,
        type: field.type,
        nullable: field.nullable,
        folded: foldedColumn(statement, model, field, prefix),
        checked: also?.checked !== false && isChecked(statement.graph, model, field),
      }
      return form === null ? value : { ...value, sql: form.read(sql), own: { sql, form } }
    },
  }
}

/** A check is there before any index is, so it does not speak of one: its row has no alias. */
function foldedColumn(
  { dialect }: Statement,
  model: ModelNode,
  field: FieldNode,
  prefix: string,
): FoldedColumn | undefined {
  const index = prefix === '' ? null : foldedIndex(model, field.name)
  const folded = index === null ? null : dialect.folded(model, field, prefix)
  return folded === null || index === null ? undefined : { ...folded, ...index }
}

/** The column itself, whatever its type: what joins, tests for null and indexes want. */
export const columnSql = ({ sql, own }: SqlValue): string => own?.sql ?? sql

export const asItIs: Write = value => value

/** What a column takes of a value in stored form. */
export const storing = (form: NativeForm | null | undefined): Write => form?.store ?? form?.write ?? asItIs

/** Values as their columns take them, for a list. */
export const written = (values: readonly string[], writes: readonly Write[]): string =>
  values.map((value, index) => writes[index]?.(value) ?? value).join(', ')

/** What a value is to be compared by and ordered by, and what it has to be done to others for that. */
export const comparing = ({ sql, own }: SqlValue): { readonly sql: string; readonly write: Write } =>
  own?.form.comparable === true ? { sql: own.sql, write: own.form.write } : { sql, write: asItIs }

export function rowAt(scope: Scope, index: number): Row {
  const row = scope.rows[index]
  if (row === undefined) throw new Error(`The plan names row ${index}, which is not around this expression.`)
  return row
}

/** A field of what a path of to-one relations leads to: the column itself, the reference's own column, or a scalar subselect. */
export function fieldOnPath(scope: Scope, row: Row, path: readonly string[], field: string): SqlValue {
  const [name, ...rest] = path
  if (name === undefined) return row.column(field)
  const relation = relationOf(row.model, name)
  const pair = relation.on.find(({ remote }) => remote === field)
  // A reference that is set leads to a row (foreign keys are enforced), so what it refers by need not be looked up.
  if (rest.length === 0 && relation.kind === 'belongsTo' && pair !== undefined && relation.on.length === 1) {
    return row.column(pair.local)
  }
  const { statement } = scope
  const target = modelOf(statement.graph, relation.target)
  const alias = statement.alias(`p${scope.rows.length}`)
  const inner = tableRow(statement, target, alias)
  const value = fieldOnPath(scope, inner, rest, field)
  const on = relation.on
    .map(({ local, remote }) => `${columnSql(inner.column(remote))} = ${columnSql(row.column(local))}`)
    .join(' and ')
  const limit = relation.kind === 'belongsTo' ? '' : ` ${statement.dialect.limit('1', null)}`
  const looked = (sql: string): string =>
    `(select ${sql} from ${statement.dialect.table(target)} ${alias} where ${on}${limit})`
  const { own } = value
  return {
    sql: looked(value.sql),
    type: value.type,
    nullable: true,
    checked: value.checked,
    own: own === undefined ? undefined : { ...own, sql: looked(own.sql) },
  }
}

/** The model at the end of a reference's path. */
export function modelOnPath(scope: Scope, reference: RowReference): ModelNode {
  return reference.path.reduce(
    (model, name) => modelOf(scope.statement.graph, relationOf(model, name).target),
    rowAt(scope, reference.row).model,
  )
}

/** The far end of a relation, ready for a FROM clause. */
export interface Related {
  readonly row: Row
  /** Tables and joins, without the word `from`. */
  readonly from: string
  /** What makes a row of the far end belong to this row. */
  readonly condition: string
  /** What has to be equal: the far end's side and this row's side. */
  readonly pairs: readonly { readonly inner: string; readonly outer: SqlValue }[]
  /** Only the rows of the join table, for conditions that do not look at the far end. */
  readonly fromLinks: string | null
  /** Which rows of the join table count; `condition` holds it already. */
  readonly links: string | null
}

/** What is asked of the far end. */
export interface RelatedRows {
  readonly relation: RelationNode
  /** The fields of this row. */
  readonly local: (field: string) => SqlValue
  /** The number of the far end's row. */
  readonly depth: number
  /** Each row of the far end comes once, even if the join table links it several times. */
  readonly once: boolean
  /** Which rows of the join table count: a condition in which that row has the far end's number. */
  readonly links?: Predicate | undefined
  /** Words behind the name of the first table, by which its rows are found. */
  readonly index?: string | undefined
}

export function related(scope: Scope, { relation, local, depth, once, links: counts, index }: RelatedRows): Related {
  const { statement } = scope
  const { dialect } = statement
  const target = modelOf(statement.graph, relation.target)
  const alias = statement.alias(`t${depth}`)
  const row = tableRow(statement, target, alias)
  const hint = index === undefined ? '' : ` ${index}`
  const from = `${dialect.table(target)} ${alias}`
  if (relation.through === null) {
    const pairs = relation.on.map(pair => ({ inner: columnSql(row.column(pair.remote)), outer: local(pair.local) }))
    return { row, from: `${from}${hint}`, condition: equal(pairs), pairs, fromLinks: null, links: null }
  }
  const { through } = relation
  const { row: link, from: links, pairs, counted, condition: linking } = linkRows(scope, through, local, depth, counts)
  const on = through.remote.map(pair => ({
    inner: columnSql(link.column(pair.through)),
    outer: row.column(pair.remote),
  }))
  if (
    once &&
    !isUnique(
      link.model,
      [...through.local, ...through.remote].map(pair => pair.through),
    )
  ) {
    const [only] = on
    const condition =
      on.length === 1 && only !== undefined
        ? `${columnSql(only.outer)} in (select ${only.inner} from ${links} where ${linking})`
        : `exists (select 1 from ${links} where ${equal(on)} and ${linking})`
    return { row, from, condition, pairs, fromLinks: null, links: null }
  }
  // Written as the join table's column, an order by the far end's key is served by the join table's index.
  const alsoAs = new Map(
    through.remote
      .filter(pair => isSameType(fieldOf(link.model, pair.through), fieldOf(target, pair.remote)))
      .map(pair => {
        const value = link.column(pair.through)
        return [pair.remote, { sql: columnSql(value), checked: value.checked }]
      }),
  )
  return {
    row: tableRow(statement, target, alias, alsoAs),
    from: `${links}${hint} ${index === undefined ? 'join' : dialect.lookupJoin} ${from} on ${equal(on)}`,
    condition: linking,
    pairs,
    fromLinks: links,
    links: counted,
  }
}

/** The rows of the join table that belong to a row. */
export function linkRows(
  scope: Scope,
  through: NonNullable<RelationNode['through']>,
  local: (field: string) => SqlValue,
  depth: number,
  counts?: Predicate,
): Pick<Related, 'row' | 'from' | 'condition' | 'pairs'> & { readonly counted: string | null } {
  const { statement } = scope
  const model = modelOf(statement.graph, through.model)
  const row = tableRow(statement, model, statement.alias(`j${depth}`))
  const pairs = through.local.map(pair => ({ inner: columnSql(row.column(pair.through)), outer: local(pair.local) }))
  const counted = counts === undefined ? null : `(${scope.condition(counts, within(scope, row)).sql})`
  return {
    row,
    from: `${statement.dialect.table(model)} ${row.alias}`,
    pairs,
    counted,
    condition: counted === null ? equal(pairs) : `${equal(pairs)} and ${counted}`,
  }
}

/** The two sides of each pair are equal. */
export const equal = (pairs: Related['pairs']): string =>
  pairs.map(({ inner, outer }) => `${inner} = ${columnSql(outer)}`).join(' and ')

const isSameType = (one: FieldNode, other: FieldNode): boolean =>
  JSON.stringify(one.native) === JSON.stringify(other.native)

/** The guard stands first: behind the condition it would only see the rows that fulfil it. */
export const guarded = (guard: string | null, condition: string | null): readonly string[] => [
  ...(guard === null ? [] : [guard]),
  ...(condition === null ? [] : [`(${condition})`]),
]

export const whereClause = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
