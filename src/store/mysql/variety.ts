/** What MariaDB and MySQL differ in, as facts. Which of the two a server is, it says itself when it is connected to. */

export interface Variety {
  /** The name of its migration files. */
  readonly name: 'mariadb' | 'mysql'
  readonly title: 'MariaDB' | 'MySQL'
  /** The oldest version that Plinth runs on: major and minor. */
  readonly oldest: readonly [number, number]
  /** Compares texts by code point, and without padding: 'a' is not 'a '. */
  readonly collation: 'utf8mb4_nopad_bin' | 'utf8mb4_0900_bin'
  /** Knows upper and lower case of all letters, which the one above does not. */
  readonly letters: 'utf8mb4_uca1400_as_cs' | 'utf8mb4_0900_as_cs'
  /** A letter of the other case may take more bytes. On MySQL a text in that case ends behind the first one that does. */
  readonly makesRoom: boolean
  /** The type of whole numbers, as the catalogue prints it. */
  readonly wholeNumber: 'bigint(20)' | 'bigint'
  /** The session's variable for the level of isolation. */
  readonly isolation: 'tx_isolation' | 'transaction_isolation'
  /** The session's variable by which transactions only read. */
  readonly readsOnly: 'tx_read_only' | 'transaction_read_only'
  /**
   * An `exists` in the condition of an outer join holds for the rows that it gives. MySQL 9.7 makes a semijoin of it, if its statistics say so,
   * and then gives rows that do not fulfil it: a row that a rule hides would be included.
   */
  readonly keepsJoinConditions: boolean
  /** The words by which a select locks the rows of `t0`. MySQL wants to know which, where a table beside it is made of a list. */
  readonly rowLock: 'for update' | 'for update of t0'
  /** An insert can return what it has made. Otherwise it is read behind it, by key or by what the counter says. */
  readonly insertsReturn: boolean
  /**
   * A derived table may look at the row around it, so a list with a limit is gathered from one. Otherwise `group_concat` has to cut, which it does
   * when it has all.
   */
  readonly correlatedTables: boolean
  /** An index may be over expressions, so a unique one over long texts is said to be one of their hash. Otherwise the server makes it so by itself. */
  readonly indexesExpressions: boolean
  /**
   * An index over a virtual column stands in nobody's way when other columns come and go. Otherwise the table is copied each time, so a text in
   * lower case is stored, which copies it once.
   */
  readonly indexesVirtual: boolean
  /** The catalogue prints expressions and constants as a command has them. Otherwise they are escaped once more, or without their quotes. */
  readonly printsAsWritten: boolean
  /** A text without a bound takes a default only as an expression, in parentheses; and a moment is said without the name of its type. */
  readonly strictDefaults: boolean
  /** Rows of a table function that looks at the row around it are found by `exists`, too: MySQL 9.7 materializes them as if they were the same for all. */
  readonly findsElements: boolean
  /** Its SQL modes beside those that sessions have on both: moments lose what their column has no digits for, and are not rounded. */
  readonly modes: readonly string[]
  /** `convert()` refuses characters that the other set does not have, and does not put question marks in their place. */
  readonly convertsStrictly: boolean
  /** `create or replace` takes triggers and routines, too. Otherwise they are made where they are not there. */
  readonly replacesBodies: boolean
  /** The catalogue prints the head of a trigger with the quotes of the trigger's own mode. Otherwise with those of the session that asks. */
  readonly printsInOwnMode: boolean
  /** `show create table` says which system of coordinates a column has. Otherwise only the list of such columns does. */
  readonly printsCoordinates: boolean
  /** `json_valid()` knows texts of as many levels as a field can have. That of MariaDB knows 31. */
  readonly validatesDeepJson: boolean
  /** A calculated float becomes a text of 22 characters at most: some lose their last digit, or two. As JSON it has them all, and `.0` behind whole ones. */
  readonly shortensFloats: boolean
  /** `drop constraint if exists` and its like are understood. */
  readonly dropsIfExists: boolean
  /** Seconds of silence after which the server ends a transaction are a setting of their own. Otherwise only those are counted after which it ends a session. */
  readonly endsSilentTransactions: boolean
  /** The server ends writes, too, that take too long, not only reads; its limit is counted in seconds. */
  readonly endsLongWrites: boolean
}

export const mariadb: Variety = Object.freeze<Variety>({
  name: 'mariadb',
  title: 'MariaDB',
  oldest: [10, 10],
  collation: 'utf8mb4_nopad_bin',
  letters: 'utf8mb4_uca1400_as_cs',
  makesRoom: true,
  wholeNumber: 'bigint(20)',
  isolation: 'tx_isolation',
  readsOnly: 'tx_read_only',
  keepsJoinConditions: true,
  rowLock: 'for update',
  insertsReturn: true,
  correlatedTables: false,
  indexesExpressions: false,
  indexesVirtual: false,
  printsAsWritten: true,
  strictDefaults: false,
  findsElements: true,
  modes: [],
  convertsStrictly: true,
  replacesBodies: true,
  printsInOwnMode: true,
  printsCoordinates: false,
  validatesDeepJson: false,
  shortensFloats: false,
  dropsIfExists: true,
  endsSilentTransactions: true,
  endsLongWrites: true,
})

export const mysql: Variety = Object.freeze<Variety>({
  name: 'mysql',
  title: 'MySQL',
  oldest: [8, 4],
  collation: 'utf8mb4_0900_bin',
  letters: 'utf8mb4_0900_as_cs',
  makesRoom: false,
  wholeNumber: 'bigint',
  isolation: 'transaction_isolation',
  readsOnly: 'transaction_read_only',
  keepsJoinConditions: false,
  rowLock: 'for update of t0',
  insertsReturn: false,
  correlatedTables: true,
  indexesExpressions: true,
  indexesVirtual: true,
  printsAsWritten: false,
  strictDefaults: true,
  findsElements: false,
  modes: ['TIME_TRUNCATE_FRACTIONAL'],
  convertsStrictly: false,
  replacesBodies: false,
  printsInOwnMode: false,
  printsCoordinates: true,
  validatesDeepJson: true,
  shortensFloats: true,
  dropsIfExists: false,
  endsSilentTransactions: false,
  endsLongWrites: false,
})

/** By what `select version()` answers. */
export const varietyOf = (version: string): Variety => (/mariadb/i.test(version) ? mariadb : mysql)

/** The character set and collation of a text column. */
export const textSet = ({ collation }: Variety): string => `character set utf8mb4 collate ${collation}`
