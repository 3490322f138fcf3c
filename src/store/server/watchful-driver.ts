/**
 * Connections whose other end is gone without a word: a cable was pulled, a firewall has forgotten them. TCP notices after many minutes. So
 * whoever has been silent for a while is asked after, by way of a new connection: is the server doing anything for this one?
 */
import type { ConnectionPurpose, Failure, ServerConnection, ServerDriver } from './connection.ts'

/** Milliseconds between two looks, and how many without an answer make a silence. A process that was busy itself looks less often. */
const lookEvery = 500
const silentLooks = 3

interface Followed {
  answers: number
  looks: number
}

/** A driver whose connections end when nobody is there. */
export class WatchfulDriver<
  Connection extends ServerConnection = ServerConnection,
> implements ServerDriver<Connection> {
  readonly #driver: ServerDriver<Connection>
  readonly #followed = new Map<ServerConnection, Followed>()
  readonly #onSilence: () => void
  #timer: NodeJS.Timeout | null = null
  #asking = false

  /** `onSilence`: one was found; others that idle may be like it. */
  constructor(driver: ServerDriver<Connection>, onSilence: () => void) {
    this.#driver = driver
    this.#onSilence = onSilence
  }

  async connect(purpose: ConnectionPurpose): Promise<Connection> {
    const connection = await this.#driver.connect(purpose)
    this.#followed.set(connection, { answers: 0, looks: 0 })
    this.#timer ??= setInterval(() => this.#look(), lookEvery).unref()
    connection.onEnd(() => {
      this.#followed.delete(connection)
      if (this.#followed.size > 0 || this.#timer === null) return
      clearInterval(this.#timer)
      this.#timer = null
    })
    return connection
  }

  servedOf(connections: readonly ServerConnection[]): Promise<readonly ServerConnection[]> {
    return this.#driver.servedOf(connections)
  }

  failureOf(error: unknown): Failure {
    return this.#driver.failureOf(error)
  }

  #look(): void {
    const silent: ServerConnection[] = []
    for (const [connection, followed] of this.#followed) {
      const { answers, underWay } = connection
      if (underWay === 0 || answers !== followed.answers) {
        followed.answers = answers
        followed.looks = 0
      } else if (++followed.looks >= silentLooks) silent.push(connection)
    }
    if (silent.length > 0 && !this.#asking) void this.#askAfter(silent)
  }

  async #askAfter(silent: readonly ServerConnection[]): Promise<void> {
    this.#asking = true
    const before = new Map<ServerConnection, number>()
    for (const [connection] of this.#followed) if (connection.underWay > 0) before.set(connection, connection.answers)
    try {
      const gone = await this.#unserved(silent, [...before.keys()])
      const dead = gone.filter(connection => connection.answers === before.get(connection))
      for (const connection of dead) connection.destroy()
      if (dead.length > 0) this.#onSilence()
      // The others work: they are asked after again when they have been silent for as long once more.
      for (const connection of silent) {
        const followed = this.#followed.get(connection)
        if (followed !== undefined) followed.looks = 0
      }
    } finally {
      this.#asking = false
    }
  }

  /** Those for which the server does nothing; all that wait when it is not there. */
  async #unserved(
    silent: readonly ServerConnection[],
    waiting: readonly ServerConnection[],
  ): Promise<readonly ServerConnection[]> {
    let served: readonly ServerConnection[]
    try {
      served = await this.#driver.servedOf(silent)
    } catch (error) {
      const { kind } = this.#driver.failureOf(error)
      // A server that refuses is there.
      return kind === 'unreachable' || kind === 'lost' ? waiting : []
    }
    const unserved = silent.filter(connection => !served.includes(connection))
    // An answer may have been on its way while the server was asked.
    if (unserved.length > 0) await new Promise(resolve => setTimeout(resolve, lookEvery))
    return unserved
  }
}
