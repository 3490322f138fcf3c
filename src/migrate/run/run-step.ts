/** Carries out one step: waits for locks as long as it may, tells what went wrong where, and leaves nothing half done. */
import { PlinthError, refusal } from '../../error/index.ts'
import { pauseBefore } from '../../lib/index.ts'
import {
  commandsIn,
  identifier,
  type MigrationSession,
  type SchemaFact,
  type TransactionWork,
} from '../../store/sql/index.ts'
import type { FileStep } from '../history/step-file.ts'

export interface StepPlace {
  readonly id: string
  /** From 1. */
  readonly step: number
  readonly steps: number
  /** What has to be added to `plinth migrate up` to come here again. */
  readonly option: string
  /** The whole command for when no version of the application runs. */
  readonly downtimeCommand: string
}

export interface StepRun {
  readonly session: MigrationSession
  readonly place: StepPlace
  readonly note: TransactionWork
  /** It is known that there is nothing to do. */
  readonly isThere: boolean
  /** Whether the step may keep others from writing to its table until it is done. */
  readonly mayBlock: () => Promise<boolean>
  /** Milliseconds that may be spent waiting for locks. */
  readonly patience: number
  /** Runs the migration's own code; whether the note was written with what it did. */
  readonly runCode: (note: TransactionWork) => Promise<'noted' | 'ran'>
  /** Rows that batches have changed so far. */
  readonly progress: (rows: number) => void
}

/** How a step ended. `there`, `gone`: it had been done already, and what it makes is there, or what it takes away is not. */
export type StepResult = 'done' | 'there' | 'gone' | 'blocked'

export async function runStep(step: FileStep, run: StepRun): Promise<StepResult> {
  const { session, note } = run
  const there = run.isThere || (await isDone(step, session))
  try {
    if (!there) return await withPatience(step, run, () => carryOut(step, run))
    await session.run(note.sql, note.bound)
    return takesAway(step) ? 'gone' : 'there'
  } catch (error) {
    throw failed(step, run, error)
  }
}

async function carryOut(step: FileStep, run: StepRun): Promise<'done' | 'blocked'> {
  const { session, note, patience, runCode, progress } = run
  if (step.rebuilds) await requireNothingLost(step, session)
  switch (step.kind) {
    case 'statement':
    case 'edit':
      return await runStatement(step, run)
    case 'alone':
      await runAlone(step, session, patience)
      break
    case 'batch': {
      let rows = 0
      for (let changed = 1; changed > 0; progress(rows)) {
        changed = await session.run(step.sql, [])
        rows += changed
      }
      break
    }
    case 'manual':
      if (step.sql !== '') return await runStatement(step, run)
      throw refusal('migrate.by-hand', { ...run.place, about: step.about, position: positionOf(run.place) })
    case 'data':
      if ((await runCode(note)) === 'noted') return 'done'
      break
  }
  await session.run(note.sql, note.bound)
  return 'done'
}

/** Whether a table can be changed beside those who write is told by the server alone, and by an attempt: it knows how the table is kept. */
async function runStatement(step: FileStep, run: StepRun): Promise<'done' | 'blocked'> {
  const { session, note, mayBlock } = run
  const { sql, table, kind } = step
  const attempt = (text: string, rebuilds: boolean): Promise<void> =>
    kind === 'edit' && table !== null
      ? session.runEdits(text, note, table)
      : session.runNoted(text, note, rebuilds ? table : null)
  try {
    await attempt(sql, step.rebuilds)
    return 'done'
  } catch (error) {
    const locking = session.lockingForm(sql, error)
    if (locking === null) throw error
    if (!(await mayBlock())) throw blockingNeeded(step, run, error)
    await attempt(locking, false)
    return 'blocked'
  }
}

const blockingNeeded = ({ about, table }: FileStep, { place }: StepRun, error: unknown) =>
  refusal(
    'migrate.downtime-needed',
    {
      what: [
        `Step ${place.step} of ${place.steps} of ${place.id} takes a copy of "${table?.name ?? ''}", and nobody could write to it meanwhile: ${about}.`,
        reasonOf(error),
        positionOf(place),
      ].join('\n'),
      command: place.downtimeCommand,
    },
    { cause: error },
  )

/** The first of several commands clears away what an attempt has left: before the others, and after one of them has failed. */
async function runAlone({ sql }: FileStep, session: MigrationSession, patience: number): Promise<void> {
  const commands = commandsIn(sql)
  try {
    for (const command of commands) await session.runAlone(command, patience)
  } catch (error) {
    const [clearing] = commands
    // If that fails too, the next attempt begins with it, and what is told is why the step failed.
    if (commands.length > 1 && clearing !== undefined) await session.runAlone(clearing, patience).catch(() => undefined)
    throw error
  }
}

const takesAway = ({ unless }: FileStep): boolean =>
  unless?.holds === false && ['table', 'column', 'constraint', 'index'].includes(unless.is)

/** Whether what the step does is there already. */
export const isDone = async ({ unless }: FileStep, session: MigrationSession): Promise<boolean> =>
  unless !== null && holds(unless, session)

async function holds(fact: SchemaFact, session: MigrationSession): Promise<boolean> {
  const { is, table, name, type, holds: wanted } = fact
  const found = await session.table(table)
  const column = found?.columns.find(one => one.name === name)
  switch (is) {
    case 'table':
      return (found !== null) === wanted
    case 'column':
      return (column !== undefined) === wanted
    case 'constraint': {
      const has = found?.constraints.has(name ?? '') ?? false
      // What is not known to be gone may be there.
      return has === wanted && (has || found?.unread === undefined)
    }
    case 'index':
      return (found?.indexes.has(name ?? '') ?? false) === wanted
    case 'required':
      return column !== undefined && column.required === wanted
    case 'type':
      return column !== undefined && session.isOfType(column, type ?? '') === wanted
    default:
      return is satisfies never
  }
}

/** A column that nobody told Plinth of would be gone with the old table. */
async function requireNothingLost({ sql, table }: FileStep, session: MigrationSession): Promise<void> {
  if (table === null) return
  const columns = (await session.table(table))?.columns ?? []
  const lost = columns.filter(({ name }) => !sql.includes(identifier(name))).map(({ name }) => name)
  if (lost.length > 0) throw refusal('migrate.rebuild-loses', { table: table.name, columns: lost.join(', ') })
}

async function withPatience<T>(step: FileStep, run: StepRun, carry: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  for (let attempt = 1; ; attempt++) {
    try {
      return await carry()
    } catch (error) {
      if (!run.session.isLockRefused(error)) throw error
      const spent = performance.now() - begun
      if (spent > run.patience) throw await lockRefused(step, run, spent, error)
    }
    // Nothing waits in the lock's queue meanwhile, so those who came after it go on.
    await pauseBefore(attempt, 200, 2000)
  }
}

async function lockRefused(step: FileStep, { session, place }: StepRun, spent: number, cause: unknown) {
  const holders = step.table === null ? null : await session.holders(step.table)
  return refusal(
    'migrate.lock-refused',
    {
      ...place,
      about: step.about,
      seconds: Math.max(1, Math.round(spent / 1000)),
      holder: holders ?? 'It is held by another program that has the database open.',
      position: positionOf(place),
    },
    { cause },
  )
}

function failed(step: FileStep, { place }: StepRun, error: unknown): unknown {
  if (error instanceof PlinthError) return error
  return refusal(
    'migrate.step-failed',
    { ...place, about: step.about, reason: reasonOf(error), position: positionOf(place) },
    { cause: error },
  )
}

/** PostgreSQL tells in a line of its own which values, or what else of the database, is in the way; of SQLite the store adds which values. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const detail: unknown = Reflect.get(error, 'detail')
  return typeof detail === 'string' ? `${error.message}\n${detail}` : error.message
}

function positionOf({ step }: StepPlace): string {
  const before =
    step === 1 ? 'Nothing of it has run' : step === 2 ? 'Step 1 is done' : `Steps 1 to ${step - 1} are done`
  return `${before}; nothing of step ${step} is left in the tables.`
}
