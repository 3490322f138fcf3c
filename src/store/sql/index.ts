/** What SQL stores share: plans become commands, and a dialect says what differs between databases. */
export { aggregateCommand, type AggregateCommand } from './aggregate.ts'
export { type Binder, binderOf, insertBinderOf } from './bind.ts'
export { elementsOf, textOf } from './canonical.ts'
export { checkSql } from './check.ts'
export { type CommandLimit, rowsAskedFor } from './command-limit.ts'
export { type ComparedTable, compareTables } from './compare-tables.ts'
export type {
  Binding,
  Decoding,
  InsertParts,
  KeyedRows,
  Json,
  JsonPiece,
  ListEnds,
  NativeForm,
  SelectParts,
  SqlDialect,
  ShortJson,
  SqlJson,
  SqlValue,
} from './dialect.ts'
export { typedValueSql } from './expression.ts'
export { findCommand, type FindCommand } from './find.ts'
export { findForm, type FindForm, foundGroups, foundRow, foundRows } from './found-rows.ts'
export { concatCall, isPlainEnum, joinPieces, jsonObject, quoteMark } from './json-pieces.ts'
export { namedChange, type NamedChange } from './named-change.ts'
export { mostAt, mostIn, mostOfSum, powerOfTen, scaleOf, storageOf } from './number.ts'
export { foldedPrefixEnd, prefixEnd } from './prefix-end.ts'
export { addConstraint, dropConstraint } from './constraint-commands.ts'
export { checkShape, formShape, referenceShape } from './constraint-shape.ts'
export { scopeOf } from './predicate.ts'
export { asItIs, columnSql, tableRow, written } from './row.ts'
export type { ConstraintShape, ExistingColumn, ExistingTable, Filling, Mend, SchemaDialect } from './schema-dialect.ts'
export { selectText, words } from './select.ts'
export {
  columnDefault,
  type IndexPart,
  type IndexShape,
  type ReferenceShape,
  tableShapes,
  type TableShape,
} from './shape.ts'
export * from './migration/index.ts'
export {
  columnCheckName,
  columnList,
  deleteActions,
  flatName,
  flatTable,
  flatTableName,
  identifier,
  isSequence,
  nameInTable,
  referenceName,
  referenceText,
} from './table-words.ts'
export { Statement } from './statement.ts'
export { insertCommand, type InsertCommand, type ListedRows, type MadeRead } from './insert.ts'
export { answerOf, deleteCommand, type FindKeys, updateCommand, type WriteCommand } from './write.ts'

export { leavesTraces } from './leaves-traces.ts'
export { mayChange } from './may-change.ts'
/** Kysely is loaded when it is first asked for: it takes longer to load than all of Plinth. */
export const kyselyAccess = () => import('./kysely-access.ts')
export { enumType, isEnum, literalDefault, longestText, textType, typeOfKind, wordsBetweenQuotes } from './described.ts'
