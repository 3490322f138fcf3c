/**
 * Few connections that many quick reads share: each sends what it has to ask without waiting for the answers before (pipelining), which
 * keeps both sides busy. The server stops a statement that takes longer than `statementLimit`, so nobody waits long behind another.
 *
 * This is the seam for asking several reads of one plan at once: whatever does that sees all quick reads here.
 */
import type { RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import { endOf } from './within.ts'

export interface LaneOptions {
  readonly lanes: number
  /** Statements under way on one connection. */
  readonly depth: number
}

/** Milliseconds between two attempts to connect. */
const pause = 250

interface Lane {
  connection: ServerConnection | null
  connecting: boolean
  underWay: number
  lastAnswer: number
  nextAttempt: number
}

export interface QuickRun {
  readonly result: RawResult
  /** Milliseconds that the statement had the connection for itself. */
  readonly milliseconds: number
}

export class QuickLanes {
  readonly #driver: ServerDriver
  readonly #options: LaneOptions
  readonly #lanes: readonly Lane[]
  #closed = false

  constructor(driver: ServerDriver, options: LaneOptions) {
    this.#driver = driver
    this.#options = options
    this.#lanes = Array.from({ length: options.lanes }, () => ({
      connection: null,
      connecting: false,
      underWay: 0,
      lastAnswer: 0,
      nextAttempt: 0,
    }))
  }

  /** Runs a read on the lane with the fewest before it; null when none has room or a connection, and the read goes elsewhere. */
  run(statement: Statement, bound: readonly unknown[]): Promise<QuickRun> | null {
    const lane = this.#choose()
    if (lane === null || lane.connection === null) return null
    return this.#runOn(lane, lane.connection, statement, bound)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#lanes.flatMap(({ connection }) => (connection === null ? [] : [endOf(connection)])))
  }

  /** A connection was dead without a word: those on which nothing is under way may be as well, and are not used again. */
  distrust(): void {
    for (const lane of this.#lanes) {
      if (lane.connection === null || lane.underWay > 0) continue
      void endOf(lane.connection)
      lane.connection = null
    }
  }

  #choose(): Lane | null {
    let best: Lane | null = null
    for (const lane of this.#lanes) {
      if (lane.connection?.usable !== true) this.#connect(lane)
      else if (lane.underWay < (best?.underWay ?? this.#options.depth)) best = lane
    }
    return best
  }

  async #runOn(
    lane: Lane,
    connection: ServerConnection,
    statement: Statement,
    bound: readonly unknown[],
  ): Promise<QuickRun> {
    const sent = performance.now()
    if (lane.underWay++ === 0) lane.lastAnswer = sent
    try {
      const result = await connection.run(statement, bound)
      const now = performance.now()
      return { result, milliseconds: now - Math.max(sent, lane.lastAnswer) }
    } finally {
      lane.lastAnswer = performance.now()
      lane.underWay--
    }
  }

  #connect(lane: Lane): void {
    if (this.#closed || lane.connecting || performance.now() < lane.nextAttempt) return
    lane.connecting = true
    lane.connection = null
    this.#driver.connect('quick').then(
      connection => {
        lane.connecting = false
        if (this.#closed) return void endOf(connection)
        lane.connection = connection
      },
      () => {
        // The pool meets the same trouble and tells of it.
        lane.connecting = false
        lane.nextAttempt = performance.now() + pause
      },
    )
  }
}
