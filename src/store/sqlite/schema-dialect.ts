/** How SQLite makes and changes tables: it can add columns and indexes; everything else takes a table made anew. */
import type { DatabaseSync } from 'node:sqlite'
import type { DeleteBehaviour, FieldNode, ModelGraph, ModelNode } from '../../model/index.ts'
import {
  columnCheckName,
  columnDefault,
  type ConstraintShape,
  deleteActions,
  type ExistingTable,
  type Filling,
  flatTableName,
  identifier,
  type IndexShape,
  isSequence,
  type Mend,
  type SchemaDialect,
  type SqlDialect,
  type TableShape,
} from '../sql/index.ts'
import { rebuildTable } from './rebuild-table.ts'
import { constraintsIn } from './table-text.ts'
import { columnDefinition, columnType, createIndex, createTable } from './table.ts'

export class SqliteSchemaDialect implements SchemaDialect {
  readonly referencesApart = false
  readonly indexesApart = true
  readonly #database: DatabaseSync
  readonly #graph: ModelGraph
  readonly #dialect: SqlDialect

  constructor(database: DatabaseSync, graph: ModelGraph, dialect: SqlDialect) {
    this.#database = database
    this.#graph = graph
    this.#dialect = dialect
  }

  tableName(model: ModelNode): string {
    return flatTableName(model)
  }

  columnType(_shape: TableShape, field: FieldNode): string {
    return columnType(field)
  }

  /** Columns of SQLite compare by code point unless they say otherwise. */
  collation(): null {
    return null
  }

  isAlwaysThere(field: FieldNode): boolean {
    return isSequence(field)
  }

  constraints(shape: TableShape): readonly ConstraintShape[] {
    const { columns, references, checks } = shape
    const texts = constraintsIn(this.createTable(shape))
    const constraint = (
      name: string,
      kind: ConstraintShape['kind'],
      needed: readonly FieldNode[],
    ): ConstraintShape | null => {
      const text = texts.get(name)
      if (text === undefined) return null
      return {
        name,
        kind,
        text,
        columns: needed,
        comesWithColumn: kind !== 'check' && needed.length === 1,
        compare: found => (found === text ? 'same' : isWider(text, found) ? 'narrower' : 'different'),
        isServedBy: found => kind === 'reference' && isReference(shape, name, found),
      }
    }
    return [
      ...columns.map(field => constraint(columnCheckName(shape.model, field.column), 'form', [field])),
      ...references.map(({ name, columns: needed }) => constraint(name, 'reference', needed)),
      ...checks.map(({ name }) => constraint(name, 'check', [])),
    ].filter(one => one !== null)
  }

  createTable(shape: TableShape): string {
    return createTable(shape, this.#graph, this.#dialect)
  }

  /** A reference comes with its column; of a reference of several columns each is added by itself and the constraint is missing. */
  addColumn(shape: TableShape, field: FieldNode): Mend {
    // SQLite wants a value for the rows that are there, also where there are none, and keeps it as the default of the column.
    const filled = field.nullable || columnDefault(field) !== null
    if (!filled || shape.key.includes(field)) return 'rebuild'
    const reference = shape.references.find(({ columns }) => columns.length === 1 && columns[0] === field)
    const target = reference?.targetColumns[0]
    const references =
      reference === undefined || target === undefined
        ? ''
        : ` constraint ${identifier(reference.name)} references ${identifier(flatTableName(reference.target))} (${identifier(target.column)}) on delete ${deleteActions[reference.onDelete]}`
    return [
      `alter table ${identifier(flatTableName(shape.model))} add column ${columnDefinition(shape.model, field)}${references}`,
    ]
  }

  allowNull(): Mend {
    return 'rebuild'
  }

  refuseNull(): Mend {
    return 'rebuild'
  }

  changeType(): Mend {
    return 'rebuild'
  }

  changeKey(): Mend {
    return 'rebuild'
  }

  addConstraint(): Mend {
    return 'rebuild'
  }

  replaceConstraint(): Mend {
    return 'rebuild'
  }

  dropConstraint(shape: TableShape, name: string, existing: ExistingTable): Mend | 'keep' {
    const known = new Set(shape.columns.map(({ column }) => column))
    // What a field had to look like stays with the column that it left.
    const stays = existing.columns.some(
      column => !known.has(column.name) && name === columnCheckName(shape.model, column.name),
    )
    return stays ? 'keep' : 'rebuild'
  }

  createIndex(shape: TableShape, index: IndexShape): string {
    return createIndex(shape, index)
  }

  dropIndex(_shape: TableShape, name: string): string {
    return `drop index ${identifier(name)}`
  }

  isIndex(shape: TableShape, index: IndexShape, found: string): boolean {
    const unnamed = (sql: string): string => normal(sql).replace(/^(create (?:unique )?index) "(?:[^"]|"")+"/u, '$1')
    return unnamed(found) === unnamed(createIndex(shape, index))
  }

  rebuildTable(
    shape: TableShape,
    existing: ExistingTable,
    added: ReadonlyMap<FieldNode, Filling | null>,
  ): readonly string[] | null {
    return rebuildTable(this.#database, { shape, existing, added }, (name, others) =>
      createTable(shape, this.#graph, this.#dialect, { name, others }),
    )
  }
}

/** Whether a reference of a table that was there before its model, as its catalogue is printed, is the one of that name. */
function isReference({ model, references }: TableShape, name: string, found: string): boolean {
  const reference = references.find(one => one.name === name)
  if (reference === undefined) return false
  const { columns, target, targetColumns, onDelete } = reference
  const names = (fields: readonly FieldNode[]): readonly string[] => fields.map(({ column }) => column)
  // What happens to links nobody has declared.
  const wanted: readonly DeleteBehaviour[] = model.hidden ? ['restrict', 'cascade', 'setNull'] : [onDelete]
  return wanted.some(
    one => found === printedReference(names(columns), flatTableName(target), names(targetColumns), one),
  )
}

/** SQLite does not tell its own names of columns and tables by case. */
export const printedReference = (
  columns: readonly string[],
  table: string,
  targets: readonly string[],
  onDelete: DeleteBehaviour,
): string => `foreign key (${columns.join(', ')}) references ${table} (${targets.join(', ')}) ${onDelete}`.toLowerCase()

/** Whether an enum's check has all words of another one, and more. */
function isWider(wanted: string, found: string): boolean {
  const words = (check: string): readonly string[] | null => {
    const list = /^check \("(?:[^"]|"")+" in \(('.*')\)\)$/u.exec(check)?.[1]
    return list === undefined ? null : Array.from(list.matchAll(/'((?:[^']|'')*)'/gu), match => match[1] ?? '')
  }
  const [more, less] = [words(wanted), words(found)]
  return more !== null && less !== null && wanted !== found && less.every(word => more.includes(word))
}

const normal = (sql: string): string => sql.replace(/\s+/gu, ' ').trim().toLowerCase()
