/** Expressions as SQL. */
import {
  type Expression,
  type FieldType,
  figureType,
  isAlways,
  type RelationAggregateExpression,
  relationOf,
} from '../../model/index.ts'
import type { SqlDialect, SqlValue } from './dialect.ts'
import { joinedValue } from './joined-value.ts'
import { aligned, converted, figureSql, inRange, mostAt, mostOfLiteral, scaleOf, storageOf } from './number.ts'
import { fieldOnPath, guarded, modelOnPath, related, rowAt, type Scope, within } from './row.ts'
import { bigintType, booleanType, floatType } from './statement.ts'

export function valueSql(expression: Expression, scope: Scope): SqlValue {
  const { statement } = scope
  const { dialect } = statement
  switch (expression.kind) {
    case 'field':
      if (expression.path.length > 0) {
        const joined = joinedValue(expression, rowAt(scope, expression.row).joined)
        if (joined !== undefined) return joined
      }
      return fieldOnPath(scope, rowAt(scope, expression.row), expression.path, expression.field)
    case 'literal':
      return {
        sql: expression.value === null ? 'null' : dialect.literal(expression.value, expression.type),
        type: expression.type,
        nullable: expression.value === null,
        checked: true,
        most: mostOfLiteral(expression.value, expression.type),
      }
    case 'parameter': {
      const type = statement.parameterType(expression.index)
      return {
        sql: statement.bind({ parameter: expression.index, as: 'value', type }),
        type,
        nullable: canBeNull(scope, expression.index),
        // Of the caller's row, say, or of one that a step of a write has found.
        checked: statement.ownsAll,
      }
    }
    case 'aggregate':
      return joinedValue(expression, rowAt(scope, expression.row).joined) ?? aggregateSql(expression, scope)
    case 'call':
      return callSql(expression, scope)
    case 'condition': {
      const condition = scope.condition(expression.of, scope)
      return {
        sql: condition.strict ? `(${condition.sql})` : `((${condition.sql}) is true)`,
        type: booleanType,
        nullable: false,
        checked: true,
      }
    }
    case 'caller':
    case 'now':
      throw new Error(
        `The plan still has a ${expression.kind} expression, which the planner has to turn into a parameter.`,
      )
  }
}

/** A value where nothing around it tells the database its type: in results, assignments and arithmetic. */
export function typedValueSql(expression: Expression, scope: Scope): SqlValue {
  const value = valueSql(expression, scope)
  if (expression.kind !== 'parameter') return value
  return { ...value, sql: scope.statement.dialect.typedParameter(value.sql, value.type) }
}

function canBeNull(scope: Scope, index: number): boolean {
  const parameter = scope.statement.parameters[index]
  switch (parameter?.source) {
    case 'limit':
    case 'offset':
    case 'now':
      return false
    case 'cursor':
      return parameter.nullable
    default:
      return true
  }
}

function aggregateSql(expression: RelationAggregateExpression, scope: Scope): SqlValue {
  const { statement } = scope
  const { dialect } = statement
  const base = rowAt(scope, expression.row)
  const relation = relationOf(modelOnPath(scope, expression), expression.relation)
  const local = (field: string): SqlValue => fieldOnPath(scope, base, expression.path, field)
  const far = related(scope, { relation, local, depth: scope.rows.length, once: true, links: expression.links })
  const inner = within(scope, far.row)
  const of = expression.of === undefined ? null : valueSql(expression.of, inner)
  const type = figureType(expression.function, of?.type ?? null)
  const onlyLinks = far.fromLinks !== null && of === null && isAlways(expression.where)
  const guard = onlyLinks ? null : dialect.guard(far.row.alias, far.row.model, scope.rows.length)
  const conditions = [
    far.condition,
    ...guarded(guard, isAlways(expression.where) ? null : scope.condition(expression.where, inner).sql),
  ]
  // The least of one value is that value. Asked for the least, a database may walk through an index of all values to find it.
  const single = expression.function === 'min' && relation.kind === 'belongsTo' && of !== null
  const figure = single ? of.sql : figureSql(dialect, expression.function, of, type)
  return {
    sql: `(select ${figure} from ${onlyLinks ? far.fromLinks : far.from} where ${conditions.join(' and ')})`,
    type,
    nullable: expression.function !== 'count',
    checked: of?.checked ?? true,
  }
}

function callSql(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): SqlValue {
  const { dialect } = scope.statement
  const given = expression.arguments.map(argument => typedValueSql(argument, scope))
  const nullable = given.some(value => value.nullable)
  const checked = given.every(value => value.checked)
  const type = expression.type
  const texts = given.map(value => value.sql)
  const first = texts[0] ?? 'null'
  switch (expression.function) {
    case 'coalesce':
      return {
        sql: `coalesce(${given.map(value => inTypeOf(type, value, dialect).sql).join(', ')})`,
        type,
        nullable: given.every(value => value.nullable),
        checked,
      }
    case 'concat':
      return { sql: `(${dialect.concatenate(texts)})`, type, nullable, checked }
    case 'lower':
      return { sql: dialect.fold(first), type, nullable, checked }
    case 'upper':
      return { sql: dialect.upper(first), type, nullable, checked }
    case 'length':
      return { sql: dialect.length(first), type, nullable, checked }
    case 'add':
    case 'subtract':
      return { ...sum(given, expression.function === 'add' ? '+' : '-', scope, type), nullable }
    case 'multiply':
      return { ...product(given, scope, type), nullable }
  }
}

const hasFloat = (values: readonly SqlValue[], type: FieldType): boolean =>
  storageOf(type) === 'float' || values.some(value => storageOf(value.type) === 'float')

/** What becomes a number of another type may not fit it any more. */
function inTypeOf(type: FieldType, value: SqlValue, dialect: SqlDialect): SqlValue {
  const made = converted(dialect, value, type)
  return made.sql === value.sql && storageOf(value.type) === storageOf(type) ? made : inRange(dialect, made)
}

function sum(values: readonly SqlValue[], sign: '+' | '-', scope: Scope, type: FieldType): SqlValue {
  const { dialect } = scope.statement
  const float = hasFloat(values, type)
  const total = values
    .map(value => (float ? converted(dialect, value, floatType) : value))
    .reduce((left, right) => {
      const [a, b] = aligned(dialect, left, right)
      const sql = `(${a.sql} ${sign} ${b.sql})`
      const checked = a.checked && b.checked
      if (float) return { sql, type: floatType, nullable: true, checked }
      const scale = Math.max(scaleOf(a.type), scaleOf(b.type))
      const most = mostAt(a, scale) + mostAt(b, scale)
      const whole = mostAt({ ...a, most, type: ofScale(scale) }, scaleOf(a.type))
      return { sql, type: a.type, nullable: true, checked, most: whole }
    })
  return inRange(dialect, converted(dialect, total, type))
}

function product(values: readonly SqlValue[], scope: Scope, type: FieldType): SqlValue {
  const { dialect } = scope.statement
  const float = hasFloat(values, type)
  const total = values
    .map(value => (float ? converted(dialect, value, floatType) : value))
    .reduce((left, right) => {
      const sql = `(${left.sql} * ${right.sql})`
      const checked = left.checked && right.checked
      if (float) return { sql, type: floatType, nullable: true, checked }
      const scale = scaleOf(left.type) + scaleOf(right.type)
      const most = mostAt(left, scaleOf(left.type)) * mostAt(right, scaleOf(right.type))
      return { sql, type: scale === 0 ? bigintType : ofScale(scale), nullable: true, checked, most }
    })
  return inRange(dialect, converted(dialect, total, type))
}

const ofScale = (scale: number): FieldType => ({ kind: 'decimal', options: { precision: 38, scale } })
