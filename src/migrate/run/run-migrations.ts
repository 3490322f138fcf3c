/**
 * Runs what has not run yet. First halves run while the old version of an application still does; a second half waits until it is asked for,
 * except where no version can be running: on an empty database, or when that is said.
 */
import { refusal } from '../../error/index.ts'
import { uncapitalise } from '../../lib/index.ts'
import type { MigrationSession, TransactionWork } from '../../store/sql/index.ts'
import { ancestorsOf, type History } from '../history/history.ts'
import type { Half, Migration } from '../history/migration.ts'
import { type FileStep, readSteps, type StepFile } from '../history/step-file.ts'
import { adoptedSteps, hasTables } from './adoption.ts'
import { heldBack, type Progress } from './held-back.ts'
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
  readonly runCode: (migration: Migration, half: Half, note: TransactionWork) => Promise<'noted' | 'ran'>
  readonly report: (event: RunEvent) => void
}

export type RunEvent =
  | { readonly kind: 'begins'; readonly id: string; readonly half: Half }
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

/** A migration on its way. */
interface MigrationRun extends Progress {
  readonly migration: Migration
  entry: JournalEntry | null
  /** The first half had run before this run began. */
  readonly hadFirst: boolean
}

export async function runMigrations(options: RunOptions): Promise<RunResult> {
  const { session, mode, history } = options
  const holder = await session.lock()
  if (holder !== null) throw refusal('migrate.running', { holder })
  const journal = new Journal(session)
  const entries = await journal.entries()
  requireSameHistory(history, entries)
  const runs = history.migrations.map(migration => runOf(migration, entries.get(migration.id) ?? null, options))
  requireUnedited(runs)
  const isFresh = entries.size === 0 && !(await hasTables(session, history))
  if (entries.size === 0 && !isFresh && !options.adopt) throw refusal('migrate.database-unknown', {})
  await journal.make()
  const isThere = options.adopt ? await adoptedSteps(session, history) : () => false
  const alone = isFresh || mode === 'downtime'
  const runner = new Runner(options, { journal, isThere, alone })
  if (alone) {
    for (const run of runs) {
      await runner.run(run, 'first')
      await runner.run(run, 'second')
    }
    return { ran: runner.ran, waiting: [], downtime: false, held: [] }
  }
  if (mode === 'contract') for (const run of runs.filter(({ hadFirst }) => hadFirst)) await runner.run(run, 'second')
  const held = heldBack(runs)
  for (const run of runs) if (!held.has(run.migration.id)) await runner.run(run, 'first')
  const waiting = runs.filter(({ migration, entry }) => !held.has(migration.id) && entry?.position !== 'done')
  return {
    ran: runner.ran,
    waiting: waiting.map(({ migration }) => migration.id),
    downtime: waiting.some(({ file, entry }) => hasDowntimeLeft(file, entry)),
    held: [...held],
  }
}

interface Circumstances {
  readonly journal: Journal
  /** What such a step makes was there before there were migrations. */
  isThere(migration: Migration, step: FileStep): boolean
  /** No version of the application runs. */
  readonly alone: boolean
}

class Runner {
  /** Steps that have run. */
  ran = 0
  readonly #options: RunOptions
  readonly #circumstances: Circumstances

  constructor(options: RunOptions, circumstances: Circumstances) {
    this.#options = options
    this.#circumstances = circumstances
  }

  /** Runs what is left of the half. */
  async run(run: MigrationRun, half: Half): Promise<void> {
    const { migration, file } = run
    const { id } = migration
    const all = stepsOf(file)
    const end = half === 'first' ? file.first.length : all.length
    const begun = run.entry?.steps ?? 0
    const left = all.slice(begun, end)
    if (!this.#circumstances.alone) await this.#requireAllowed(id, left)
    if (run.entry === null) {
      // A half without a step is done as soon as it is begun.
      run.entry = entryAfter(id, file, 0)
      await this.#circumstances.journal.begin(run.entry)
    }
    if (left.length === 0) return
    this.#options.report({ kind: 'begins', id, half })
    for (const [place, step] of left.entries()) await this.#runStep(run, half, { step, number: begun + place + 1 })
  }

  async #runStep(run: MigrationRun, half: Half, { step, number }: { step: FileStep; number: number }): Promise<void> {
    const { session, patience, report, runCode } = this.#options
    const { journal, isThere, alone } = this.#circumstances
    const { migration, file } = run
    const { id } = migration
    const steps = stepsOf(file).length
    const entry = entryAfter(id, file, number)
    report({ kind: 'step', id, step: number, steps, about: step.about })
    const result = await runStep(step, {
      session,
      place: { id, step: number, steps, option: optionsOf(this.#options), downtimeCommand: this.#downtimeCommand },
      note: journal.note(entry),
      isThere: isThere(migration, step),
      mayBlock: async () => alone || (step.table !== null && !(await this.#isLarge(step.table))),
      patience,
      runCode: note => runCode(migration, half, note),
      progress: rows => report({ kind: 'rows', id, step: number, rows }),
    })
    run.entry = entry
    this.ran++
    report({ kind: 'done', id, step: number, result })
  }

  /** Looked at before the first step runs: what cannot run now would leave the migration in the middle. */
  async #requireAllowed(id: string, steps: readonly FileStep[]): Promise<void> {
    const needing = (what: string) => refusal('migrate.downtime-needed', { what, command: this.#downtimeCommand })
    for (const step of steps) {
      const { about, downtime, table } = step
      if ((!downtime && !blocksWriters(step)) || (await isDone(step, this.#options.session))) continue
      if (downtime) throw needing(`${id} cannot run while a version of the application does: ${uncapitalise(about)}.`)
      if (table === null || !(await this.#isLarge(table))) continue
      throw needing(
        `${id} would keep others from "${table.name}", which has more than ${mostRows} rows, for too long: ${uncapitalise(about)}.`,
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

/** For longer than a change of the catalogue takes. */
const blocksWriters = ({ lock, work }: FileStep): boolean => (lock === 'writes' || lock === 'all') && work !== 'instant'

/** What was said on the command line, for saying it again. */
const optionsOf = ({ mode, adopt }: RunOptions): string =>
  `${mode === 'up' ? '' : ` --${mode}`}${adopt ? ' --adopt' : ''}`

/** A table with so many rows is written anew in well under the five seconds that a waiting request has. */
const mostRows = 100_000

function runOf(migration: Migration, entry: JournalEntry | null, { database }: RunOptions): MigrationRun {
  const file = stepFileOf(migration, database)
  return { migration, file, entry, hadFirst: entry !== null && entry.steps >= file.first.length }
}

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

function requireUnedited(runs: readonly MigrationRun[]): void {
  const edited = runs.filter(({ entry, file }) => entry !== null && !isAsItRan(entry, file))
  if (edited.length === 0) return
  throw refusal('migrate.history-differs', {
    differences: edited.map(({ migration }) => `  - ${migration.id} was changed after it ran`).join('\n'),
    advice: 'Take back the change of the file and write a new migration for it: plinth migrate new',
  })
}
