/** A table as one database keeps it, in plain data: two states of it can be compared without asking the database. */
import type { FieldNode } from '../../../model/index.ts'
import { identifier } from '../table-words.ts'

export interface PhysicalTable {
  /** The model's name, for messages. */
  readonly model: string
  /** It was there before the model: what else it has is not known. */
  readonly adopted: boolean
  /** Null where the database has no such thing, or it is the default one. */
  readonly namespace: string | null
  readonly name: string
  readonly columns: readonly PhysicalColumn[]
  /** Names of columns. */
  readonly key: readonly string[]
  readonly constraints: readonly PhysicalConstraint[]
  readonly indexes: readonly PhysicalIndex[]
  /** What indexes need beside the columns of the model; empty where the database's indexes can say it themselves. */
  readonly helpers: readonly HelperColumn[]
  /** What stands behind the definitions: `strict, without rowid`. */
  readonly options: string
}

export interface PhysicalColumn {
  readonly name: string
  /** What it is to the database, collation included. */
  readonly type: string
  readonly nullable: boolean
  /** In SQL; null: none. */
  readonly default: string | null
  /** Numbered by the database. */
  readonly sequence: boolean
  /** In SQL: what rows get that have nothing there yet; null where there is no honest value. */
  readonly filling: string | null
  readonly field: FieldNode
}

export interface PhysicalConstraint {
  readonly name: string
  /** `form` is the check of one column that says what its type cannot. */
  readonly kind: 'form' | 'check' | 'reference'
  /** Names of columns. Of a check of the model: none. */
  readonly columns: readonly string[]
  /** `check (…)` or `foreign key (…) references …`. */
  readonly text: string
  /** Of a form: the words that it allows, if that is what it says. */
  readonly words: readonly string[] | null
  /** Of a reference: the model that it leads to. */
  readonly target: string | null
}

export interface PhysicalIndex {
  readonly name: string
  readonly unique: boolean
  /** Names of columns. */
  readonly columns: readonly string[]
  /** Only rows that are not deleted are in it. */
  readonly liveOnly: boolean
  /** Names of those columns whose letter case it leaves out. */
  readonly ignoreCase: readonly string[]
  /** Names of the columns that it needs beside those of the model. */
  readonly helpers: readonly string[]
  /** The whole command that makes it. */
  readonly create: string
}

/** A column that the database makes of another one for its indexes alone. */
export interface HelperColumn {
  readonly name: string
  /** The name of the column that it is made of. */
  readonly of: string
  readonly type: string
  /** It takes room in each row, and the rows are written anew when it is added. */
  readonly stored: boolean
  /** Its whole definition in SQL. */
  readonly definition: string
}

export const columnOf = (table: PhysicalTable, name: string): PhysicalColumn | undefined =>
  table.columns.find(column => column.name === name)

/** A constraint as it stands in a table. */
export const definitionOf = ({ name, text }: PhysicalConstraint): string => `constraint ${identifier(name)} ${text}`
