/** DECLARE: what an application says about its data, as one frozen graph. */
export {
  constraintName,
  databaseName,
  databaseNameLimit,
  pluralOf,
  reservedFieldNames,
  reservedModelNames,
} from './build/names.ts'
export { softDeleteScope } from './build/scopes.ts'
export type * from './expression.ts'
export { always, never } from './expression.ts'
export { field } from './field/index.ts'
export { graphOf } from './graph-of.ts'
export type * from './graph.ts'
export { defineHooks, hookMoments, Hooks, type UntypedHook } from './hooks.ts'
export * from './kind/index.ts'
export type * from './kind.ts'
export { model, Model, type ModelOptions } from './model.ts'
export { defineRules, type ModelRules, Rules } from './rules.ts'
export { defineSchema, Schema, type SchemaOptions } from './schema.ts'
export { allOf, anyOf, Condition, everyone, nobody, not } from './symbol/condition.ts'
export { aggregateType, arithmeticType, expressionType, followPath, type ValueType } from './symbol/expression-type.ts'
export { coalesce, concat, length, lower, now, upper } from './symbols.ts'
export type { HookCaller, HookFunctions, RowChange } from './types/hooks.ts'
export type * from './value.ts'
