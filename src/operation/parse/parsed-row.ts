/** The body of a write, as data: rows as they came, and what is written with them. */
import type { ErrorDetail } from '../../error/index.ts'
import type { ModelGraph, RelationNode, Value } from '../../model/index.ts'
import type { CallerClass, ValueForm } from '../../query/index.ts'
import type { Address } from '../address.ts'

/** A row of a write as it came: what was given, nothing added. */
export interface ParsedRow {
  readonly values: Readonly<Record<string, Value>>
  readonly nested: readonly NestedWrite[]
  /** Where it stands in the body, for mistakes. */
  readonly pointer: string
}

export const pointersOf = (rows: readonly ParsedRow[]): readonly string[] => rows.map(({ pointer }) => pointer)

/** What a body says about a relation. Rows and addresses are in input order. */
export interface NestedWrite {
  readonly relation: RelationNode
  readonly pointer: string
  readonly create: readonly ParsedRow[]
  readonly connect: readonly Address[]
  /** Connect, creating what does not exist: each row has to hold a unique value. */
  readonly connectOrCreate: readonly ParsedRow[]
  readonly disconnect: readonly Address[]
  /** Exactly these; null when not asked. For belongsTo and hasOne an empty list disconnects. */
  readonly set: readonly Address[] | null
  /** Exactly these, creating what does not exist; null when not asked. */
  readonly setOrCreate: readonly ParsedRow[] | null
}

export interface ParseOptions {
  readonly graph: ModelGraph
  readonly form: ValueForm
  readonly caller: CallerClass
  readonly mode: 'create' | 'update'
}

export interface Parse {
  readonly row: ParsedRow
  readonly errors: readonly ErrorDetail[]
}

/** A body may hold many thousand names that nobody has: the nearest right one is looked for as often as a caller may read it. */
export const mostHints = 100
