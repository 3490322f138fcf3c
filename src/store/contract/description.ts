/** What a database has, told alike by every store: for taking it over (`plinth pull`). Plain data. */
import type { DeleteBehaviour, FieldType, NativeColumn, Value } from '../../model/index.ts'

export interface DescribedDatabase {
  /** The name by which fields declare types of this store's own. */
  readonly store: string
  /** The name of its migration files: one store may be for several databases. */
  readonly migratesAs: string
  /** In the order of their names. */
  readonly tables: readonly DescribedTable[]
  /** Sentences about what models cannot express. */
  readonly notes: readonly string[]
  /** What makes all of it from nothing, in the database's own words and in an order that runs. */
  readonly commands: readonly DescribedCommand[]
}

/** Makes something that a model has no word for, too: a default, an expression, a view, a trigger. */
export interface DescribedCommand {
  /** A sentence without a full stop: `Make the view "lent_books"`. */
  readonly about: string
  /** The table or view that it belongs to; null: to none. */
  readonly table: string | null
  readonly sql: string
  /** By this it is seen to be done; null where it can be run twice, or is undone with what failed. */
  readonly makes: { readonly is: 'table' | 'index' | 'constraint'; readonly name: string } | null
}

export interface DescribedTable {
  readonly name: string
  readonly view: boolean
  readonly comment: string | null
  readonly columns: readonly DescribedColumn[]
  /** Empty: rows have no address. */
  readonly key: readonly string[]
  readonly uniques: readonly (readonly string[])[]
  readonly indexes: readonly DescribedIndex[]
  /** Columns that an index of Plinth's own making has without their letter case, each alone and of all rows. */
  readonly ignoringCase: readonly { readonly column: string; readonly unique: boolean }[]
  readonly references: readonly DescribedReference[]
  readonly notes: readonly string[]
}

export interface DescribedColumn {
  readonly name: string
  readonly type: FieldType
  readonly native: NativeColumn
  /** It is the type that the store gives fields of this kind by itself. */
  readonly usual: boolean
  readonly nullable: boolean
  readonly default: DescribedDefault | null
  readonly comment: string | null
}

/** `generated`: always made by the database; `database`: by an expression that a model has no word for. */
export type DescribedDefault =
  | { readonly from: 'literal'; readonly value: Value }
  | { readonly from: 'now' }
  | { readonly from: 'sequence' }
  | { readonly from: 'uuid' }
  | { readonly from: 'database' }
  | { readonly from: 'generated' }

export interface DescribedIndex {
  readonly columns: readonly { readonly column: string; readonly descending: boolean }[]
}

export interface DescribedReference {
  readonly columns: readonly string[]
  readonly table: string
  readonly targetColumns: readonly string[]
  readonly onDelete: DeleteBehaviour
}
