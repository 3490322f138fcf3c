/** The tables of a graph as plain data; what each database says in its own way is handed in. */
import { enumValues, type FieldNode, type ModelGraph } from '../../../model/index.ts'
import { checkSql } from '../check.ts'
import type { SqlDialect } from '../dialect.ts'
import { storageOf } from '../number.ts'
import { columnDefault, type IndexShape, tableShapes, type TableShape } from '../shape.ts'
import { columnCheckName, isSequence, referenceText } from '../table-words.ts'
import type { TableName } from '../../contract/index.ts'
import type { HelperColumn, PhysicalConstraint, PhysicalIndex, PhysicalTable } from './physical-table.ts'

export interface PhysicalWords {
  readonly dialect: SqlDialect
  /** The table's name where the database has no namespaces: they are a part of it. */
  tableName(shape: TableShape): TableName
  columnType(shape: TableShape, field: FieldNode): string
  /** The moment of the change, as a default that a column can have. */
  readonly moment: string
  form(field: FieldNode): string | null
  createIndex(shape: TableShape, index: IndexShape): string
  /** The columns that an index needs beside those of the model; absent where none does. */
  helpersOf?(shape: TableShape, index: IndexShape): readonly HelperColumn[]
  options(shape: TableShape): string
}

export const physicalTables = (graph: ModelGraph, words: PhysicalWords): readonly PhysicalTable[] =>
  tableShapes(graph)
    .filter(({ model }) => !model.view)
    .map(shape => physicalTable(shape, graph, words))

function physicalTable(shape: TableShape, graph: ModelGraph, words: PhysicalWords): PhysicalTable {
  const { model, columns, key, checks, references, indexes } = shape
  return {
    model: model.name,
    adopted: model.adopted,
    ...words.tableName(shape),
    columns: columns.map(field => {
      const given = columnDefault(field)
      const literal = given === null ? null : words.dialect.literal(given, field.type)
      return {
        name: field.column,
        type: words.columnType(shape, field),
        // What the database itself makes is never refused for being absent.
        nullable: field.nullable || field.default?.from === 'database',
        default: literal,
        sequence: isSequence(field),
        filling: literal ?? fillingOf(field, words),
        field,
      }
    }),
    key: key.map(({ column }) => column),
    constraints: [
      ...columns.flatMap(field => formOf(shape, field, words)),
      ...checks.map(({ name, predicate }): PhysicalConstraint => ({
        name,
        kind: 'check',
        columns: [],
        text: `check (${checkSql(model, predicate, graph, words.dialect)})`,
        words: null,
        target: null,
      })),
      ...references.map((reference): PhysicalConstraint => ({
        name: reference.name,
        kind: 'reference',
        columns: reference.columns.map(({ column }) => column),
        text: referenceText(reference, words.dialect),
        words: null,
        target: reference.target.name,
      })),
    ],
    indexes: indexes.map((index): PhysicalIndex => ({
      name: index.name,
      unique: index.unique,
      columns: index.columns.map(({ field }) => field.column),
      liveOnly: index.liveOnly !== null,
      ignoreCase: index.columns.filter(({ ignoreCase }) => ignoreCase).map(({ field }) => field.column),
      helpers: (words.helpersOf?.(shape, index) ?? []).map(({ name }) => name),
      create: words.createIndex(shape, index),
    })),
    helpers: [
      ...new Map(
        indexes.flatMap(index => words.helpersOf?.(shape, index) ?? []).map(helper => [helper.name, helper]),
      ).values(),
    ],
    options: words.options(shape),
  }
}

function fillingOf(field: FieldNode, words: PhysicalWords): string | null {
  switch (field.default?.from) {
    case 'now':
      return words.moment
    case 'version':
      return '1'
    default:
      return null
  }
}

function formOf(shape: TableShape, field: FieldNode, words: PhysicalWords): readonly PhysicalConstraint[] {
  const check = words.form(field)
  if (check === null) return []
  const allowed = field.type.kind === 'enum' && storageOf(field.type) === 'text' ? enumValues(field.type) : []
  return [
    {
      name: columnCheckName(shape.model, field.column),
      kind: 'form',
      columns: [field.column],
      text: `check (${check})`,
      words: allowed.length === 0 ? null : allowed,
      target: null,
    },
  ]
}
