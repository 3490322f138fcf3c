/** What SQL databases have and how they change it: what is compared with the tables of models, and what each database says in its own way. */
import type { FieldNode, ModelNode } from '../../model/index.ts'
import type { IndexShape, TableShape } from './shape.ts'

export interface ExistingColumn {
  readonly name: string
  /** As `SchemaDialect.columnType` writes it. */
  readonly type: string
  /** Null where the database has none, or one for all. */
  readonly collation: string | null
  readonly required: boolean
  /** The database fills it by itself: a default, an identity or a generated value. */
  readonly filled: boolean
}

/** A table as the database's own catalogue describes it. */
export interface ExistingTable {
  readonly columns: readonly ExistingColumn[]
  readonly key: readonly string[]
  /** Checks and references by name, as the database prints them. */
  readonly constraints: ReadonlyMap<string, string>
  /** What of the table's text is not understood, where it may have more constraints than these. */
  readonly unread?: string
  /** Indexes by name, as the database prints them. */
  readonly indexes: ReadonlyMap<string, string>
  readonly empty: boolean
}

/** A named check or reference that a table has to have. `form` is the check of one column that says what its type cannot. */
export interface ConstraintShape {
  readonly name: string
  readonly kind: 'form' | 'check' | 'reference'
  /** For messages. */
  readonly text: string
  /** Columns without which it cannot be. */
  readonly columns: readonly FieldNode[]
  /** It comes with the command that adds its column. */
  readonly comesWithColumn: boolean
  /** What the database has under this name. `narrower`: it allows less, and nothing that is not allowed here. */
  compare(found: string): 'same' | 'narrower' | 'different'
  /** Whether a constraint of another name does the same. */
  isServedBy(found: string): boolean
}

/** What rows that are there get in a column that is new: the moment of the change, or 1 as their version. */
export type Filling = 'moment' | 'firstVersion'

/** Commands; `rebuild`: only a table that is made anew can have it; null: none that loses nothing. */
export type Mend = readonly string[] | 'rebuild' | null

export interface SchemaDialect {
  /** The table as messages call it. */
  tableName(model: ModelNode): string
  columnType(shape: TableShape, field: FieldNode): string
  /** The collation of a text that compares by code point, and whether the column's does; null where it needs none. */
  collation(field: FieldNode): { readonly name: string; isSame(found: string | null): boolean } | null
  /** Whether the column cannot be null although the catalogue does not say so. */
  isAlwaysThere(field: FieldNode): boolean
  constraints(shape: TableShape): readonly ConstraintShape[]
  /** References are no part of `createTable`: tables may refer to each other in a circle. */
  readonly referencesApart: boolean
  /** Indexes are no part of `createTable`. */
  readonly indexesApart: boolean
  createTable(shape: TableShape): string
  /** `filling`: what rows get where the column has no default of its own; null where it may be null, has one, or there are no rows. */
  addColumn(shape: TableShape, field: FieldNode, filling: Filling | null): Mend
  /** Lets a column be null that refuses it. */
  allowNull(shape: TableShape, column: string): Mend
  /** These three are asked for tables without rows only. */
  refuseNull(shape: TableShape, field: FieldNode): Mend
  changeType(shape: TableShape, field: FieldNode): Mend
  changeKey(shape: TableShape): Mend
  /** Asked for where no row can break it. */
  addConstraint(shape: TableShape, constraint: ConstraintShape): Mend
  /** Puts the constraint in the place of one that allows less, or of any other where there are no rows. */
  replaceConstraint(shape: TableShape, constraint: ConstraintShape): Mend
  /** What is done about a constraint that is declared no more; `keep` where it may be somebody else's. */
  dropConstraint(shape: TableShape, name: string, existing: ExistingTable): Mend | 'keep'
  /** `existing`: the table that it is added to, where there is one. */
  createIndex(shape: TableShape, index: IndexShape, existing: ExistingTable | null): string
  dropIndex(shape: TableShape, name: string): string
  /** Whether what the database prints is that index, under whatever name. */
  isIndex(shape: TableShape, index: IndexShape, found: string): boolean
  /**
   * Makes the table anew and takes its rows, indexes and triggers over; null where something would be lost that Plinth does not know of.
   * `added`: the columns that are new with it, and what rows get there.
   */
  rebuildTable(
    shape: TableShape,
    existing: ExistingTable,
    added: ReadonlyMap<FieldNode, Filling | null>,
  ): readonly string[] | null
}
