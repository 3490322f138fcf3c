/** The type that an expression's values have. */
import type { CallExpression, Expression, RelationAggregateExpression } from '../expression.ts'
import type { FieldNode, ModelGraph, ModelNode, RelationNode } from '../graph.ts'
import { decimalPrecision, decimalScale, kindOf } from '../kind/index.ts'
import type { FieldType } from '../value.ts'

const bare = (kind: string): FieldType => Object.freeze({ kind, options: Object.freeze({}) })

export const integerType: FieldType = bare('integer')
export const bigintType: FieldType = bare('bigint')
export const floatType: FieldType = bare('float')
export const booleanType: FieldType = bare('boolean')
export const datetimeType: FieldType = bare('datetime')

export const decimalType = (precision: number, scale: number): FieldType =>
  Object.freeze({ kind: 'decimal', options: Object.freeze({ precision, scale }) })

/** The text type of calculated texts: nothing bounds them but their parts. */
export const longTextType: FieldType = Object.freeze({ kind: 'text', options: Object.freeze({ max: 10_000_000 }) })

/**
 * The type of `left + right` and the like; undefined when the two do not mix. Whole numbers mix with decimals (a decimal comes out);
 * floats only mix with floats and integers, because a decimal that became a float would no longer be exact.
 */
export function arithmeticType(
  operation: 'add' | 'subtract' | 'multiply',
  left: FieldType,
  right: FieldType,
): FieldType | undefined {
  const kinds = new Set([left.kind, right.kind])
  if (kinds.has('float'))
    return [...kinds].every(kind => kind === 'float' || kind === 'integer') ? floatType : undefined
  if (kinds.has('decimal')) {
    const [a, b] = [scaleOf(left), scaleOf(right)]
    if (a === undefined || b === undefined) return undefined
    return decimalType(38, operation === 'multiply' ? Math.min(a + b, 38) : Math.max(a, b))
  }
  if (kinds.has('bigint'))
    return [...kinds].every(kind => kind === 'bigint' || kind === 'integer') ? bigintType : undefined
  return left.kind === 'integer' && right.kind === 'integer' ? integerType : undefined
}

function scaleOf(type: FieldType): number | undefined {
  if (type.kind === 'decimal') return decimalScale(type)
  return type.kind === 'integer' || type.kind === 'bigint' ? 0 : undefined
}

/** A type and whether null is among its values. */
export interface ValueType {
  readonly type: FieldType
  readonly nullable: boolean
}

/**
 * What an aggregate over values of `of` gives; undefined when there is none. Sums of whole numbers are bigint, sums of decimals keep
 * their scale, averages are floats. Over no rows, all but count are null.
 */
export function aggregateType(
  name: 'count' | 'sum' | 'avg' | 'min' | 'max',
  of: FieldType | null,
): ValueType | undefined {
  if (name === 'count') return { type: integerType, nullable: false }
  if (of === null) return undefined
  if (name === 'min' || name === 'max') return kindOf(of).sortable ? { type: of, nullable: true } : undefined
  const number = of.kind === 'integer' || of.kind === 'bigint' || of.kind === 'decimal' || of.kind === 'float'
  if (!number) return undefined
  if (name === 'avg' || of.kind === 'float') return { type: floatType, nullable: true }
  if (of.kind === 'decimal')
    return { type: decimalType(Math.max(38, decimalPrecision(of)), decimalScale(of)), nullable: true }
  return { type: bigintType, nullable: true }
}

/** The models of the rows that an expression can name, by number. */
export type RowModels = readonly ModelNode[]

/** What a path of to-one relations leads to, and whether it may lead nowhere. */
export function followPath(
  graph: ModelGraph,
  from: ModelNode,
  path: readonly string[],
): { model: ModelNode; nullable: boolean } {
  let model = from
  let nullable = false
  for (const name of path) {
    const relation: RelationNode | undefined = model.relations[name]
    const target: ModelNode | undefined = relation === undefined ? undefined : graph.models[relation.target]
    if (relation === undefined || target === undefined) throw new TypeError(`${model.name} has no relation "${name}".`)
    nullable ||= relation.nullable
    model = target
  }
  return { model, nullable }
}

/**
 * The type of an expression's values. `rows` are the models of rows 0, 1, …; `parameter` gives the types of bound values.
 */
export function expressionType(
  expression: Expression,
  rows: RowModels,
  graph: ModelGraph,
  parameter: (index: number) => ValueType,
): ValueType {
  switch (expression.kind) {
    case 'field': {
      const { model, nullable } = followPath(graph, rowModel(rows, expression.row), expression.path)
      const field: FieldNode | undefined = model.fields[expression.field]
      if (field === undefined) throw new TypeError(`${model.name} has no field "${expression.field}".`)
      return { type: field.type, nullable: nullable || field.nullable }
    }
    case 'literal':
      return { type: expression.type, nullable: expression.value === null }
    case 'parameter':
      return parameter(expression.index)
    case 'caller': {
      const field = graph.caller === null ? undefined : graph.models[graph.caller]?.fields[expression.attribute]
      if (field === undefined) throw new TypeError(`The caller has no field "${expression.attribute}".`)
      return { type: field.type, nullable: true }
    }
    case 'now':
      return { type: datetimeType, nullable: false }
    case 'condition':
      return { type: booleanType, nullable: false }
    case 'call':
      return { type: expression.type, nullable: callNullable(expression, rows, graph, parameter) }
    case 'aggregate':
      return relationAggregateType(expression, rows, graph, parameter)
  }
}

function rowModel(rows: RowModels, row: number): ModelNode {
  const model = rows[row]
  if (model === undefined) throw new TypeError(`There is no row ${row} here.`)
  return model
}

function callNullable(
  call: CallExpression,
  rows: RowModels,
  graph: ModelGraph,
  parameter: (index: number) => ValueType,
): boolean {
  const nullable = call.arguments.map(argument => expressionType(argument, rows, graph, parameter).nullable)
  return call.function === 'coalesce' ? nullable.every(Boolean) : nullable.some(Boolean)
}

function relationAggregateType(
  aggregate: RelationAggregateExpression,
  rows: RowModels,
  graph: ModelGraph,
  parameter: (index: number) => ValueType,
): ValueType {
  const { model } = followPath(graph, rowModel(rows, aggregate.row), [...aggregate.path, aggregate.relation])
  const of = aggregate.of === undefined ? null : expressionType(aggregate.of, [...rows, model], graph, parameter).type
  const type = aggregateType(aggregate.function, of)
  if (type === undefined) throw new TypeError(`There is no ${aggregate.function} of ${of?.kind ?? 'rows'}.`)
  return type
}
