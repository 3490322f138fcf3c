/** Connects to a server of MariaDB or MySQL and prepares each connection. */
import { connect, isIP, type Socket } from 'node:net'
import type { ServerAddress } from '../../lib/index.ts'
import {
  type ConnectionPurpose,
  type Failure,
  type ServerConnection,
  type ServerDriver,
  type Statement,
  type TlsOptions,
  tlsOptions,
  within,
} from '../server/index.ts'
import { MysqlConnection } from './connection.ts'
import type { MysqlClient, MysqlDriver } from './driver.ts'
import { failureOf } from './failure.ts'
import { pipelined } from './pipeline.ts'
import { isIdle, sessionsOf } from './sessions.ts'
import type { Variety } from './variety.ts'

export interface ConnectionLimits {
  /** Milliseconds until a connection must be made. */
  readonly connect: number
  /** Milliseconds that a quick read or write may take before it has to move to a connection of its own. */
  readonly quick: number
  /** Milliseconds after which the server itself stops a statement, where asking it to has failed; 0 for never. */
  readonly statement: number
  /** Milliseconds that an open transaction may be silent before the server ends it: whoever held it is gone. Counted in seconds. */
  readonly idleInTransaction: number
  /** Milliseconds that a statement waits for a lock; the server counts in seconds. */
  readonly lock: number
  /** Statements that one connection keeps prepared. */
  readonly prepared: number
}

const keepAliveAfter = 10_000

/** Milliseconds in which the server has to say whether it is there. */
const probeTime = 1500

const inSeconds = (milliseconds: number): number => Math.max(1, Math.round(milliseconds / 1000))

/** What every session of ours is like, whatever the server's defaults are. */
const sessionModes = [
  'STRICT_ALL_TABLES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
  'NO_AUTO_VALUE_ON_ZERO',
  'ANSI_QUOTES',
]

/** Days are days. A table of others that has a default which is none could not be changed by a session that holds to it. */
const zeroModes = ['NO_ZERO_DATE', 'NO_ZERO_IN_DATE']

export class MysqlServerDriver implements ServerDriver<MysqlConnection> {
  readonly #driver: MysqlDriver
  readonly #address: ServerAddress
  readonly #tls: TlsOptions | null
  readonly #limits: ConnectionLimits
  readonly #variety: Variety | null
  readonly #connections = new Set<MysqlConnection>()

  /** `variety`: null as long as it is not known, for the connection that finds out. */
  constructor(driver: MysqlDriver, address: ServerAddress, limits: ConnectionLimits, variety: Variety | null) {
    this.#driver = driver
    this.#address = address
    this.#tls =
      address.tls === null ? null : { ...tlsOptions(address.tls), verifyIdentity: address.tls.mode === 'verify-full' }
    this.#limits = limits
    this.#variety = variety
  }

  async connect(purpose: ConnectionPurpose): Promise<MysqlConnection> {
    const { connect } = this.#limits
    const client = await this.#client(connect)
    const session = this.#variety === null ? 'do 0' : this.#session(purpose, this.#variety)
    const connection = new MysqlConnection(client, session, thread => this.#kill(thread))
    await within(connect, connection, connection.command(session))
    if (purpose === 'quick' || purpose === 'shared') pipelined(client)
    this.#connections.add(connection)
    connection.onEnd(() => this.#connections.delete(connection))
    return connection
  }

  async servedOf(connections: readonly ServerConnection[]): Promise<readonly ServerConnection[]> {
    const threads = new Map(connections.map(one => [String((one as MysqlConnection).thread), one]))
    const asking = new MysqlConnection(await this.#client(probeTime), '', () => Promise.resolve())
    try {
      const sessions = await within(probeTime, asking, sessionsOf(asking))
      return sessions.flatMap(session => (isIdle(session) ? [] : (threads.get(session.id) ?? [])))
    } finally {
      asking.destroy()
    }
  }

  failureOf(error: unknown): Failure {
    return failureOf(error)
  }

  /** The statement will not run again: every connection lets it go. */
  forget({ sql, name }: Statement): void {
    if (name !== null) for (const connection of this.#connections) connection.forget(sql)
  }

  #client(limit: number): Promise<MysqlClient> {
    const { host, user, password, database } = this.#address
    const client = this.#driver.createConnection({
      // mysql2 verifies the certificate of a name only. With its dot at the end an address passes for one, and is compared as an address.
      host: isIP(host) === 0 ? host : `${host}.`,
      stream: () => this.#socket(),
      user,
      ...(password === null ? {} : { password }),
      database,
      ...(this.#tls === null ? {} : { ssl: this.#tls }),
      connectTimeout: limit,
      charset: 'utf8mb4',
      rowsAsArray: true,
      supportBigNumbers: true,
      dateStrings: true,
      jsonStrings: true,
      maxPreparedStatements: this.#limits.prepared,
      timezone: 'Z',
    })
    return new Promise((resolve, reject) => {
      // Without a listener an error of the connection would end the process.
      client.on('error', () => undefined)
      client.connect(error => {
        if (error === null) resolve(client)
        else {
          client.stream.destroy(error)
          reject(error)
        }
      })
    })
  }

  #socket(): Socket {
    const { host, port } = this.#address
    if (host.startsWith('/')) return connect(host)
    return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfter })
  }

  #session(purpose: ConnectionPurpose, variety: Variety): string {
    const { quick, lock, idleInTransaction } = this.#limits
    const statement = { quick, shared: quick, work: this.#limits.statement, tables: 0 }[purpose]
    const settings = [
      `sql_mode = '${[...sessionModes, ...variety.modes, ...(purpose === 'tables' ? [] : zeroModes)].join(',')}'`,
      "time_zone = '+00:00'",
      `collation_connection = ${variety.collation}`,
      `${variety.isolation} = 'READ-COMMITTED'`,
      `innodb_lock_wait_timeout = ${inSeconds(lock)}`,
      `lock_wait_timeout = ${inSeconds(lock)}`,
      // Servers can begin sessions with anything: without references, with cut answers, in a transaction.
      `autocommit = ${purpose === 'shared' ? 0 : 1}`,
      'foreign_key_checks = 1',
      'unique_checks = 1',
      'sql_safe_updates = 0',
      'sql_auto_is_null = 0',
      `sql_select_limit = ${2n ** 64n - 1n}`,
      variety.endsLongWrites ? `max_statement_time = ${statement / 1000}` : `max_execution_time = ${statement}`,
      ...(variety.endsSilentTransactions ? [`idle_transaction_timeout = ${inSeconds(idleInTransaction)}`] : []),
      // See json.ts.
      'group_concat_max_len = @@max_allowed_packet',
      // Averages are rounded once, at the end.
      'div_precision_increment = 30',
      // Texts are ordered by so many bytes of them; fifteen rows of several such texts have to fit into the buffer.
      'max_sort_length = 8192',
      'sort_buffer_size = 4194304',
    ]
    if (purpose === 'quick') settings.push(`${variety.readsOnly} = on`)
    return `set ${settings.map(setting => `session ${setting}`).join(', ')}`
  }

  async #kill(thread: number): Promise<void> {
    const { connect } = this.#limits
    const asking = new MysqlConnection(await this.#client(connect), '', () => Promise.resolve())
    try {
      await within(connect, asking, asking.command(`kill query ${thread}`))
    } catch {
      // It has ended by itself, or nobody answers: whoever waits for it has a limit, too.
    } finally {
      asking.destroy()
    }
  }
}
