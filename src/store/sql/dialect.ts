/** What differs between SQL databases: the compiler writes everything else. */
import type { FieldNode, FieldType, ModelNode, Value } from '../../model/index.ts'

/** A value in the making: its SQL, what it is, and whether it can be null. It is in stored form, as in a column of its type. */
export interface SqlValue {
  readonly sql: string
  readonly type: FieldType
  readonly nullable: boolean
  /** Of what was calculated: the greatest absolute value that it can have, in units of its last digit. */
  readonly most?: bigint | undefined
  /** The column itself, where it has a type of the database's own; `sql` is then what is made of it. */
  readonly own?: { readonly sql: string; readonly form: NativeForm } | undefined
  /** Of a column that an index has without its letter case: what that index is over. */
  readonly folded?: FoldedColumn | undefined
  /** All that it is made of is held to its kind by tables of our own (see {@link isChecked}): as JSON some kinds need no escapes then. */
  readonly checked: boolean
}

/** A column without its letter case, in the very words by which the database finds its index. */
export interface FoldedColumn {
  readonly sql: string
  /** What a value has to be made to be compared with it. */
  readonly write: Write
  /** No index has the column as it is: what is equal to it is found by this one, too. */
  readonly alone: boolean
}

/** How a column is read and written that a database had before its field. */
export interface NativeForm {
  /** The column in the stored form of its kind. */
  read(column: string): string
  /** A value in the stored form of its kind, in that of the column: to be compared with it, and to be stored. */
  write(value: string): string
  /** What is stored instead, where what `write` gives would lose without a word what the column cannot hold. */
  store?(value: string): string
  /** The column's own values can be compared with such as `write` gives, and ordered: an index serves that. Otherwise what `read` gives is. */
  readonly comparable: boolean
}

/** JSON text in the making, piece by piece: fixed text and SQL that yields text, to be put one behind the other. Never null. */
export type Json = readonly JsonPiece[]
export type JsonPiece = { readonly text: string } | { readonly sql: string; readonly short?: ShortJson }

/** The same as short texts, as the types of the database tell their length, to be put one behind the other. */
export interface ShortJson {
  /** `most`: so many characters. */
  readonly parts: readonly { readonly sql: string; readonly most: number }[]
  /** Conditions, of which each is true where the parts do not hold all of the text. */
  readonly cut: readonly string[]
}

/** How a result column becomes a canonical value again. */
export type Decoding = 'same' | 'boolean' | 'json' | 'bytes' | 'number'

/** A result column that the driver can hand over without losing anything, and how to read it. */
export interface ResultColumn {
  readonly sql: string
  readonly decoding: Decoding
}

/**
 * A place for a bound value. `as` says in which form: that of a type, that of a list of a type, that of an element of a stored array, the
 * number of rows of a page, or the end of the range of texts that begin with the value, or with the value in lower case. A list of tuples has a type for each place.
 */
export interface Binding {
  readonly parameter: number
  readonly as: 'value' | 'list' | 'element' | 'tuples' | 'limit' | 'prefixEnd' | 'foldedPrefixEnd'
  readonly type: FieldType
  /** The types of the elements of `tuples`. */
  readonly types?: readonly FieldType[]
  /** Of a number of rows: all but the last one. */
  readonly butLast?: boolean
}

export interface SqlDialect {
  readonly name: string
  table(model: ModelNode): string
  /** What is special about the field's column; null where it is kept as Plinth keeps the kind. */
  native(field: FieldNode): NativeForm | null
  /** The text of the n-th placeholder, counted from 1, for a value that is bound like this. */
  placeholder(position: number, binding: Binding): string
  /** Placeholders have numbers: a value that stands in several places is bound once. */
  readonly numberedPlaceholders: boolean
  /** A constant of the declaration as SQL. */
  literal(value: Value, type: FieldType): string
  /** A constant in the form that the elements of a stored array have. */
  elementLiteral(value: Value, type: FieldType): string
  /** What the driver binds for a canonical value; null when the value is bound as it is. */
  readonly encoder: (binding: Binding) => ((value: Value) => unknown) | null
  /** A bound value where the database cannot see its type: in a result, in arithmetic. */
  typedParameter(sql: string, type: FieldType): string

  /** `left` is one of the elements of a bound list, of which each is put through `write`. */
  inList(left: string, list: string, element: FieldType, write: Write | null): string
  /** The values are one of the tuples of a bound list. */
  inTuples(left: readonly string[], list: string, types: readonly FieldType[], writes: readonly Write[]): string
  /** The elements of a bound list or an array column as a table source with a column `value`. */
  elements(array: string, alias: string): string
  /** Whether there is a row in a select of such sources; `from` is what stands behind the word. */
  anyElement(from: string): string
  /** Equal, where null equals null. */
  same(left: string, right: string): string
  /** Whether a text contains, begins with or ends with another one; both sides are folded already if they have to be. */
  contains(text: string, part: string): string
  startsWith(text: string, part: string): string
  endsWith(text: string, part: string): string
  /** Whether a text lies in the range from a prefix to its end, where an index serves that; null to use `startsWith`. */
  inPrefixRange: ((text: string, prefix: string, end: string) => string) | null
  /** Unicode simple lower case. */
  fold(text: string): string
  /** A column in lower case, as its index has it; `prefix` is its row's alias. Null where it is not known to have one. */
  folded(model: ModelNode, field: FieldNode, prefix: string): Omit<FoldedColumn, 'alone'> | null
  upper(text: string): string
  length(text: string): string
  concatenate(texts: readonly string[]): string

  /** One term of an order. `nullsLast` is undefined where there are no nulls; `listed`: it is the order in which a list of JSON is gathered. */
  orderTerm(sql: string, descending: boolean, nullsLast: boolean | undefined, listed: boolean): string
  limit(limit: string | null, offset: string | null): string

  /** Decimals are kept as integers of their smallest unit, so those of different scales cannot be compared or added as they are. */
  readonly scaledDecimals: boolean
  /** An exact number in the stored form of another exact type. */
  rescale(value: SqlValue, to: FieldType): string
  toFloat(value: SqlValue): string
  /** A float in stored form of another numeric type. */
  fromFloat(sql: string, to: FieldType): string
  /**
   * What was calculated, or a refusal by the database where it lies outside of what its type holds (see {@link mostIn}). `most` is the greatest
   * absolute value that it can have in units of its last digit: what cannot get that far costs nothing.
   */
  inRange(sql: string, type: FieldType, most: bigint): string
  /** The aggregate over a value's SQL in the stored form of `result`; refused by the database where that cannot hold it. */
  aggregate(name: 'sum' | 'avg' | 'min' | 'max', of: SqlValue, result: FieldType): string

  json: SqlJson
  /** The value as a result column. */
  column(value: SqlValue): ResultColumn
  /**
   * A condition that is always true and stops the statement when its time is over; null when the database can be interrupted. `depth`: how
   * many loops over other rows stand around the one it is in.
   */
  guard(alias: string, model: ModelNode, depth: number): string | null
  /** Columns that name one row, for fetching the rest of a row later. */
  rowIdentity(model: ModelNode): readonly string[]
  /**
   * The rows of a list that are within its limit are a table of their own, from which it is gathered: their order is that of any select. That an
   * index has it is seen only when the columns that all of them have in common stand first.
   */
  readonly limitsApart: boolean
  /**
   * Statements may be planned once for all values, and a limit that is not known then counts as a tenth of all rows. So it stands within a
   * largest one that is a number in the text, where one plan is good for all values.
   */
  readonly guessesLimits: boolean
  /** How lists of a whole page are gathered at once; null where no plan asks for it. */
  readonly linkSets: LinkSets | null
  /** The word by which a select that has a name runs once, however often it is named; empty where there is none. */
  readonly materialized: 'materialized' | ''
  /** Finding and ordering rows first, and making their JSON then, can be said and pays off. */
  readonly defersRows: boolean
  /** The join that keeps the rows on its left in their order and looks up one row for each. */
  readonly lookupJoin: string

  /**
   * The words behind the table's name that have its rows found by the index in which those with given values of `equal` stand in the order of
   * `order`, or in the opposite one; null when there is none. Null altogether where the database finds it by itself.
   */
  readonly listIndex: ((model: ModelNode, equal: readonly string[], order: readonly string[]) => string | null) | null
  /** Long lists with a limit have to be told where they end, because their rows are cut when all are gathered; null where they are not. */
  readonly listEnds: ListEnds | null

  /**
   * An `exists` is carried out from whichever end is cheaper, wherever it stands. Otherwise `in (select …)` says that the far end comes first.
   */
  readonly choosesEnds: boolean
  /** `(a, b) > (c, d)` is a range of an index. */
  readonly rowComparison: boolean
  /**
   * At which end indexes have rows without a value: as the last ones of the direction that is declared, as if they had the smallest of all values, or
   * at either end, as an order wants it.
   */
  readonly nullsInIndexes: 'declared' | 'smallest' | 'either'
  /** Rows that come in the order of its first term are sorted by the others among those that are equal, and no further than the page needs. */
  readonly sortsAmongEquals: boolean
  /** Updates and deletes can look at their own table and return what they have changed. Otherwise rows are found first, and changed by key. */
  readonly changesReturn: boolean
  /** The words by which a select locks the rows that it finds; empty where writers come one after the other. */
  readonly rowLock: string
  /** The words by which a select inside of a write keeps the row that it finds from being deleted; others may refer to it, too. */
  referenceLock(alias: string): string
  /**
   * The rows of a bound list of keys as a table source that looks up one row `t0` for each, in the order of the list. Null where a condition
   * looks at no other row either.
   */
  readonly rowsByKeys: ((list: KeyedRows) => string) | null
  /** Changes the rows of a bound list of keys; where `changesReturn` is true it is never asked for. */
  changeByKeys(change: ChangeParts): string
  /** What an included row has to fulfil, as a part of the condition of its outer join. */
  joinCondition(sql: string): string
  /** Inserts can pass over rows that are there. Otherwise such rows are looked for, and one that comes in between is met by another try. */
  readonly passesOverConflicts: boolean
  /** Lets the counter of a sequence key go on behind keys that were given; null where the database does that by itself. */
  moveSequence: ((model: ModelNode, field: FieldNode) => string) | null
  insertOne(insert: InsertParts): string
  insertMany(insert: InsertParts): string
  /** Where inserts cannot return what they have made, and it is read behind them; null where they can. */
  readonly counted: CountedKeys | null
}

/** The keys that the database counted up for what this connection has inserted last. */
export interface CountedKeys {
  /** That of the one row. */
  readonly last: string
  /** Whether the column holds that of one of so many rows, which were listed one by one. */
  among(column: string, count: string): string
  /** How many of the rows of a bound list keep to the condition of an insert, for rows that are inserted in another way. */
  passing(insert: Omit<InsertParts, 'returning'>): string
}

/** A value in the stored form of its kind, in that of a column. */
export type Write = (value: string) => string

export interface ListEnds {
  /** A table source of one row with these columns. */
  row(columns: readonly { readonly name: string; readonly value: SqlValue }[], alias: string): string
  /** Whether such a column gives a value of the field back as it was, so that it is compared with others as it should be. */
  holds(model: ModelNode, field: FieldNode): boolean
}

export interface LinkSets {
  /** The texts of a group, in this order, as the inside of a list. */
  gather(text: string, order: string): string
  /** The list; the column is null where there is none. */
  list(column: string): Json
}

export interface KeyedRows {
  readonly table: string
  /** The key's columns, of the row `t0`, and their types. */
  readonly key: readonly string[]
  readonly types: readonly FieldType[]
  readonly writes: readonly Write[]
  /** The placeholder of the list. */
  readonly list: string
  /** It is one of tuples, also where a key has one column; otherwise of values. */
  readonly tuples: boolean
}

export interface ChangeParts extends KeyedRows {
  /** Assignments; null to delete. */
  readonly set: readonly string[] | null
}

export interface InsertParts {
  readonly table: string
  readonly columns: readonly string[]
  readonly types: readonly FieldType[]
  /** What the columns take of values in stored form. */
  readonly writes: readonly Write[]
  /** What they are compared with. */
  readonly compares: readonly Write[]
  /** The placeholder of each value of the one row, or of the list of all rows. */
  readonly placeholders: readonly string[]
  /** One of the columns is otherwise filled by the database. */
  readonly overrides: boolean
  /** A condition over the candidate row, whose columns are called like the table's, under the alias `t0`. */
  readonly check: string | null
  /** `on conflict …`; empty when conflicts are errors. */
  readonly conflict: readonly string[] | null
  /** The condition of the partial unique index that `conflict` means. */
  readonly conflictWhere: string | null
  readonly returning: readonly string[]
}

/** A select without its columns; clauses come with their first words, absent ones are empty. */
export interface SelectParts {
  readonly from: string
  readonly where: string
  readonly order: string
  readonly page: string
}

/** How the database puts JSON together. */
export interface SqlJson {
  value(value: SqlValue): Json
  object(members: readonly { readonly name: string; readonly json: Json }[]): Json
  /** The JSON where the condition is true, else `null`. */
  when(condition: string, json: Json): Json
  /** A list of the JSON of each row of a select, in its order. */
  list(json: Json, select: SelectParts): Json
  /** The same in less time, or null where it is not short: too many rows, or texts longer than their fields say. Itself null where no list has such a form. */
  readonly shortList: ((json: Json, select: SelectParts) => Json) | null
  /** The whole as one SQL expression. */
  text(json: Json): string
  /** A text as its UTF-8 bytes, where the driver hands bytes over in less time than text; null where it does not. */
  readonly bytes: ((text: string) => string) | null
}
