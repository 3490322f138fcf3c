/** How MariaDB and MySQL make and change tables. */
import type { FieldNode, ModelGraph, ModelNode } from '../../model/index.ts'
import {
  addConstraint,
  checkShape,
  columnCheckName,
  type ConstraintShape,
  type ExistingTable,
  dropConstraint,
  type Filling,
  flatTableName,
  formShape,
  type HelperColumn,
  identifier,
  type IndexShape,
  isSequence,
  type Mend,
  referenceShape,
  type SchemaDialect,
  type SqlDialect,
  type TableShape,
  wordsBetweenQuotes,
} from '../sql/index.ts'
import {
  columnCheck,
  columnDefinition,
  columnType,
  createIndex,
  createTable,
  helpersOfIndex,
  indexForms,
} from './table.ts'
import type { Variety } from './variety.ts'

export class MysqlSchemaDialect implements SchemaDialect {
  readonly referencesApart = true
  readonly indexesApart = false
  readonly #graph: ModelGraph
  readonly #dialect: SqlDialect
  readonly #variety: Variety

  constructor(graph: ModelGraph, dialect: SqlDialect, variety: Variety) {
    this.#graph = graph
    this.#dialect = dialect
    this.#variety = variety
  }

  tableName(model: ModelNode): string {
    return flatTableName(model)
  }

  columnType(shape: TableShape, field: FieldNode): string {
    return columnType(shape, field, this.#variety)
  }

  /** It is a part of the type here. */
  collation(): null {
    return null
  }

  isAlwaysThere(field: FieldNode): boolean {
    return isSequence(field)
  }

  constraints({ model, columns, checks, references }: TableShape): readonly ConstraintShape[] {
    return [
      ...columns.flatMap(field => {
        const check = columnCheck(field, this.#variety)
        return check === null ? [] : [formShape(model, field, { check, wordsIn: wordsOf(field) })]
      }),
      ...checks.map(({ name }) => checkShape(name)),
      ...references.map(reference => {
        const text = printedReference(
          reference.columns.map(({ column }) => column),
          flatTableName(reference.target),
          reference.targetColumns.map(({ column }) => column),
        )
        return referenceShape(reference, { text, isServedBy: found => found === text })
      }),
    ]
  }

  createTable(shape: TableShape): string {
    return createTable(shape, this.#graph, this.#dialect, this.#variety)
  }

  addColumn(shape: TableShape, field: FieldNode, filling: Filling | null): Mend {
    const check = columnCheck(field, this.#variety)
    const name = identifier(columnCheckName(shape.model, field.column))
    const checked = check === null ? '' : `, add constraint ${name} check (${check})`
    const alter = this.#alter(shape.model)
    const column = columnDefinition(shape, field, this.#variety)
    if (filling === null) return [`${alter} add column ${column}${checked}`]
    const value = filling === 'moment' ? 'current_timestamp(3)' : '1'
    return [
      `${alter} add column ${column} default ${value}${checked}`,
      `${alter} alter column ${identifier(field.column)} drop default`,
    ]
  }

  allowNull(shape: TableShape, column: string): Mend {
    // A column is changed by its whole definition, and only those of fields are known.
    const field = shape.columns.find(one => one.column === column)
    return field === undefined ? null : this.changeType(shape, field)
  }

  refuseNull(shape: TableShape, field: FieldNode): Mend {
    return this.changeType(shape, field)
  }

  changeType(shape: TableShape, field: FieldNode): readonly string[] {
    return [`${this.#alter(shape.model)} modify column ${columnDefinition(shape, field, this.#variety)}`]
  }

  changeKey(): null {
    return null
  }

  addConstraint(shape: TableShape, constraint: ConstraintShape): Mend {
    return addConstraint(shape, constraint, this.#dialect)
  }

  replaceConstraint(shape: TableShape, { name, text, columns }: ConstraintShape): Mend {
    const [field] = columns
    const add = `add constraint ${identifier(name)} ${text}`
    // One command: the table is never without the check.
    if (!this.#variety.dropsIfExists) return [`${this.#alter(shape.model)} drop constraint ${identifier(name)}, ${add}`]
    // One that stands in the column's own definition goes when the column is defined without it.
    const plain = field === undefined ? '' : `modify column ${columnDefinition(shape, field, this.#variety)}, `
    return [`${this.#alter(shape.model)} drop constraint if exists ${identifier(name)}, ${plain}${add}`]
  }

  dropConstraint(shape: TableShape, name: string, existing: ExistingTable): Mend | 'keep' {
    return dropConstraint(shape, name, existing, this.#dialect)
  }

  createIndex(shape: TableShape, index: IndexShape, existing: ExistingTable | null): string {
    // The first index that needs a column brings it.
    const texts = [...(existing?.indexes.values() ?? [])]
    const missing = shape.indexes.filter(one => !texts.some(text => this.isIndex(shape, one, text)))
    const has = (helper: HelperColumn): boolean => {
      const needs = (one: IndexShape): boolean =>
        helpersOfIndex(shape, one, this.#variety).some(({ name }) => name === helper.name)
      const isThere = existing?.columns.some(({ name }) => name === helper.name) ?? false
      return isThere || missing.find(needs) !== index
    }
    return createIndex(shape, index, this.#dialect, this.#variety, has)
  }

  dropIndex({ model }: TableShape, name: string): string {
    return `${this.#alter(model)} drop index ${identifier(name)}`
  }

  isIndex(shape: TableShape, index: IndexShape, found: string): boolean {
    return indexForms(shape, index, this.#variety).some(columns => found === printedIndex(index.unique, columns))
  }

  rebuildTable(): null {
    return null
  }

  #alter(model: ModelNode): string {
    return `alter table ${this.#dialect.table(model)}`
  }
}

/** An index as its columns in a text, to be compared. */
export const printedIndex = (unique: boolean, columns: readonly string[]): string =>
  `${unique ? 'unique ' : ''}(${columns.join(', ')})`

/** A reference in a text, to be compared. */
export const printedReference = (columns: readonly string[], table: string, targets: readonly string[]): string =>
  `foreign key (${columns.join(', ')}) references ${table} (${targets.join(', ')})`

/** What the catalogue is made to say of a check that nobody keeps to yet. */
export const unenforced = ' not enforced'

const wordsOf =
  ({ type }: FieldNode) =>
  (found: string): readonly string[] | null => {
    if (found.endsWith(unenforced)) return null
    return type.kind === 'enum' ? wordsBetweenQuotes(found) : []
  }
