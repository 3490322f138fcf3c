/** What has run on a database: the table `plinth_migration`, one row for each migration that was begun. */
import { createHash } from 'node:crypto'
import type { MigrationSession, TransactionWork } from '../../store/sql/index.ts'
import type { FileStep, StepFile } from '../history/step-file.ts'

const journalTable = 'plinth_migration'

/** `between`: the first half is done, and the second waits. */
export type Position = 'first' | 'between' | 'second' | 'done'

export interface JournalEntry {
  readonly id: string
  readonly position: Position
  /** How many steps are done, of both halves. */
  readonly steps: number
  /** Of the text of those steps. */
  readonly digest: string
}

export class Journal {
  readonly #session: MigrationSession

  constructor(session: MigrationSession) {
    this.#session = session
  }

  async make(): Promise<void> {
    const table = await this.#session.table({ namespace: null, name: journalTable })
    if (table !== null) return
    await this.#session.run(
      `create table ${journalTable} (id varchar(200) not null primary key, place varchar(10) not null, steps integer not null, digest varchar(64) not null, changed_at varchar(30) not null)`,
      [],
    )
  }

  async entries(): Promise<ReadonlyMap<string, JournalEntry>> {
    const table = await this.#session.table({ namespace: null, name: journalTable })
    if (table === null) return new Map()
    const rows = await this.#session.rows(`select id, place, steps, digest from ${journalTable} order by id`, [])
    return new Map(
      rows.map(([id, place, steps, digest]) => [
        String(id),
        { id: String(id), position: place as Position, steps: Number(steps), digest: String(digest) },
      ]),
    )
  }

  async begin({ id, position, steps, digest }: JournalEntry): Promise<void> {
    const marks = [1, 2, 3, 4, 5].map(position => this.#session.placeholder(position))
    await this.#session.run(
      `insert into ${journalTable} (id, place, steps, digest, changed_at) values (${marks.join(', ')})`,
      [id, position, String(steps), digest, new Date().toISOString()],
    )
  }

  /** What is to be written down when so many steps are done. */
  note({ id, position, steps, digest }: JournalEntry): TransactionWork {
    const mark = (position: number): string => this.#session.placeholder(position)
    return {
      sql: `update ${journalTable} set place = ${mark(1)}, steps = ${mark(2)}, digest = ${mark(3)}, changed_at = ${mark(4)} where id = ${mark(5)}`,
      bound: [position, String(steps), digest, new Date().toISOString(), id],
    }
  }
}

export const stepsOf = ({ first, second }: StepFile): readonly FileStep[] => [...first, ...second]

/** Whether a step that is left runs only while no version of the application does. */
export const hasDowntimeLeft = (file: StepFile, entry: JournalEntry | null): boolean =>
  stepsOf(file)
    .slice(entry?.steps ?? 0)
    .some(({ downtime }) => downtime)

/** The entry when so many steps of the file are done. */
export function entryAfter(id: string, file: StepFile, steps: number): JournalEntry {
  const all = stepsOf(file)
  return { id, position: positionAfter(file, steps), steps, digest: digestOf(all.slice(0, steps)) }
}

function positionAfter({ first, second }: StepFile, steps: number): Position {
  if (steps >= first.length + second.length) return 'done'
  if (steps < first.length) return 'first'
  return steps === first.length ? 'between' : 'second'
}

/** Whether the steps that ran stand in the file as they ran, and none has come to those of a migration that is done. */
export function isAsItRan({ position, steps, digest }: JournalEntry, file: StepFile): boolean {
  const all = stepsOf(file)
  return digestOf(all.slice(0, steps)) === digest && (position === 'done' ? steps === all.length : steps <= all.length)
}

const digestOf = (steps: readonly FileStep[]): string =>
  createHash('sha256')
    .update(steps.map(({ text }) => text).join('\n'))
    .digest('hex')
