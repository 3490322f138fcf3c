/** The story of an import: read → batch → write, in one transaction or batch by batch, and what became of every line. */
import type { ErrorDetail } from '../../error/index.ts'
import { settle } from '../../lib/index.ts'
import type { ModelNode } from '../../model/index.ts'
import { type ExecutionContext, systemCaller } from '../../query/index.ts'
import type { OpenApplication } from '../open-application.ts'
import type { RefusedRecord, RejectsFile } from './rejects-file.ts'
import { type RowSource, SourceBroken, type SourceRecord } from './source-record.ts'
import { batchBytes, batchRows, mostRefused, mostTold } from './transfer-limits.ts'
import { upsertBatch } from './upsert-batch.ts'
import { WaitingRows } from './waiting-rows.ts'
import { createApart, type Refuse } from './create-apart.ts'

/** What stays in the database: all rows if all are good, the good ones, or nothing at all. */
export type Keep = 'all' | 'good' | 'nothing'

export interface ImportPlan {
  readonly model: ModelNode
  readonly source: RowSource
  readonly keep: Keep
  /** Unique fields by which rows that are there are found, to be updated; null: all rows are new. */
  readonly upsertOn: readonly string[] | null
  /** Lines before this one are passed over. */
  readonly fromLine: number
  readonly rejects: RejectsFile | null
  /** Told of the lines of rows that were created; then they stay, whatever becomes of others. Null where they are not gathered apart. */
  readonly gathered: ((lines: readonly number[]) => void) | null
  readonly signal: AbortSignal
}

export type ImportTarget = Pick<OpenApplication, 'engine' | 'context'>

/** A line that was refused. */
export interface RefusedLine {
  readonly line: number
  readonly mistakes: readonly ErrorDetail[]
}

export interface ImportState {
  readonly created: number
  readonly updated: number
  readonly refused: number
  /** The first lines that were refused. */
  readonly told: readonly RefusedLine[]
  /** The last line of which it is settled what became of it. */
  readonly line: number
  /** `broken`: from some line on the file could not be read; `given-up`: too many lines were bad; `failed`: something else went wrong. */
  readonly end: 'complete' | 'stopped' | 'broken' | 'given-up' | 'failed'
  /** Whether the rows that were created and updated are in the database. */
  readonly kept: boolean
  /** The line from which on the file could not be read; null when it could. */
  readonly brokenFrom: number | null
  /** Why it failed. */
  readonly failure: unknown
}

/** Records that are settled together. */
interface Batch {
  readonly good: readonly SourceRecord[]
  /** Those that hold no row. */
  readonly bad: readonly SourceRecord[]
}

export const importCaller = systemCaller('plinth import')

/** Undoes the transaction. */
class Undo extends Error {}

export class Import {
  readonly #opened: ImportTarget
  readonly #plan: ImportPlan
  readonly #waiting: WaitingRows
  readonly #told: RefusedLine[] = []
  #created = 0
  #updated = 0
  #refused = 0
  #line = 0
  #end: ImportState['end'] = 'complete'
  #isKept = true
  #brokenFrom: number | null = null
  #failure: unknown = null
  /** Refused in the batch at hand; told in the order of the file. */
  #refusedNow: RefusedRecord[] = []

  constructor(opened: ImportTarget, plan: ImportPlan) {
    this.#opened = opened
    this.#plan = plan
    this.#waiting = new WaitingRows(plan.model)
  }

  get state(): ImportState {
    return {
      created: this.#created,
      updated: this.#updated,
      refused: this.#refused,
      told: this.#told,
      line: this.#line,
      end: this.#end,
      kept: this.#isKept,
      brokenFrom: this.#brokenFrom,
      failure: this.#failure,
    }
  }

  async run(): Promise<ImportState> {
    try {
      if (this.#plan.keep === 'good') await this.#batchByBatch()
      else await this.#inOnePiece()
    } catch (error) {
      this.#end = 'failed'
      this.#failure = error
      this.#isKept = this.#plan.keep === 'good'
    }
    return this.state
  }

  async #batchByBatch(): Promise<void> {
    for await (const batch of this.#batches()) await this.#kept(batch, inside => this.#write(batch, inside))
    const waiting = { good: [], bad: [] }
    await this.#kept(waiting, inside => this.#writeWaiting(inside))
  }

  /** A batch in a transaction of its own. What was counted of one that fails as a whole was not done. */
  async #kept(batch: Batch, work: (inside: ExecutionContext) => Promise<void>): Promise<void> {
    const before = [this.#created, this.#updated] as const
    try {
      await this.#transaction(work)
    } catch (error) {
      ;[this.#created, this.#updated] = before
      throw error
    }
    this.#settled(batch)
  }

  async #inOnePiece(): Promise<void> {
    const batches = this.#batches()
    // Nobody waits for the first rows to be read.
    const first = await batches.next()
    let undone = false
    try {
      await this.#transaction(async inside => {
        for (let next = first; next.done !== true; next = await batches.next()) {
          await this.#write(next.value, inside)
          this.#settled(next.value)
        }
        await this.#writeWaiting(inside)
        this.#settled({ good: [], bad: [] })
        const isGood = this.#refused === 0 && this.#end === 'complete'
        undone = this.#plan.gathered === null && (this.#plan.keep === 'nothing' || !isGood)
        if (undone) throw new Undo()
      })
    } catch (error) {
      if (!undone) throw error
      this.#isKept = false
    }
  }

  async #transaction(work: (inside: ExecutionContext) => Promise<void>): Promise<void> {
    const { engine, context } = this.#opened
    await engine.transactions.run(context(importCaller), { together: false, isolation: 'default' }, function* (inside) {
      yield* settle(work(inside))
    })
  }

  async #write({ good, bad }: Batch, inside: ExecutionContext): Promise<void> {
    const { engine } = this.#opened
    const { model, source, upsertOn, gathered } = this.#plan
    this.#refusedNow.push(...bad)
    const left = new Set<number>()
    const refuse: Refuse = (record, mistakes, error) => {
      const { line, original } = record
      left.add(line)
      if (!this.#waiting.take(record, error)) this.#refusedNow.push({ line, original, mistakes })
    }
    const target = { engine, model, form: source.form }
    if (upsertOn !== null) {
      const { created, updated } = await upsertBatch({ ...target, on: upsertOn }, good, inside, refuse)
      this.#created += created
      this.#updated += updated
      return
    }
    this.#created += await createApart(target, good, inside, refuse)
    gathered?.(good.map(({ line }) => line).filter(line => !left.has(line)))
  }

  /** Rows whose turn has come, for as long as it comes for some. What is left then refers to nothing. */
  async #writeWaiting(inside: ExecutionContext): Promise<void> {
    let rows = this.#waiting.next()
    while (rows.length > 0) {
      await this.#write({ good: rows, bad: [] }, inside)
      const left = this.#waiting.next()
      if (left.length === rows.length) this.#waiting.close()
      rows = left
    }
  }

  /** What became of the batch stands fast: its bad lines are told. */
  #settled({ good, bad }: Batch): void {
    const { rejects, keep } = this.#plan
    for (const record of this.#refusedNow.toSorted((one, other) => one.line - other.line)) {
      const { line, mistakes } = record
      this.#refused++
      if (this.#told.length < mostTold) this.#told.push({ line, mistakes })
      rejects?.write(record)
    }
    this.#refusedNow = []
    this.#line = Math.max(this.#line, good.at(-1)?.line ?? 0, bad.at(-1)?.line ?? 0)
    if (keep === 'all' && this.#refused >= mostRefused && this.#end === 'complete') this.#end = 'given-up'
  }

  async *#batches(): AsyncGenerator<Batch> {
    const { source, fromLine } = this.#plan
    let [good, bad] = [[] as SourceRecord[], [] as SourceRecord[]]
    let size = 0
    const taken = (): Batch => {
      const batch = { good, bad }
      ;[good, bad] = [[], []]
      size = 0
      return batch
    }
    try {
      for await (const records of source.records()) {
        for (const record of records) {
          if (record.line < fromLine) continue
          ;(record.mistakes.length > 0 ? bad : good).push(record)
          size += record.size
          if (good.length + bad.length < batchRows && size < batchBytes) continue
          yield taken()
          if (this.#isOver()) return
        }
        if (this.#isOver()) return
      }
    } catch (error) {
      if (!(error instanceof SourceBroken)) throw error
      const { line, mistake } = error
      this.#brokenFrom = line
      bad.push({ line, size: 0, row: null, mistakes: [mistake], original: null })
      yield taken()
      if (this.#end === 'complete') this.#end = 'broken'
    }
    if (!this.#isOver() && good.length + bad.length > 0) yield taken()
  }

  #isOver(): boolean {
    if (this.#plan.signal.aborted && this.#end === 'complete') this.#end = 'stopped'
    return this.#end !== 'complete'
  }
}
