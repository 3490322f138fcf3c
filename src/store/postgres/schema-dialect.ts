/** How PostgreSQL makes and changes tables. */
import { isDeepStrictEqual } from 'node:util'
import type { FieldNode, ModelGraph, ModelNode } from '../../model/index.ts'
import {
  addConstraint,
  checkShape,
  type ConstraintShape,
  type ExistingTable,
  dropConstraint,
  type Filling,
  formShape,
  identifier,
  type IndexShape,
  isSequence,
  type Mend,
  referenceShape,
  type SchemaDialect,
  type SqlDialect,
  type TableShape,
} from '../sql/index.ts'
import { columnTypeOf } from './column-type.ts'
import { bareType, collationIn } from './native-form.ts'
import { collationOf, columnCheck, columnDefinition, createIndex, createTable } from './table.ts'

export class PostgresSchemaDialect implements SchemaDialect {
  readonly referencesApart = true
  readonly indexesApart = true
  readonly #graph: ModelGraph
  readonly #dialect: SqlDialect

  constructor(graph: ModelGraph, dialect: SqlDialect) {
    this.#graph = graph
    this.#dialect = dialect
  }

  tableName(model: ModelNode): string {
    return model.table
  }

  columnType(_shape: TableShape, field: FieldNode): string {
    const native = field.native?.['postgres']
    return native === undefined ? columnTypeOf(field.type) : bareType(native.type)
  }

  collation(field: FieldNode) {
    const native = field.native?.['postgres']
    if (native !== undefined) {
      const declared = collationIn(native.type) ?? 'default'
      return { name: declared, isSame: (found: string | null) => (found ?? 'default') === declared }
    }
    const name = collationOf(field)
    return name === null ? null : { name, isSame: comparesByCodePoint }
  }

  isAlwaysThere(field: FieldNode): boolean {
    return isSequence(field)
  }

  constraints({ model, columns, checks, references }: TableShape): readonly ConstraintShape[] {
    return [
      ...columns.flatMap(field => {
        const check = columnCheck(field)
        return check === null ? [] : [formShape(model, field, { check, wordsIn: wordsOf })]
      }),
      ...checks.map(({ name }) => checkShape(name)),
      ...references.map(reference => {
        const columns = reference.columns.map(({ column }) => column)
        return referenceShape(reference, {
          text: `FOREIGN KEY (${columns.map(identifier).join(', ')})`,
          isServedBy: found => isDeepStrictEqual(referringColumns(found), columns),
        })
      }),
    ]
  }

  createTable(shape: TableShape): string {
    return createTable(shape, this.#graph, this.#dialect)
  }

  addColumn({ model }: TableShape, field: FieldNode, filling: Filling | null): Mend {
    const alter = this.#alter(model)
    const column = columnDefinition(model, field)
    if (filling === null) return [`${alter} add column ${column}`]
    const value = filling === 'moment' ? 'now()' : '1'
    return [
      `${alter} add column ${column} default ${value}`,
      `${alter} alter column ${identifier(field.column)} drop default`,
    ]
  }

  allowNull({ model }: TableShape, column: string): Mend {
    return [`${this.#alter(model)} alter column ${identifier(column)} drop not null`]
  }

  refuseNull({ model }: TableShape, field: FieldNode): Mend {
    return [`${this.#alter(model)} alter column ${identifier(field.column)} set not null`]
  }

  changeType(): null {
    return null
  }

  changeKey(): null {
    return null
  }

  addConstraint(shape: TableShape, constraint: ConstraintShape): Mend {
    return addConstraint(shape, constraint, this.#dialect)
  }

  replaceConstraint({ model }: TableShape, { name, text }: ConstraintShape): Mend {
    const alter = this.#alter(model)
    return [`${alter} drop constraint ${identifier(name)}`, `${alter} add constraint ${identifier(name)} ${text}`]
  }

  dropConstraint(shape: TableShape, name: string, existing: ExistingTable): Mend | 'keep' {
    return dropConstraint(shape, name, existing, this.#dialect)
  }

  createIndex(shape: TableShape, index: IndexShape): string {
    return createIndex(shape, index, this.#dialect)
  }

  dropIndex({ model }: TableShape, name: string): string {
    const table = this.#dialect.table(model)
    const schema = table.includes('.') ? `${table.slice(0, table.lastIndexOf('.'))}.` : ''
    return `drop index ${schema}${identifier(name)}`
  }

  isIndex(shape: TableShape, index: IndexShape, found: string): boolean {
    return isSameIndex(found, this.createIndex(shape, index))
  }

  rebuildTable(): null {
    return null
  }

  #alter(model: ModelNode): string {
    return `alter table ${this.#dialect.table(model)}`
  }
}

/** The words in `CHECK ((state = ANY (ARRAY['new'::text, 'sold'::text])))` or `CHECK ((state = 'new'::text))`. */
function wordsOf(check: string): readonly string[] {
  return Array.from(check.matchAll(/'((?:[^']|'')*)'::text/gu), match => (match[1] ?? '').replaceAll("''", "'"))
}

/** Collations that compare by code point. */
const comparesByCodePoint = (collation: string | null): boolean =>
  collation === 'C' || collation === 'POSIX' || collation === 'ucs_basic' || collation === 'pg_c_utf8'

/** The columns in `FOREIGN KEY (wing, "No", "user") REFERENCES …`: the server puts quotes where a name needs them, as words of its own do. */
function referringColumns(found: string): readonly string[] {
  const list = /^FOREIGN KEY \(((?:"(?:[^"]|"")+"|[^")])+)\)/u.exec(found)?.[1] ?? ''
  return Array.from(
    list.matchAll(/"((?:[^"]|"")+)"|[^\s,"]+/gu),
    ([name, quoted]) => quoted?.replaceAll('""', '"') ?? name,
  )
}

/** Whether two commands make the same index of a table, whatever its name. */
export const isSameIndex = (one: string, other: string): boolean => normal(one) === normal(other)

/** What an index is, without its name, its schema and the words that PostgreSQL adds. */
function normal(definition: string): string {
  const match =
    /^create (unique )?index (?:"(?:[^"]|"")+"|\S+) on (?:only )?(?:(?:"(?:[^"]|"")+"|[^\s".]+)\.?)+(?: using btree)? \((.*?)\)(?: where \(?(.*?)\)?)?$/iu.exec(
      definition.trim(),
    )
  if (match === null) return definition
  const [, unique = '', columns = '', where = ''] = match
  // Of an expression the server says in casts and brackets what goes without saying. What is left decides how Σ becomes small.
  const plain = (text: string): string =>
    text
      .replaceAll(/"|::text|[()]/giu, '')
      .replaceAll(/\s*,\s*/gu, ',')
      .replaceAll(/\s+/gu, ' ')
      .trim()
      .toLowerCase()
  return `${plain(unique)} (${plain(columns)}) ${plain(where)}`
}
