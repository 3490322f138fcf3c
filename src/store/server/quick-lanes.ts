/**
 * Few connections that many quick reads share: each sends what it has to ask without waiting for the answers before (pipelining), which
 * keeps both sides busy, up to a few milliseconds of work ahead. The server stops a statement that takes longer than `statementLimit`, so nobody waits long behind another.
 *
 * This is the seam for asking several reads of one plan at once: whatever does that sees all quick reads here.
 */
import type { RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import { Lane } from './lane.ts'

export interface LaneOptions {
  readonly lanes: number
  /** Statements under way for each connection, those that wait for their turn included. */
  readonly depth: number
}

/** One of the connections, and what is under way on it. */
interface Traffic {
  readonly lane: Lane
  underWay: number
  lastAnswer: number
  /** Milliseconds that a statement has the connection for itself, lately. */
  usual: number
}

export interface QuickRun {
  readonly result: RawResult
  /** Milliseconds that the statement had the connection for itself. */
  readonly milliseconds: number
}

interface Waiting {
  readonly statement: Statement
  readonly bound: readonly unknown[]
  readonly go: (run: Promise<QuickRun> | null) => void
}

/**
 * Milliseconds of work that a connection is sent ahead. What was sent cannot overtake: with all of 64 lists sent at once to two connections, those
 * on the one whose server process got less of the processor took 60 ms where the others took 12; now all take 20.
 */
const ahead = 5
/** Statements that are sent ahead however long they take, so that the server need not wait for the next one. */
const leastAhead = 4
const usualAtFirst = 0.1
/** Each statement counts a sixteenth of what a connection is thought to take. */
const memory = 16

export class QuickLanes {
  readonly #lanes: readonly Traffic[]
  readonly #most: number
  #waiting: Waiting[] = []
  #underWay = 0

  constructor(driver: ServerDriver, options: LaneOptions) {
    this.#most = options.lanes * options.depth
    this.#lanes = Array.from({ length: options.lanes }, () => ({
      lane: new Lane(driver, 'quick'),
      underWay: 0,
      lastAnswer: 0,
      usual: usualAtFirst,
    }))
  }

  /** Runs a read on the lane with the fewest before it, now or in its turn; null when there is no room or no connection, and the read goes elsewhere. */
  run(statement: Statement, bound: readonly unknown[]): Promise<QuickRun | null> | null {
    if (this.#underWay + this.#waiting.length >= this.#most) return null
    const best = this.#best()
    if (best === null) return null
    const [traffic, connection] = best
    if (this.#waiting.length === 0 && hasRoom(traffic)) return this.#runOn(traffic, connection, statement, bound)
    return new Promise(resolve => this.#waiting.push({ statement, bound, go: resolve }))
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({ lane }) => lane.close()))
  }

  /** A connection was dead without a word: those on which nothing is under way may be as well, and are not used again. */
  distrust(): void {
    for (const { lane, underWay } of this.#lanes) if (underWay === 0) lane.leave()
  }

  #best(): readonly [Traffic, ServerConnection] | null {
    let best: Traffic | null = null
    let on: ServerConnection | null = null
    for (const traffic of this.#lanes) {
      const connection = traffic.lane.current()
      if (connection === null || (best !== null && traffic.underWay >= best.underWay)) continue
      best = traffic
      on = connection
    }
    return best === null || on === null ? null : [best, on]
  }

  async #runOn(
    traffic: Traffic,
    connection: ServerConnection,
    statement: Statement,
    bound: readonly unknown[],
  ): Promise<QuickRun> {
    const sent = performance.now()
    this.#underWay++
    if (traffic.underWay++ === 0) traffic.lastAnswer = sent
    try {
      const result = await connection.run(statement, bound)
      const milliseconds = performance.now() - Math.max(sent, traffic.lastAnswer)
      traffic.usual += (milliseconds - traffic.usual) / memory
      return { result, milliseconds }
    } finally {
      traffic.lastAnswer = performance.now()
      traffic.underWay--
      this.#underWay--
      if (this.#waiting.length > 0) this.#next()
    }
  }

  /** Sends what waits, as far as there is room. What waits has others before it, whose end calls this again. */
  #next(): void {
    let taken = 0
    for (const { statement, bound, go } of this.#waiting) {
      const best = this.#best()
      if (best !== null && !hasRoom(best[0])) break
      go(best === null ? null : this.#runOn(...best, statement, bound))
      taken++
    }
    if (taken > 0) this.#waiting = this.#waiting.slice(taken)
  }
}

const hasRoom = ({ underWay, usual }: Traffic): boolean => underWay < Math.max(leastAhead, ahead / usual)
