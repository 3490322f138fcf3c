/** What differs between stores: named facts, each with the answer of the most able store as its default. */
import type { StorageClass } from '../model/index.ts'

export interface Capabilities {
  /** Relations can be followed inside one command. Without it, includes and relation filters are refused. */
  readonly joins: boolean
  /** Conditions can be combined by OR, and negated. */
  readonly or: boolean
  /** Several writes can be one transaction. Without it, writes of more than one step are refused. */
  readonly transactions: boolean
  /** Unique constraints beyond the key are enforced. Without it, a model that declares one is refused at boot. */
  readonly unique: boolean
  /** A check can ask what a list holds. Without it, a model that declares such a check is refused at boot. */
  readonly checksLists: boolean
  /** Foreign keys are enforced. */
  readonly foreignKeys: boolean
  /** A statement that deletes rows which refer to each other is judged by what it leaves, not row by row. */
  readonly checksReferencesLast: boolean
  /** A delete takes rows with it however deep they lie below each other, also where references lead back to their own model. */
  readonly cascadesDeep: boolean
  /** Several write at once, each holding the rows that it locks. Without it, writers come one after the other. */
  readonly rowLocks: boolean
  /** Rows can be ordered by any field or expression, not only by key. */
  readonly orderByAnything: boolean
  /** Figures over rows (sum, avg, min, max, groups) can be computed. */
  readonly aggregates: boolean
  /** Storage classes that the store can write into JSON itself; the others take the second way. */
  readonly jsonClasses: ReadonlySet<StorageClass>
  /** The largest precision of decimals. */
  readonly decimalPrecision: number
  /** Columns that every table has by itself: a field cannot be kept in one of the same name. */
  readonly reservedColumns: ReadonlySet<string>
  /** Keys can be made by the database. */
  readonly sequences: boolean
  /**
   * Which writes of one row are one statement that also answers with the row as its writer may read it, when the row's own fields tell. Such
   * a write needs no transaction around it. `plainWrites`: not updates and deletes whose condition looks at other rows.
   */
  readonly answers: 'none' | 'inserts' | 'plainWrites' | 'writes'
  /** Rows behind links (manyToMany) are better fetched for all rows of a page at once than for each of them. */
  readonly linksAsSet: boolean
}

const everyClass: readonly StorageClass[] = [
  'text',
  'uuid',
  'integer',
  'bigint',
  'decimal',
  'float',
  'boolean',
  'date',
  'time',
  'datetime',
  'json',
  'bytes',
  'array',
]

export const fullCapabilities: Capabilities = Object.freeze({
  joins: true,
  or: true,
  transactions: true,
  unique: true,
  checksLists: true,
  foreignKeys: true,
  checksReferencesLast: true,
  cascadesDeep: true,
  rowLocks: true,
  orderByAnything: true,
  aggregates: true,
  jsonClasses: new Set(everyClass),
  decimalPrecision: 38,
  reservedColumns: new Set<string>(),
  sequences: true,
  answers: 'writes',
  linksAsSet: false,
})

/** What a capability is called, and what happens where a store does not have it: for the documentation, as all of them are refused by code. */
export interface CapabilityWords {
  readonly title: string
  readonly without: string
}

export const capabilityWords: Readonly<Record<keyof Capabilities, CapabilityWords>> = Object.freeze({
  joins: {
    title: 'relations are followed within a command',
    without: 'includes, and filters, sorting and figures through relations, are refused: `store.unsupported`',
  },
  or: {
    title: 'conditions joined by "or", and negated',
    without: 'they are refused, and so are pages after the first of more than one sort field: `store.unsupported`',
  },
  transactions: {
    title: 'transactions',
    without: 'writes of more than one step are refused: `store.transactions-unsupported`',
  },
  unique: { title: 'unique beyond the key', without: 'a model that declares it stops the start: `boot.store-unable`' },
  checksLists: {
    title: 'checks that ask what a list holds',
    without: 'a model that declares one stops the start: `boot.store-unable`',
  },
  foreignKeys: { title: 'references', without: 'a model with `belongsTo` stops the start: `boot.store-unable`' },
  checksReferencesLast: {
    title: 'references are checked when a statement is through with all rows',
    without: 'those among rows that are deleted together become null first',
  },
  cascadesDeep: {
    title: 'a delete of the database takes rows of a tree with it, however deep it is',
    without: 'they are found level by level, and deleted at once',
  },
  rowLocks: {
    title: 'several write at once, and lock the rows that they write',
    without: 'writers come one after the other',
  },
  orderByAnything: {
    title: 'order by any field or expression',
    without: 'order by anything but the key is refused: `store.unsupported`',
  },
  aggregates: { title: 'figures over rows, in groups', without: 'all but counts is refused: `store.unsupported`' },
  jsonClasses: {
    title: 'values that the database itself writes into JSON',
    without: 'rows with other values are put together in JavaScript',
  },
  decimalPrecision: {
    title: 'digits of a decimal, at most',
    without: 'a field with more stops the start: `boot.store-unable`',
  },
  reservedColumns: {
    title: 'columns that every table has by itself',
    without: 'a field with such a column stops the start: `boot.store-unable`',
  },
  sequences: { title: 'keys that count up', without: 'a model that has one stops the start: `boot.store-unable`' },
  answers: {
    title: 'writes of one row that need no transaction and answer with the row',
    without: 'the row is read again, in the same transaction',
  },
  linksAsSet: {
    title: 'rows behind links are fetched for all rows of a page at once',
    without: 'they are gathered for each row, within the one statement',
  },
})

/** Something that a store does by other means than a word of its database, said by the store about itself. */
export interface Emulation {
  readonly what: string
  readonly how: string
  /** What it costs, for whoever chooses a store. */
  readonly cost: string
}
