/** Connects to a MariaDB server and prepares each connection. */
import type { ServerAddress } from '../../lib/index.ts'
import {
  type ConnectionPurpose,
  type Failure,
  type ServerDriver,
  type Statement,
  type TlsOptions,
  tlsOptions,
} from '../server/index.ts'
import { MysqlConnection } from './connection.ts'
import type { MysqlClient, MysqlDriver } from './driver.ts'
import { failureOf } from './failure.ts'

export interface ConnectionLimits {
  /** Milliseconds until a connection must be made. */
  readonly connect: number
  /** Milliseconds that a statement waits for a lock; the server counts in seconds. */
  readonly lock: number
  /** Statements that one connection keeps prepared. */
  readonly prepared: number
}

const keepAliveAfter = 10_000

/** What every session of ours is like, whatever the server's defaults are. */
const sessionModes = [
  'STRICT_ALL_TABLES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ZERO_DATE',
  'NO_ZERO_IN_DATE',
  'NO_ENGINE_SUBSTITUTION',
  'NO_AUTO_VALUE_ON_ZERO',
  'NO_BACKSLASH_ESCAPES',
  'ANSI_QUOTES',
]

export class MysqlServerDriver implements ServerDriver {
  readonly #driver: MysqlDriver
  readonly #address: ServerAddress
  readonly #tls: TlsOptions | null
  readonly #limits: ConnectionLimits
  readonly #connections = new Set<MysqlConnection>()

  constructor(driver: MysqlDriver, address: ServerAddress, limits: ConnectionLimits) {
    this.#driver = driver
    this.#address = address
    this.#tls = address.tls === null ? null : tlsOptions(address.tls)
    this.#limits = limits
  }

  async connect(_purpose: ConnectionPurpose): Promise<MysqlConnection> {
    const client = await this.#client()
    const connection = new MysqlConnection(client, thread => this.#kill(thread))
    try {
      await connection.command(this.#session())
    } catch (error) {
      connection.destroy()
      throw error
    }
    this.#connections.add(connection)
    connection.onEnd(() => this.#connections.delete(connection))
    return connection
  }

  failureOf(error: unknown): Failure {
    return failureOf(error)
  }

  /** The statement will not run again: every connection lets it go. */
  forget({ sql, name }: Statement): void {
    if (name !== null) for (const connection of this.#connections) connection.forget(sql)
  }

  #client(): Promise<MysqlClient> {
    const { host, port, user, password, database } = this.#address
    const client = this.#driver.createConnection({
      ...(host.startsWith('/') ? { socketPath: host } : { host, port }),
      user,
      ...(password === null ? {} : { password }),
      database,
      ...(this.#tls === null ? {} : { ssl: this.#tls }),
      connectTimeout: this.#limits.connect,
      charset: 'utf8mb4',
      rowsAsArray: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      jsonStrings: true,
      maxPreparedStatements: this.#limits.prepared,
      enableKeepAlive: true,
      keepAliveInitialDelay: keepAliveAfter,
      timezone: 'Z',
    })
    return new Promise((resolve, reject) => {
      // Without a listener an error of the connection would end the process.
      client.on('error', () => undefined)
      client.connect(error => {
        if (error === null) resolve(client)
        else {
          client.destroy()
          reject(error)
        }
      })
    })
  }

  #session(): string {
    const settings = [
      `sql_mode = '${sessionModes.join(',')}'`,
      "time_zone = '+00:00'",
      'collation_connection = utf8mb4_nopad_bin',
      "tx_isolation = 'READ-COMMITTED'",
      `innodb_lock_wait_timeout = ${Math.max(1, Math.round(this.#limits.lock / 1000))}`,
      // See json.ts.
      'group_concat_max_len = @@max_allowed_packet',
      // Averages are rounded once, at the end.
      'div_precision_increment = 30',
      // Texts are ordered by so many bytes of them; fifteen rows of several such texts have to fit into the buffer.
      'max_sort_length = 8192',
      'sort_buffer_size = 4194304',
    ]
    return `set ${settings.map(setting => `session ${setting}`).join(', ')}`
  }

  async #kill(thread: number): Promise<void> {
    const client = await this.#client()
    await new Promise<void>(resolve => {
      client.query({ sql: `kill query ${thread}`, rowsAsArray: true }, () => resolve())
    })
    client.destroy()
  }
}
