/**
 * Few connections that many quick reads share: each sends what it has to ask without waiting for the answers before (pipelining), which
 * keeps both sides busy. The server stops a statement that takes longer than `statementLimit`, so nobody waits long behind another.
 *
 * This is the seam for asking several reads of one plan at once: whatever does that sees all quick reads here.
 */
import type { RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import { Lane } from './lane.ts'

export interface LaneOptions {
  readonly lanes: number
  /** Statements under way on one connection. */
  readonly depth: number
}

/** One of the connections, and what is under way on it. */
interface Traffic {
  readonly lane: Lane
  underWay: number
  lastAnswer: number
}

export interface QuickRun {
  readonly result: RawResult
  /** Milliseconds that the statement had the connection for itself. */
  readonly milliseconds: number
}

export class QuickLanes {
  readonly #options: LaneOptions
  readonly #lanes: readonly Traffic[]

  constructor(driver: ServerDriver, options: LaneOptions) {
    this.#options = options
    this.#lanes = Array.from({ length: options.lanes }, () => ({
      lane: new Lane(driver, 'quick'),
      underWay: 0,
      lastAnswer: 0,
    }))
  }

  /** Runs a read on the lane with the fewest before it; null when none has room or a connection, and the read goes elsewhere. */
  run(statement: Statement, bound: readonly unknown[]): Promise<QuickRun> | null {
    let best: Traffic | null = null
    let on: ServerConnection | null = null
    for (const traffic of this.#lanes) {
      const connection = traffic.lane.current()
      if (connection === null || traffic.underWay >= (best?.underWay ?? this.#options.depth)) continue
      best = traffic
      on = connection
    }
    return best === null || on === null ? null : this.#runOn(best, on, statement, bound)
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({ lane }) => lane.close()))
  }

  /** A connection was dead without a word: those on which nothing is under way may be as well, and are not used again. */
  distrust(): void {
    for (const { lane, underWay } of this.#lanes) if (underWay === 0) lane.leave()
  }

  async #runOn(
    traffic: Traffic,
    connection: ServerConnection,
    statement: Statement,
    bound: readonly unknown[],
  ): Promise<QuickRun> {
    const sent = performance.now()
    if (traffic.underWay++ === 0) traffic.lastAnswer = sent
    try {
      const result = await connection.run(statement, bound)
      const now = performance.now()
      return { result, milliseconds: now - Math.max(sent, traffic.lastAnswer) }
    } finally {
      traffic.lastAnswer = performance.now()
      traffic.underWay--
    }
  }
}
