/** A connection that many share: made when it is first asked for, and again, after a pause, when it has ended. */
import type { ConnectionPurpose, ServerConnection, ServerDriver } from './connection.ts'
import { endOf } from './within.ts'

/** Milliseconds between two attempts to connect. */
const pause = 250

export class Lane<Connection extends ServerConnection = ServerConnection> {
  readonly #driver: ServerDriver<Connection>
  readonly #purpose: ConnectionPurpose
  #connection: Connection | null = null
  #connecting = false
  #nextAttempt = 0
  #closed = false

  constructor(driver: ServerDriver<Connection>, purpose: ConnectionPurpose) {
    this.#driver = driver
    this.#purpose = purpose
  }

  /** The connection; null while there is none, and then one is being made. */
  current(): Connection | null {
    if (this.#connection?.usable === true) return this.#connection
    this.#connect()
    return null
  }

  /** The connection may be dead without a word: it is not used again. */
  leave(): void {
    if (this.#connection !== null) void endOf(this.#connection)
    this.#connection = null
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#connection !== null) await endOf(this.#connection)
  }

  #connect(): void {
    if (this.#closed || this.#connecting || performance.now() < this.#nextAttempt) return
    this.#connecting = true
    this.#connection = null
    this.#driver.connect(this.#purpose).then(
      connection => {
        this.#connecting = false
        if (this.#closed) return void endOf(connection)
        this.#connection = connection
      },
      () => {
        // The pool meets the same trouble and tells of it.
        this.#connecting = false
        this.#nextAttempt = performance.now() + pause
      },
    )
  }
}
