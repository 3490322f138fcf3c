/** Connects to a PostgreSQL server and prepares each connection for its purpose. */
import {
  type ConnectionPurpose,
  type Failure,
  type ServerConnection,
  type ServerDriver,
  type Statement,
  type TlsOptions,
  tlsOptions,
} from '../server/index.ts'
import type { ServerAddress } from '../../lib/index.ts'
import { PostgresConnection } from './connection.ts'
import type { PgDriver } from './driver.ts'
import { failureOf } from './failure.ts'

/** Milliseconds and numbers that bound what one connection may do. */
export interface ConnectionLimits {
  /** Milliseconds until a connection must be made. */
  readonly connect: number
  /** Milliseconds that a quick read may take before it has to move to a connection of its own. */
  readonly quick: number
  /** Milliseconds that a statement waits for a lock. */
  readonly lock: number
  /** Milliseconds that an open transaction may be silent before the server ends it: whoever held it is gone. */
  readonly idleInTransaction: number
  /** Statements that one connection keeps prepared. */
  readonly prepared: number
}

/** Milliseconds of silence after which the operating system asks whether the other end is still there. */
const keepAliveAfter = 10_000

export class PostgresDriver implements ServerDriver {
  readonly #driver: PgDriver
  readonly #address: ServerAddress
  readonly #tls: TlsOptions | null
  readonly #limits: ConnectionLimits
  /** A pooler gives each transaction another server connection: nothing can be set or prepared for later. */
  readonly #pooled: boolean
  readonly #connections = new Set<PostgresConnection>()

  constructor(driver: PgDriver, address: ServerAddress, limits: ConnectionLimits, pooled: boolean) {
    this.#driver = driver
    this.#address = address
    this.#tls = address.tls === null ? null : tlsOptions(address.tls)
    this.#limits = limits
    this.#pooled = pooled
  }

  async connect(purpose: ConnectionPurpose): Promise<ServerConnection> {
    const { host, port, user, password, database, parameters } = this.#address
    const ssl = this.#tls ?? false
    const client = new this.#driver.Client({
      host,
      port,
      user,
      ...(password === null ? {} : { password }),
      database,
      ssl,
      application_name: parameters['application_name'] ?? 'plinth',
      connectionTimeoutMillis: this.#limits.connect,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfter,
      pipeline: true,
    })
    const prepared = this.#pooled ? 0 : this.#limits.prepared
    const connection = new PostgresConnection(this.#driver, client, { host, port, ssl }, prepared)
    await client.connect()
    if (!this.#pooled) await connection.command(this.#settings(purpose))
    this.#connections.add(connection)
    connection.onEnd(() => this.#connections.delete(connection))
    return connection
  }

  failureOf(error: unknown): Failure {
    return failureOf(error)
  }

  /** The statement will not run again: every connection that has it prepared lets it go. */
  forget({ name }: Statement): void {
    if (name !== null) for (const connection of this.#connections) connection.forget(name)
  }

  #settings(purpose: ConnectionPurpose): string {
    const { quick, lock, idleInTransaction } = this.#limits
    if (purpose === 'quick') return `set statement_timeout = ${quick}; set default_transaction_read_only = on`
    return `set lock_timeout = ${lock}; set idle_in_transaction_session_timeout = ${idleInTransaction}`
  }
}
