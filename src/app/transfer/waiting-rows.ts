/** Rows that refer to rows of their own model that are not there yet: perhaps they come later in the file. */
import type { PlinthError } from '../../error/index.ts'
import type { ModelNode } from '../../model/index.ts'
import type { SourceRecord } from './source-record.ts'
import { mostWaiting, mostWaitingBytes } from './transfer-limits.ts'

export class WaitingRows {
  readonly #model: string
  #rows: SourceRecord[] = []
  #size = 0
  #open: boolean

  constructor({ name, relations }: ModelNode) {
    this.#model = name
    this.#open = Object.values(relations).some(({ kind, target }) => kind === 'belongsTo' && target === name)
  }

  /** Takes the row, if that is why it was refused and there is room. */
  take(record: SourceRecord, { code, parameters }: PlinthError): boolean {
    if (!this.#open || code !== 'writes.reference-missing' || parameters['model'] !== this.#model) return false
    if (this.#rows.length >= mostWaiting || this.#size + record.size > mostWaitingBytes) return false
    this.#rows.push(record)
    this.#size += record.size
    return true
  }

  /** The rows that wait; they do so no longer. */
  next(): readonly SourceRecord[] {
    const rows = this.#rows
    this.#rows = []
    this.#size = 0
    return rows
  }

  /** From now on no row waits. */
  close(): void {
    this.#open = false
  }
}
