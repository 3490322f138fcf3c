/**
 * One replica: connections of its own, and how far it is. A connection beside those that read asks it; when that ends or stays silent, all
 * connections are given up, what runs on them fails at once, and the replica is tried again with growing pauses.
 */
import { PlinthError } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { ConnectionPurpose, ServerConnection, ServerDriver, Statement } from './connection.ts'
import { ConnectionPool, type PoolOptions } from './connection-pool.ts'
import type { Pace } from './pace.ts'
import { type LaneOptions, QuickLanes } from './quick-lanes.ts'
import type { ReplicaAddress, Replication } from './replication.ts'
import { type ReadRun, ServerReads } from './server-reads.ts'

export interface ReplicaOptions extends Omit<PoolOptions, 'onGone' | 'onBack'> {
  readonly lanes: LaneOptions
  /** Told when it can be read from no more, and when it can again. */
  readonly onChange: (name: string, readable: boolean) => void
}

/** Milliseconds that a replica has to say how far it is. */
const silenceLimit = 1500
/** Milliseconds between two questions that reads give rise to. */
const shortestInterval = 10
/** Milliseconds between two attempts to reach it. */
const firstPause = 100
const longestPause = 10_000

interface Reached {
  readonly monitor: ServerConnection
  readonly driver: LeavableDriver
  readonly pool: ConnectionPool
  readonly lanes: QuickLanes | null
  readonly reads: ServerReads
}

export class Replica {
  readonly name: string
  readonly #store: string
  readonly #address: ReplicaAddress
  readonly #replication: Replication
  readonly #options: ReplicaOptions
  #reached: Reached | null = null
  #replayed: string | null = null
  /** What `onChange` was told last. */
  #readable = true
  /** Reads under way. */
  underWay = 0
  #looking: Promise<void> | null = null
  #lookedAt = Number.NEGATIVE_INFINITY
  #pause = 0
  #nextAttempt = 0
  #closed = false
  readonly #closing = new Set<Promise<unknown>>()

  constructor(store: string, address: ReplicaAddress, replication: Replication, options: ReplicaOptions) {
    this.name = address.name
    this.#store = store
    this.#address = address
    this.#replication = replication
    this.#options = options
  }

  /** A position that it has reached for certain; null while it cannot be read from. */
  get replayed(): string | null {
    return this.#replayed
  }

  /** Connects for the first time. Rejects when it cannot be what it is said to be; one that is not there yet may come. */
  async open(): Promise<void> {
    try {
      await this.#reach()
      await this.look()
    } catch (error) {
      this.#leave()
      if (error instanceof PlinthError) throw error
    }
  }

  async run(statement: Statement, bound: readonly unknown[], pace: Pace, context: ExecutionContext): Promise<ReadRun> {
    const { reads } = this.#reached ?? unreached()
    this.underWay++
    try {
      const run = await reads.run(statement, bound, pace, context)
      return { ...run, replica: this.name }
    } finally {
      this.underWay--
    }
  }

  /** Asks how far it is, unless that was asked a moment ago. */
  lookSoon(): void {
    if (performance.now() - this.#lookedAt >= shortestInterval) void this.look()
  }

  /** Asks how far it is. Never rejects. */
  look(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => {
      this.#looking = null
      this.#lookedAt = performance.now()
    }))
  }

  async close(): Promise<void> {
    this.#closed = true
    const reached = this.#reached
    this.#reached = null
    this.#replayed = null
    if (reached !== null) {
      const { monitor, pool, lanes } = reached
      this.#closing.add(Promise.allSettled([pool.close(), lanes?.close(), monitor.close()]))
    }
    await Promise.all(this.#closing)
  }

  async #look(): Promise<void> {
    if (this.#closed || (this.#reached === null && performance.now() < this.#nextAttempt)) return
    try {
      const { monitor } = this.#reached ?? (await this.#reach())
      const replayed = await answeredInTime(monitor, this.#replication.replayed(monitor))
      if (this.#reached?.monitor !== monitor) return
      if (replayed === null) this.#leave()
      else {
        this.#replayed = replayed
        this.#pause = 0
        this.#tell(true)
      }
    } catch {
      this.#leave()
    }
  }

  async #reach(): Promise<Reached> {
    const { driver: bare, pipelines, monitor } = await this.#address.reach()
    if (this.#closed) {
      monitor.destroy()
      return unreached()
    }
    const driver = new LeavableDriver(bare)
    const pool = new ConnectionPool(driver, this.#options)
    const lanes = pipelines && this.#options.lanes.lanes > 0 ? new QuickLanes(driver, this.#options.lanes) : null
    const reads = new ServerReads(this.#store, driver, pool, lanes)
    const reached = { monitor, driver, pool, lanes, reads }
    this.#reached = reached
    monitor.onEnd(() => {
      if (this.#reached === reached) this.#leave()
    })
    return reached
  }

  #tell(readable: boolean): void {
    if (this.#readable === readable || this.#closed) return
    this.#readable = readable
    this.#options.onChange(this.name, readable)
  }

  #leave(): void {
    this.#tell(false)
    const reached = this.#reached
    this.#reached = null
    this.#replayed = null
    this.#pause = Math.min(longestPause, Math.max(firstPause, this.#pause * 2))
    // Half of the pause is chance, so that many processes do not come back as one.
    this.#nextAttempt = performance.now() + this.#pause * (0.5 + Math.random() / 2)
    if (reached === null) return
    reached.monitor.destroy()
    reached.driver.leave()
    const closing = Promise.allSettled([reached.pool.close(), reached.lanes?.close()])
    this.#closing.add(closing)
    void closing.then(() => this.#closing.delete(closing))
  }
}

const unreached = (): never => {
  throw new Error('The replica was left.')
}

/** A connection that stays silent is given up. */
async function answeredInTime<T>(connection: ServerConnection, answer: Promise<T>): Promise<T> {
  const { promise: silent, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    connection.destroy()
    reject(new Error('The replica does not answer.'))
  }, silenceLimit)
  try {
    return await Promise.race([answer, silent])
  } finally {
    clearTimeout(timer)
    answer.catch(() => undefined)
  }
}

/** Knows the connections that were made, so that all can be given up at once. */
class LeavableDriver implements ServerDriver {
  readonly #driver: ServerDriver
  readonly #connections = new Set<ServerConnection>()
  #left = false

  constructor(driver: ServerDriver) {
    this.#driver = driver
  }

  async connect(purpose: ConnectionPurpose): Promise<ServerConnection> {
    const connection = await this.#driver.connect(purpose)
    if (this.#left) {
      connection.destroy()
      return unreached()
    }
    this.#connections.add(connection)
    connection.onEnd(() => this.#connections.delete(connection))
    return connection
  }

  servedOf(connections: readonly ServerConnection[]) {
    return this.#driver.servedOf(connections)
  }

  failureOf(error: unknown) {
    return this.#driver.failureOf(error)
  }

  leave(): void {
    this.#left = true
    for (const connection of this.#connections) connection.destroy()
  }
}
