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
  /** Foreign keys are enforced. */
  readonly foreignKeys: boolean
  /** Rows can be ordered by any field or expression, not only by key. */
  readonly orderByAnything: boolean
  /** Figures over rows (sum, avg, min, max, groups) can be computed. */
  readonly aggregates: boolean
  /** Storage classes that the store can write into JSON itself; the others take the second way. */
  readonly jsonClasses: ReadonlySet<StorageClass>
  /** The largest precision of decimals. */
  readonly decimalPrecision: number
  /** Keys can be made by the database. */
  readonly sequences: boolean
  /**
   * Which writes of one row are one statement that also answers with the row as its writer may read it, when the row's own fields tell. Such
   * a write needs no transaction around it.
   */
  readonly answers: 'none' | 'inserts' | 'writes'
  /** How many nested rows per to-many relation are better fetched as a set than row by row; null: always row by row. */
  readonly setStrategyFrom: number | null
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
  foreignKeys: true,
  orderByAnything: true,
  aggregates: true,
  jsonClasses: new Set(everyClass),
  decimalPrecision: 38,
  sequences: true,
  answers: 'writes',
  setStrategyFrom: null,
})
