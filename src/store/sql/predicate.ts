/**
 * Predicates as SQL. Their logic has two values, SQL's has three: a condition may come out as NULL where only "true or not" counts (under
 * WHERE, AND and OR), and `not` turns NULL into true.
 */
import {
  type ComparisonOperator,
  type Expression,
  type FieldType,
  isAlways,
  type Predicate,
  relationOf,
  type SomePredicate,
} from '../../model/index.ts'
import { elementsOf } from './canonical.ts'
import type { FoldedColumn, SqlValue } from './dialect.ts'
import { valueSql } from './expression.ts'
import { aligned, isNumeric, scaleOf, storageOf } from './number.ts'
import {
  asItIs,
  columnSql,
  comparing,
  type Condition,
  fieldOnPath,
  guarded,
  modelOnPath,
  related,
  type Related,
  type Row,
  rowAt,
  type Scope,
  within,
} from './row.ts'
import { isGiven, isSelective, reachesOut } from './selective.ts'
import { seekSql } from './seek.ts'
import { type Statement, tupleType } from './statement.ts'

/** The scope in which a statement begins. */
export const scopeOf = (statement: Statement, rows: readonly Row[]): Scope => ({
  statement,
  rows,
  condition: predicateSql,
})

const strict = (sql: string): Condition => ({ sql, strict: true })

export function predicateSql(predicate: Predicate, scope: Scope): Condition {
  switch (predicate.kind) {
    case 'constant':
      return strict(String(predicate.value))
    case 'and':
    case 'or':
      return combined(predicate.kind, predicate.of, scope)
    case 'not':
      return negated(predicate.of, scope)
    case 'compare':
      return comparison(predicate.operator, predicate.left, predicate.right, scope)
    case 'in':
      return inList(predicate.left, predicate.list, scope, false)
    case 'tupleIn':
      return tupleInList(predicate, scope)
    case 'text':
      return textMatch(predicate, scope)
    case 'isNull':
      return strict(`${columnSql(valueSql(predicate.of, scope))} is null`)
    case 'array':
      return arrayMatch(predicate, scope)
    case 'some':
      return some(predicate, scope)
    case 'seek':
      return seekSql(predicate, scope)
    case 'signedIn':
      throw new Error('The plan still asks whether somebody is signed in, which the planner has to decide.')
  }
}

function combined(kind: 'and' | 'or', of: readonly Predicate[], scope: Scope): Condition {
  if (of.length === 0) return strict(String(kind === 'and'))
  const parts = of.map(one => predicateSql(one, scope))
  if (parts.length === 1) return parts[0] ?? strict('true')
  return { sql: parts.map(part => `(${part.sql})`).join(` ${kind} `), strict: parts.every(part => part.strict) }
}

const opposite = { eq: '<>', ne: '=', lt: '>=', lte: '>', gt: '<=', gte: '<' } as const
const signs = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function comparison(operator: ComparisonOperator, left: Expression, right: Expression, scope: Scope): Condition {
  const [a, b] = comparable(left, right, scope)
  const found = operator === 'eq' ? foundFolded([left, a], [right, b]) : ''
  return { sql: `${a.sql} ${signs[operator]} ${b.sql}${found}`, strict: !a.nullable && !b.nullable }
}

type Side = readonly [Expression, SqlValue]

/** What is equal is equal in lower case, too: said beside it where the only index of the column is one that ignores case. */
function foundFolded(left: Side, right: Side): string {
  const [[, { folded, own }], [given, value]] = isGiven(right[0]) ? [left, right] : [right, left]
  // A column of a type of its own is compared in a form of its own.
  if (folded?.alone !== true || own !== undefined || !isGiven(given)) return ''
  return ` and ${folded.sql} = ${folded.write(value.sql)}`
}

function comparable(left: Expression, right: Expression, scope: Scope): readonly [SqlValue, SqlValue] {
  const [a, b] = [valueSql(left, scope), valueSql(right, scope)]
  if (isGiven(right) && isOfOneForm(a, b)) return inFormOf(a, b)
  if (isGiven(left) && isOfOneForm(a, b)) {
    const [column, value] = inFormOf(b, a)
    return [value, column]
  }
  return aligned(scope.statement.dialect, a, b)
}

const isOfOneForm = (a: SqlValue, b: SqlValue): boolean =>
  storageOf(a.type) === storageOf(b.type) && scaleOf(a.type) === scaleOf(b.type)

/** A given value as the column has it: so the column's own order and its indexes serve. */
function inFormOf(column: SqlValue, value: SqlValue): readonly [SqlValue, SqlValue] {
  const { sql, write } = comparing(column)
  return [
    { ...column, sql },
    { ...value, sql: write(value.sql) },
  ]
}

/** The exact complement. Where nothing can be null it is written as the opposite comparison, which indexes serve. */
function negated(predicate: Predicate, scope: Scope): Condition {
  switch (predicate.kind) {
    case 'constant':
      return strict(String(!predicate.value))
    case 'not':
      return predicateSql(predicate.of, scope)
    case 'isNull':
      return strict(`${columnSql(valueSql(predicate.of, scope))} is not null`)
    case 'compare': {
      const [left, right] = comparable(predicate.left, predicate.right, scope)
      if (!left.nullable && !right.nullable) return strict(`${left.sql} ${opposite[predicate.operator]} ${right.sql}`)
      break
    }
    case 'in': {
      const condition = inList(predicate.left, predicate.list, scope, true)
      if (condition.strict) return condition
      break
    }
    default:
  }
  const condition = predicateSql(predicate, scope)
  return strict(condition.strict ? `not (${condition.sql})` : `(${condition.sql}) is not true`)
}

function inList(left: Expression, list: Expression, scope: Scope, negate: boolean): Condition {
  const { statement } = scope
  const { dialect } = statement
  const value = valueSql(left, scope)
  const { sql: compared, write } = comparing(value)
  const not = negate ? 'not ' : ''
  if (list.kind === 'literal') {
    const elements = elementsOf(list.value).filter(element => element !== null)
    if (elements.length === 0) return strict(String(negate))
    const type = list.type.element ?? list.type
    const texts = elements.map(element => write(dialect.literal(element, elementType(value.type, type))))
    return { sql: `${compared} ${not}in (${texts.join(', ')})`, strict: !value.nullable }
  }
  if (list.kind !== 'parameter') throw new Error('A list is a literal or a parameter.')
  const type = elementType(value.type, listElement(statement.parameterType(list.index)))
  const bound = statement.bind({ parameter: list.index, as: 'list', type })
  const sql = dialect.inList(compared, bound, type, write === asItIs ? null : write)
  if (negate) return { sql: `not (${sql})`, strict: !value.nullable }
  const { folded, own } = value
  const found =
    folded?.alone === true && own === undefined ? ` and ${dialect.inList(folded.sql, bound, type, folded.write)}` : ''
  return { sql: `${sql}${found}`, strict: !value.nullable }
}

function tupleInList(predicate: Extract<Predicate, { kind: 'tupleIn' }>, scope: Scope): Condition {
  const { statement } = scope
  const values = predicate.left.map(one => valueSql(one, scope))
  const types = values.map(value => value.type)
  const bound = statement.bind({ parameter: predicate.list.index, as: 'tuples', type: tupleType, types })
  return {
    sql: statement.dialect.inTuples(
      values.map(value => comparing(value).sql),
      bound,
      types,
      values.map(value => comparing(value).write),
    ),
    strict: values.every(value => !value.nullable),
  }
}

/** Elements are stored like what they are compared with: a decimal has the scale of its column. */
const elementType = (left: FieldType, element: FieldType): FieldType =>
  isNumeric(left) && isNumeric(element) && storageOf(element) !== 'float' ? left : element

const listElement = (type: FieldType): FieldType => type.element ?? type

function textMatch(predicate: Extract<Predicate, { kind: 'text' }>, scope: Scope): Condition {
  const { statement } = scope
  const { dialect } = statement
  const [left, right] = [valueSql(predicate.left, scope), valueSql(predicate.right, scope)]
  const nullable = left.nullable || right.nullable
  const fold = predicate.insensitive ? dialect.fold : asItIs
  const [text, part] = [fold(left.sql), fold(right.sql)]
  const done = (sql: string): Condition => ({ sql, strict: !nullable })
  switch (predicate.operator) {
    case 'equals': {
      const { folded } = left
      return predicate.insensitive && folded !== undefined
        ? done(`${folded.sql} = ${folded.write(right.sql)}`)
        : done(`${text} = ${part}`)
    }
    case 'contains':
      return done(dialect.contains(text, part))
    case 'endsWith':
      return done(dialect.endsWith(text, part))
    case 'startsWith':
      return done(prefixRange(predicate, left, right, statement) ?? dialect.startsWith(text, part))
  }
}

/** Only by code point do the texts of a prefix lie side by side. Null where they do not, or nobody knows where they end. */
function prefixRange(
  { insensitive, right: prefix }: Extract<Predicate, { kind: 'text' }>,
  { sql, own, folded }: SqlValue,
  part: SqlValue,
  statement: Statement,
): string | null {
  const { inPrefixRange, startsWith } = statement.dialect
  if (prefix.kind !== 'parameter' || inPrefixRange === null) return null
  const end = (as: 'prefixEnd' | 'foldedPrefixEnd'): string =>
    statement.bind({ parameter: prefix.index, as, type: part.type })
  // In lower case they lie by code point whatever the column's own type is.
  const inLowerCase = (column: FoldedColumn): string =>
    inPrefixRange(column.sql, column.write(part.sql), end('foldedPrefixEnd'))
  if (insensitive)
    return folded === undefined ? null : `${inLowerCase(folded)} and ${startsWith(folded.sql, folded.write(part.sql))}`
  if (own !== undefined) return null
  const range = inPrefixRange(sql, part.sql, end('prefixEnd'))
  return folded?.alone === true ? `${range} and ${inLowerCase(folded)}` : range
}

function arrayMatch(predicate: Extract<Predicate, { kind: 'array' }>, scope: Scope): Condition {
  const { statement } = scope
  const { dialect } = statement
  const left = valueSql(predicate.left, scope)
  const element = left.type.element ?? left.type
  const own = statement.alias('e')
  const elements = dialect.elements(left.sql, own)
  if (predicate.operator === 'has') {
    const right = elementSql(predicate.right, element, scope)
    return strict(dialect.anyElement(`${elements} where ${own}.value = ${right}`))
  }
  const wanted = statement.alias('w')
  const list = dialect.elements(listSql(predicate.right, element, scope), wanted)
  if (predicate.operator === 'hasAny') {
    return strict(dialect.anyElement(`${elements} join ${list} on ${wanted}.value = ${own}.value`))
  }
  const found = dialect.anyElement(`${elements} where ${own}.value = ${wanted}.value`)
  const missing = dialect.anyElement(`${list} where not ${found}`)
  return strict(`(${left.sql} is not null and not ${missing})`)
}

/** One element in the form that the elements of a stored array have. */
function elementSql(expression: Expression, element: FieldType, scope: Scope): string {
  const { statement } = scope
  if (expression.kind === 'parameter')
    return statement.bind({ parameter: expression.index, as: 'element', type: element })
  if (expression.kind === 'literal') return statement.dialect.elementLiteral(expression.value, element)
  return valueSql(expression, scope).sql
}

function listSql(expression: Expression, element: FieldType, scope: Scope): string {
  const { statement } = scope
  const list: FieldType = { kind: 'array', options: {}, element }
  if (expression.kind === 'parameter') return statement.bind({ parameter: expression.index, as: 'value', type: list })
  if (expression.kind === 'literal') return statement.dialect.literal(expression.value, list)
  return valueSql(expression, scope).sql
}

/**
 * `in (select …)` finds the rows from the far end, which is right when few rows there fulfil the condition and it does not depend on
 * the row here; `exists` looks at the far end row by row, unless the database knows better.
 */
function some(predicate: SomePredicate, scope: Scope): Condition {
  const { statement } = scope
  const { dialect } = statement
  const base = rowAt(scope, predicate.row)
  const relation = relationOf(modelOnPath(scope, predicate), predicate.relation)
  const local = (field: string): SqlValue => fieldOnPath(scope, base, predicate.path, field)
  const far = related(scope, { relation, local, depth: scope.rows.length, once: false, links: predicate.links })
  const inner = within(scope, far.row)
  const always = isAlways(predicate.where)
  const where = always ? null : predicateSql(predicate.where, inner).sql
  const from = always && far.fromLinks !== null ? far.fromLinks : far.from
  const guard = always ? null : dialect.guard(far.row.alias, far.row.model, scope.rows.length)
  const pair = far.pairs[0]
  if (
    far.pairs.length === 1 &&
    pair !== undefined &&
    predicate.held !== true &&
    !dialect.choosesEnds &&
    !reachesOut(predicate.where, scope.rows.length) &&
    isSelective(predicate.where, far.row.model, scope.rows.length, statement.graph)
  ) {
    const conditions = [...guarded(guard, where), ...(far.links === null ? [] : [far.links])]
    return {
      sql: `${columnSql(pair.outer)} in (select ${pair.inner} from ${from} where ${conditions.join(' and ')})`,
      strict: !pair.outer.nullable && !farSideNullable(far),
    }
  }
  const conditions = [far.condition, ...guarded(relation.kind === 'belongsTo' ? null : guard, where)]
  const lock = predicate.held === true ? dialect.referenceLock(far.row.alias) : ''
  return strict(`exists (select 1 from ${from} where ${conditions.join(' and ')}${lock})`)
}

// A NULL among the selected values makes `in` NULL instead of false. Only hasMany and hasOne select a reference, which may be null.
const farSideNullable = (far: Related): boolean => far.fromLinks === null
