/** A row of a file, as a reader gives it. */
import type { ErrorDetail } from '../../error/index.ts'

export interface SourceRecord {
  /** Where it begins; the first line is 1. */
  readonly line: number
  /** Bytes that it takes in the file, about. */
  readonly size: number
  /** What is to be written, in the spelling of `RowSource.form`. */
  readonly row: unknown
  /** Why it holds no row; empty when it does. */
  readonly mistakes: readonly ErrorDetail[]
  /** As it came, to be given back with the reason when it is refused. */
  readonly original: unknown
}

/** A file that is read row by row. */
export interface RowSource {
  readonly form: 'text' | 'json'
  /** The columns of a file that has such, as they are called there; null for JSON. */
  readonly columns: readonly string[] | null
  /** The fields that its rows may hold, so far as is known beforehand; null: each row says so. */
  readonly fields: readonly string[] | null
  /** In pieces of what was read at once. Throws a `SourceBroken` when nothing more can be read. */
  records(): AsyncGenerator<readonly SourceRecord[]>
}

/** From this line on the file cannot be read. */
export class SourceBroken extends Error {
  readonly line: number
  readonly mistake: ErrorDetail

  constructor(line: number, mistake: ErrorDetail) {
    super(mistake.message)
    this.name = 'SourceBroken'
    this.line = line
    this.mistake = mistake
  }
}
