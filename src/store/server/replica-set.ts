/**
 * Which replica a read may go to. How far behind one is cannot be asked of it alone: a replica that has lost its primary believes that it
 * has everything, and clocks differ. So the primary is asked twice a second where it is, and a replica is as current as the newest of
 * these positions that it has passed.
 */
import type { ServerConnection } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { Replica, type ReplicaOptions } from './replica.ts'
import type { Replication } from './replication.ts'
import { watched } from './watch.ts'

/** Milliseconds between two looks. */
const interval = 500
/** Milliseconds that the primary has to say where it is. */
const patience = 400

interface Sample {
  readonly position: string
  /** When the primary was there or further, by the process's own clock. */
  readonly at: number
}

export class ReplicaSet {
  readonly #replication: Replication
  readonly #primary: ConnectionPool
  readonly #replicas: readonly Replica[]
  /** Where the primary was, oldest first: those of the last `maximumLag` before the latest. */
  #samples: readonly Sample[] = []
  #timer: NodeJS.Timeout | null = null
  #sampling = false
  #turn = 0

  constructor(store: string, replication: Replication, primary: ConnectionPool, options: ReplicaOptions) {
    this.#replication = replication
    this.#primary = primary
    this.#replicas = replication.replicas.map(address => new Replica(store, address, replication, options))
  }

  /** Rejects when one of them is no replica of this database, or refuses the user. */
  async open(): Promise<void> {
    await this.#sample()
    const opened = await Promise.allSettled(this.#replicas.map(replica => replica.open()))
    for (const one of opened) {
      if (one.status === 'fulfilled') continue
      await this.close()
      throw one.reason
    }
    this.#timer = setInterval(() => this.#look(), interval).unref()
  }

  /**
   * The least busy one that has everything up to `after` and is not too far behind; null: the primary has to answer. One whose last known
   * position is too early is asked again, for the reads to come.
   */
  choose(after: string | null): Replica | null {
    const floor = this.#samples[0]?.position
    if (floor === undefined) return null
    let best: Replica | null = null
    const count = this.#replicas.length
    const first = this.#turn++
    for (let index = 0; index < count; index++) {
      const replica = this.#replicas[(first + index) % count]
      if (replica === undefined || replica.replayed === null) continue
      if (!this.#isCurrent(replica.replayed, floor, after)) replica.lookSoon()
      else if (best === null || replica.underWay < best.underWay) best = replica
    }
    return best
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    await Promise.all(this.#replicas.map(replica => replica.close()))
  }

  #isCurrent(replayed: string, floor: string, after: string | null): boolean {
    const { includes } = this.#replication
    return includes(replayed, floor) && (after === null || includes(replayed, after))
  }

  #look(): void {
    void this.#sample()
    for (const replica of this.#replicas) void replica.look()
  }

  /** While the primary cannot be asked, the last that was known of it counts: nothing newer can be had anywhere. */
  async #sample(): Promise<void> {
    if (this.#sampling) return
    this.#sampling = true
    const at = performance.now()
    try {
      const bounds = { deadline: Date.now() + patience, signal: null, limit: patience }
      const ask = (connection: ServerConnection) => watched(connection, bounds, this.#replication.current(connection))
      const position = await this.#primary.use(bounds, ask)
      const oldest = at - this.#replication.maximumLag
      this.#samples = [...this.#samples.filter(sample => sample.at >= oldest), { position, at }]
    } catch {
      // It will be asked again.
    } finally {
      this.#sampling = false
    }
  }
}
