/** DECLARE: what an application says about its data, as one frozen graph. */
export {
  checkName,
  databaseName,
  databaseNameLimit,
  foreignName,
  indexName,
  reservedFieldNames,
  reservedModelNames,
  uniqueName,
} from './build/names.ts'
export { listMistakes } from './build/mistakes.ts'
export { softDeleteScope } from './build/scopes.ts'
export type * from './expression.ts'
export { always, isAlways, isNever, never } from './expression.ts'
export { declaredModels } from './declared-models.ts'
export { declareWith, type DeclarationSymbols, type DeclarationTools, type DeclaredValue } from './declare.ts'
export {
  type BelongsToField,
  field,
  type HasManyField,
  type HasOneField,
  type ManyToManyField,
  noWords,
  type ReferenceField,
  type ScalarField,
} from './field/index.ts'
export { fieldsIndexedFolded, foldedFields } from './folded-fields.ts'
export { graphOf } from './graph-of.ts'
export { fieldOf, modelOf, relationOf } from './graph-parts.ts'
export type * from './graph.ts'
export { defineHooks, Hooks, type UntypedHook } from './hooks.ts'
export { declareFields, type InputField, type InputObject, isInputObject } from './input-fields.ts'
export * from './kind/index.ts'
export type * from './kind.ts'
export { isToMany } from './is-to-many.ts'
export { hasOwnUnique, isUnique } from './is-unique.ts'
export { Model, model, type ModelOptions } from './model.ts'
export { comparisonOutcomes, textOutcomes } from './outcomes.ts'
export { partial, PartialFields } from './partial.ts'
export { fieldNode, modelNode } from './plain-nodes.ts'
export { printGraph, readGraph } from './print-graph.ts'
export { callerOnlyAttributes } from './caller-only.ts'
export { isReadableByAll } from './readable-by-all.ts'
export { isServerWritten, needsValue, requireCreatable } from './require-creatable.ts'
export { defineRules, type ModelRules, Rules } from './rules.ts'
export { type ComputedValue, defineSchema, Schema } from './schema.ts'
export { namingFields, recognisingFields } from './naming-fields.ts'
export { canonicalForm, storedForm, storedLiteral, storedPredicate } from './stored-form.ts'
export { spokenName } from './spoken-name.ts'
export { asksLists, type ToldCheck, toldCheck } from './told-check.ts'
export { toldRelations } from './told-relations.ts'
export { allOf, anyOf, Condition, everyone, nobody, not } from './symbol/condition.ts'
export { aggregateType, booleanType, datetimeType, figureType, integerType } from './symbol/expression-type.ts'
export type { MaskableValue } from './symbol/maskable-value.ts'
export { coalesce, concat, length, lower, maskable, now, upper } from './symbols.ts'
export type {
  Database,
  DatabaseMethods,
  ModelOperations,
  Page,
  SystemMethods,
  TransactionMore,
} from './types/database.ts'
export type { FieldsToWrite, FieldValues, NamedFields, SymbolOfField } from './types/field-values.ts'
export type { CreateInput, Key, Row, ShapeOf, UpdateInput, Where } from './types/public.ts'
export type { CallerSymbols, SymbolsFor } from './types/row-symbols.ts'
export type {
  Columns,
  FieldsOf,
  InputOf,
  IsToMany,
  Key as KeyOf,
  KeyNames,
  ModelName,
  NativeKey,
  RelationNames,
  SchemaShape,
  TargetOf,
} from './types/schema.ts'
export type {
  ArraySymbol,
  EqualitySymbol,
  FloatSymbol,
  NullableSymbol,
  NumberSymbol,
  OrderSymbol,
  TextSymbol,
  ValueOf,
} from './types/symbols.ts'
export type * from './value.ts'
export { nullableSchema, type SchemaObject, valueSchema } from './value-schema.ts'
