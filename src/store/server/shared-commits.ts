/**
 * Few connections on which quick writes share their commits, which are most of what a durable write costs. Writes that come while others are
 * under way are sent together, as one transaction; nobody waits for company. What must wait there, for a lock or for long, is sent away to a
 * connection of its own, and its kind stays away for a while.
 *
 * All members have happened or none, so nothing is told to anyone before the commit. When one fails, those before it are sent again without
 * it, then it alone, then the others: each ends as if they had come one after the other.
 */
import { abortReason, refusal } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { RawResult, ServerDriver, SharingConnection, Statement, Together } from './connection.ts'
import { Lane } from './lane.ts'
import { Pace } from './pace.ts'
import type { Replication } from './replication.ts'
import { watched } from './watch.ts'

/** How a database shares commits. */
export interface Sharing {
  readonly driver: ServerDriver<SharingConnection>
  /** Writes that have to be under way for that to be worth it: 0, where a write by itself costs no more than on a connection of its own. */
  readonly company: number
}

export interface SharedCommitOptions {
  readonly lanes: number
  /** Writes in one commit at most. */
  readonly members: number
  /** Writes that may wait. */
  readonly queue: number
}

/** Thrown for a write of which nothing has happened, and which is to be sent on a connection of its own. */
export class SentAway extends Error {
  /** It was sent and failed: the first of its attempts is used up. */
  readonly tried: boolean

  constructor(tried: boolean) {
    super('The write needs a connection of its own.')
    this.name = 'SentAway'
    this.tried = tried
  }
}

interface Member {
  readonly statement: Statement
  readonly bound: readonly unknown[]
  readonly context: ExecutionContext
  readonly resolve: (result: RawResult) => void
  readonly reject: (error: unknown) => void
  /** It has failed among others: it is sent by itself. */
  alone: boolean
}

/** One of the connections, and whether a group is under way on it. */
interface Traffic {
  readonly lane: Lane<SharingConnection>
  busy: boolean
}

/** Milliseconds that all members of a commit may take together. */
const together = 1000

/** Milliseconds that the commit itself may take besides: no server can be told to stop it, and of none of them would be known whether it is done. */
const commitGrace = 4000

export class SharedCommits {
  readonly #driver: ServerDriver<SharingConnection>
  readonly #options: SharedCommitOptions
  readonly #replication: Replication | null
  readonly #lanes: readonly Traffic[]
  readonly #waiting: Member[] = []
  /** Of statements that had to be sent away once. */
  readonly #paces = new WeakMap<Statement, Pace>()
  #closed = false

  constructor(driver: ServerDriver<SharingConnection>, options: SharedCommitOptions, replication: Replication | null) {
    this.#driver = driver
    this.#options = options
    this.#replication = replication
    this.#lanes = Array.from({ length: options.lanes }, () => ({ lane: new Lane(driver, 'shared'), busy: false }))
  }

  /** Fails with SentAway when it is to be done elsewhere. */
  run(statement: Statement, bound: readonly unknown[], context: ExecutionContext): Promise<RawResult> {
    if (!this.#takes(statement)) return Promise.reject(new SentAway(false))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statement, bound, context, resolve, reject, alone: false })
      this.#send()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#sendAway()
    await Promise.all(this.#lanes.map(({ lane }) => lane.close()))
  }

  /** A connection was dead without a word: those on which nothing is under way may be as well, and are not used again. */
  distrust(): void {
    for (const { lane, busy } of this.#lanes) if (!busy) lane.leave()
  }

  #takes(statement: Statement): boolean {
    if (this.#closed || this.#waiting.length >= this.#options.queue) return false
    if (this.#paces.get(statement)?.isQuick === false) return false
    return this.#isConnected()
  }

  #isConnected(): boolean {
    return this.#lanes.some(({ lane }) => lane.current() !== null)
  }

  #send(): void {
    for (const traffic of this.#lanes) {
      const connection = traffic.lane.current()
      if (traffic.busy || connection === null) continue
      const members = this.#next()
      if (members.length === 0) return
      void this.#sendOn(traffic, connection, members)
    }
    if (this.#waiting.length > 0 && !this.#lanes.some(({ busy }) => busy) && !this.#isConnected()) this.#sendAway()
  }

  /** Those that are sent next: one that has to be alone, or as many as wait before such a one. */
  #next(): readonly Member[] {
    this.#refuseLate()
    const [first] = this.#waiting
    if (first === undefined) return []
    if (first.alone) return this.#waiting.splice(0, 1)
    const alone = this.#waiting.findIndex(member => member.alone)
    return this.#waiting.splice(0, Math.min(this.#options.members, alone === -1 ? this.#waiting.length : alone))
  }

  /** Refuses those whose time went by while they waited, and those that nobody waits for. */
  #refuseLate(): void {
    const now = Date.now()
    for (let index = this.#waiting.length - 1; index >= 0; index--) {
      const { context, reject } = this.#waiting[index] as Member
      if (context.signal?.aborted === true) reject(abortReason(context.signal))
      else if (now >= context.deadline) reject(refusal('store.busy', {}))
      else continue
      this.#waiting.splice(index, 1)
    }
  }

  async #sendOn(traffic: Traffic, connection: SharingConnection, members: readonly Member[]): Promise<void> {
    traffic.busy = true
    const sent = connection.together(members)
    const asked = this.#askPosition(connection, members)
    const bounds = { deadline: Date.now() + together, signal: null, limit: together, grace: commitGrace }
    const outcome = await watched(connection, bounds, sent).catch((error: unknown): Together => ({
      error: error as Error,
      at: members.length,
    }))
    await this.#tell(connection, members, outcome, asked)
    traffic.busy = false
    if (this.#closed) this.#sendAway()
    else this.#send()
  }

  /** Travels behind the commit; see note-commit.ts. */
  #askPosition(connection: SharingConnection, members: readonly Member[]): Promise<string | null> | null {
    if (this.#replication === null || members.every(({ context }) => context.consistency === null)) return null
    return this.#replication.current(connection).catch(() => null)
  }

  async #tell(
    connection: SharingConnection,
    members: readonly Member[],
    outcome: Together,
    asked: Promise<string | null> | null,
  ): Promise<void> {
    if ('results' in outcome) {
      const position = asked === null ? null : await asked
      for (const [index, { statement, context, resolve }] of members.entries()) {
        if (asked !== null) context.consistency?.wrote(position)
        this.#paces.get(statement)?.ranShared(0)
        resolve(outcome.results[index] as RawResult)
      }
      return
    }
    const { error, at } = outcome
    const { kind } = this.#driver.failureOf(error)
    if (kind === 'lost' || !connection.usable) {
      // The answer to the commit got lost: it may have happened.
      for (const { context, reject } of members) {
        if (asked !== null) context.consistency?.wrote(null)
        reject(refusal('store.outcome-unknown', {}, { cause: error }))
      }
      return
    }
    const hadToWait = kind === 'lock' || kind === 'stopped' || kind === 'conflict' || kind === 'stale'
    const [only] = members
    const failed = members.length === 1 ? only : members[at]
    if (failed === undefined) {
      // Their commit failed, which none of them is to blame for alone.
      for (const member of members) member.alone = true
      this.#waiting.unshift(...members)
    } else if (hadToWait || failed === only) {
      this.#waiting.unshift(...members.filter(member => member !== failed))
      if (hadToWait) this.#leave(failed)
      else failed.reject(error)
    } else {
      failed.alone = true
      this.#waiting.unshift(...members)
    }
  }

  /** To a connection of its own; what is like it follows for a while, beginning with those that wait: each might hold up the others for as long. */
  #leave({ statement, reject }: Member): void {
    let pace = this.#paces.get(statement)
    if (pace === undefined) this.#paces.set(statement, (pace = new Pace(true)))
    pace.overran()
    reject(new SentAway(true))
    const others = this.#waiting.splice(0)
    for (const other of others) {
      if (other.statement === statement) other.reject(new SentAway(false))
      else this.#waiting.push(other)
    }
  }

  #sendAway(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new SentAway(false))
  }
}
