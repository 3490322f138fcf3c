/**
 * Runs what has not run yet. First halves run while the old version of an application still does; a second half waits until it is asked for,
 * except where no version can be running: on an empty database, or when that is said.
 */
import { refusal } from '../../error/index.ts'
import { uncapitalise } from '../../lib/index.ts'
import type { MigrationSession, TransactionWork } from '../../store/sql/index.ts'
import { ancestorsOf, type History } from '../history/history.ts'
import type { Migration } from '../history/migration.ts'
import { type FileStep, readSteps, type StepFile } from '../history/step-file.ts'
import { adoptedSteps, hasTables } from './adoption.ts'
import { heldBack } from './held-back.ts'
import { entryAfter, hasDowntimeLeft, isAsItRan, Journal, type JournalEntry, stepsOf } from './journal.ts'
import { isDone, runStep, type StepResult } from './run-step.ts'

/**
 * `up`: first halves; `contract`: also second halves whose first half had run before, since only the new version runs now; `downtime`:
 * everything, since no version runs.
 */
export type RunMode = 'up' | 'contract' | 'downtime'

export interface RunOptions {
  readonly session: MigrationSession
  /** The name of the files: `postgres`. */
  readonly database: string
  readonly history: History
  readonly mode: RunMode
  /** What is there already is taken as done. */
  readonly adopt: boolean
  /** Milliseconds that each step may wait for locks. */
  readonly patience: number
  readonly runCode: (migration: Migration, half: 'first' | 'second', note: TransactionWork) => Promise<'noted' | 'ran'>
  readonly report: (event: RunEvent) => void
}

export type RunEvent =
  | { readonly kind: 'begins'; readonly id: string; readonly half: 'first' | 'second' }
  | {
      readonly kind: 'step'
      readonly id: string
      readonly step: number
      readonly steps: number
      readonly about: string
    }
  | { readonly kind: 'rows'; readonly id: string; readonly step: number; readonly rows: number }
  | { readonly kind: 'done'; readonly id: string; readonly step: number; readonly result: StepResult }

export interface RunResult {
  readonly ran: number
  /** Migrations whose second half waits. */
  readonly waiting: readonly string[]
  /** The second half of one of them runs only while no version of the application does, and the new one cannot begin before it. */
  readonly downtime: boolean
  /** Migrations that could not begin before those. */
  readonly held: readonly string[]
}

interface Work {
  readonly migration: Migration
  readonly file: StepFile
  entry: JournalEntry | null
  /** The first half had run before this run began. */
  readonly hadFirst: boolean
}

export async function runMigrations(options: RunOptions): Promise<RunResult> {
  const { session, mode } = options
  const holder = await session.lock()
  if (holder !== null) throw refusal('migrate.running', { holder })
  const journal = new Journal(session)
  const entries = await journal.entries()
  requireSameHistory(options.history, entries)
  const work = options.history.migrations.map((migration): Work => {
    const entry = entries.get(migration.id) ?? null
    const file = stepFileOf(migration, options.database)
    return { migration, file, entry, hadFirst: entry !== null && entry.steps >= file.first.length }
  })
  requireUnedited(work)
  const isFresh = entries.size === 0 && !(await hasTables(session, options.history))
  if (entries.size === 0 && !isFresh && !options.adopt) throw refusal('migrate.database-unknown', {})
  await journal.make()
  const runner = new Runner(
    options,
    journal,
    options.adopt ? await adoptedSteps(session, options.history) : () => false,
  )
  if (isFresh || mode === 'downtime') {
    for (const one of work) {
      await runner.run(one, 'first', true)
      await runner.run(one, 'second', true)
    }
    return { ran: runner.ran, waiting: [], downtime: false, held: [] }
  }
  if (mode === 'contract')
    for (const one of work.filter(({ hadFirst }) => hadFirst)) await runner.run(one, 'second', false)
  const held = heldBack(work)
  const waiting: Work[] = []
  for (const one of work) {
    if (held.has(one.migration.id)) continue
    await runner.run(one, 'first', false)
    if (one.entry?.position !== 'done') waiting.push(one)
  }
  return {
    ran: runner.ran,
    waiting: waiting.map(({ migration }) => migration.id),
    downtime: waiting.some(({ file, entry }) => hasDowntimeLeft(file, entry)),
    held: [...held],
  }
}

class Runner {
  ran = 0
  readonly #options: RunOptions
  readonly #journal: Journal
  /** What such a step makes was there before there were migrations. */
  readonly #isThere: (migration: Migration, step: FileStep) => boolean

  constructor(options: RunOptions, journal: Journal, isThere: (migration: Migration, step: FileStep) => boolean) {
    this.#options = options
    this.#journal = journal
    this.#isThere = isThere
  }

  /** Runs what is left of the half. `alone`: no version of the application runs. */
  async run(work: Work, half: 'first' | 'second', alone: boolean): Promise<void> {
    const { migration, file } = work
    const { id } = migration
    const all = stepsOf(file)
    const end = half === 'first' ? file.first.length : all.length
    const begun = work.entry?.steps ?? 0
    await this.#requireAllowed(work, begun, end, alone)
    if (work.entry === null) {
      // A half without a step is done as soon as it is begun.
      work.entry = entryAfter(id, file, 0)
      await this.#journal.begin(work.entry)
    }
    if (begun >= end) return
    this.#options.report({ kind: 'begins', id, half })
    for (const [place, step] of all.slice(begun, end).entries())
      await this.#step(work, step, begun + place + 1, half, alone)
  }

  async #step(work: Work, step: FileStep, number: number, half: 'first' | 'second', alone: boolean): Promise<void> {
    const { session, patience, report, runCode } = this.#options
    const { migration, file } = work
    const { id } = migration
    const steps = stepsOf(file).length
    const entry = entryAfter(id, file, number)
    report({ kind: 'step', id, step: number, steps, about: step.about })
    const result = await runStep(step, {
      session,
      place: { id, step: number, steps, option: optionsOf(this.#options), downtimeCommand: this.#downtimeCommand },
      note: this.#journal.note(entry),
      isThere: this.#isThere(migration, step),
      mayBlock: async () => alone || (step.table !== null && !(await this.#isLarge(step.table))),
      patience,
      runCode: note => runCode(migration, half, note),
      progress: rows => report({ kind: 'rows', id, step: number, rows }),
    })
    work.entry = entry
    this.ran++
    report({ kind: 'done', id, step: number, result })
  }

  /** Looked at before the first step runs: what cannot run now would leave the migration in the middle. */
  async #requireAllowed({ migration, file }: Work, begin: number, end: number, alone: boolean): Promise<void> {
    if (alone) return
    const needing = (what: string) => refusal('migrate.downtime-needed', { what, command: this.#downtimeCommand })
    for (const step of stepsOf(file).slice(begin, end)) {
      const { about, downtime, lock, work, table } = step
      const blocks = (lock === 'writes' || lock === 'all') && work !== 'instant'
      if ((!downtime && !blocks) || (await isDone(step, this.#options.session))) continue
      if (downtime)
        throw needing(`${migration.id} cannot run while a version of the application does: ${uncapitalise(about)}.`)
      if (table === null || !(await this.#isLarge(table))) continue
      throw needing(
        `${migration.id} would keep others from "${table.name}", which has more than ${mostRows} rows, for too long: ${uncapitalise(about)}.`,
      )
    }
  }

  /** The same command for when no version of the application runs. */
  get #downtimeCommand(): string {
    return `plinth migrate up${optionsOf({ ...this.#options, mode: 'downtime' })}`
  }

  async #isLarge(table: NonNullable<FileStep['table']>): Promise<boolean> {
    const { session } = this.#options
    return (await session.table(table)) !== null && session.hasMoreRows(table, mostRows)
  }
}

/** What was said on the command line, for saying it again. */
const optionsOf = ({ mode, adopt }: RunOptions): string =>
  `${mode === 'up' ? '' : ` --${mode}`}${adopt ? ' --adopt' : ''}`

/** A table with so many rows is written anew in well under the five seconds that a waiting request has. */
const mostRows = 100_000

function stepFileOf(migration: Migration, database: string): StepFile {
  const { id, files } = migration
  const file = `migrations/${id}/${database}.sql`
  const text = files[database]
  if (text === undefined)
    throw refusal('migrate.file-missing', { id, file, command: `plinth migrate new --database ${database}` })
  const read = readSteps(text)
  if (!read.ok) throw refusal('migrate.file-invalid', { file, line: read.line, problem: read.problem })
  return read.file
}

function requireSameHistory({ migrations }: History, entries: ReadonlyMap<string, JournalEntry>): void {
  const unknown = [...entries.keys()].filter(id => !migrations.some(migration => migration.id === id))
  const skipped = migrations.filter(migration => {
    const runs = (id: string): boolean => entries.has(id)
    return (
      !runs(migration.id) &&
      migrations.some(other => runs(other.id) && ancestorsOf(other, migrations).has(migration.id))
    )
  })
  if (unknown.length === 0 && skipped.length === 0) return
  throw refusal('migrate.history-differs', {
    differences: [
      ...unknown.map(id => `  - ${id} ran on the database, and the folder does not have it`),
      ...skipped.map(({ id }) => `  - ${id} did not run on the database, and one that builds on it did`),
    ].join('\n'),
    advice: 'Take the version of the application that has all of them; "plinth migrate status" shows what ran.',
  })
}

function requireUnedited(work: readonly Work[]): void {
  const edited = work.filter(({ entry, file }) => entry !== null && !isAsItRan(entry, file))
  if (edited.length === 0) return
  throw refusal('migrate.history-differs', {
    differences: edited.map(({ migration }) => `  - ${migration.id} was changed after it ran`).join('\n'),
    advice: 'Take back the change of the file and write a new migration for it: plinth migrate new',
  })
}
