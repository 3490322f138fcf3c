/** Connects to a PostgreSQL server and prepares each connection for its purpose. */
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
import type { ServerAddress } from '../../lib/index.ts'
import { identifier } from '../sql/index.ts'
import { PostgresConnection } from './connection.ts'
import type { PgDriver } from './driver.ts'
import { textLiteral } from './encode.ts'
import { failureOf } from './failure.ts'

/** Milliseconds and numbers that bound what one connection may do. */
export interface ConnectionLimits {
  /** Milliseconds until a connection must be made. */
  readonly connect: number
  /** Milliseconds that a quick read or write may take before it has to move to a connection of its own. */
  readonly quick: number
  /** Milliseconds that a quick write waits for a lock before it does. */
  readonly quickLock: number
  /** Milliseconds after which the server itself stops a statement, where asking it to has failed; 0 for never. */
  readonly statement: number
  /** Milliseconds that a statement waits for a lock. */
  readonly lock: number
  /** Milliseconds that an open transaction may be silent before the server ends it: whoever held it is gone. */
  readonly idleInTransaction: number
  /** Statements that one connection keeps prepared. */
  readonly prepared: number
}

/** Object ids of types (pg_type.dat). */
const int8 = 20
const date = 1082

/** Integers are numbers where that loses nothing: typed SQL promises it of a field that is one, and SQLite does the same. */
function wholeNumber(text: string): number | string {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

/** Milliseconds in which the server has to say whether it is there. */
const probeTime = 1500

/** A session that waits for its client has sent its answer. */
const servedSql = `select pid from pg_stat_activity where pid = any($1::int[]) and wait_event is distinct from 'ClientRead'`

/** Milliseconds of silence after which the operating system asks whether the other end is still there. */
const keepAliveAfter = 10_000

/** The database looks some names up only when they are used, as that of a sequence in a default: they are the schema's own, too. */
const lookFirstIn = (schema: string): string =>
  `select set_config('search_path', concat_ws(', ', ${textLiteral(identifier(schema))}, nullif(current_setting('search_path'), '')), false)`

/** A database may be set to write floats with fewer digits, and to read and print names and texts in other forms than ours are compared with. */
const forms = 'set extra_float_digits = 1; set quote_all_identifiers = off; set standard_conforming_strings = on'

export class PostgresDriver implements ServerDriver<PostgresConnection> {
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

  async connect(purpose: ConnectionPurpose): Promise<PostgresConnection> {
    const { connect } = this.#limits
    const session = this.#pooled ? null : this.#settings(purpose)
    const connection = await this.#connect(connect, session)
    if (session !== null) await within(connect, connection, connection.command(session))
    this.#connections.add(connection)
    connection.onEnd(() => this.#connections.delete(connection))
    return connection
  }

  async #connect(limit: number, session: string | null): Promise<PostgresConnection> {
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
      connectionTimeoutMillis: limit,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfter,
      pipeline: true,
    })
    client.setTypeParser(int8, 'text', wholeNumber)
    // A day has no zone; as a Date it would be a moment, and in some zones that of the day before.
    client.setTypeParser(date, 'text', text => text)
    const mostPrepared = this.#pooled ? 0 : this.#limits.prepared
    const connection = new PostgresConnection(this.#driver, client, { host, port, ssl }, { mostPrepared, session })
    try {
      await client.connect()
    } catch (error) {
      // pg leaves the socket open when it cannot answer what it is asked, and the server goes on waiting.
      connection.destroy()
      throw error
    }
    return connection
  }

  /** What a transaction has to set for itself, where its session keeps nothing. */
  get transactionSettings(): readonly string[] {
    return this.#pooled ? this.#workSettings() : []
  }

  async servedOf(connections: readonly ServerConnection[]): Promise<readonly ServerConnection[]> {
    const processes = new Map(connections.map(one => [String((one as PostgresConnection).processId), one]))
    const asking = await this.#connect(probeTime, null)
    try {
      // A pooler's ids are its own: that it answers has to do.
      if (this.#pooled) {
        await within(probeTime, asking, asking.command('select 1'))
        return connections
      }
      const bound = [`{${[...processes.keys()].join(',')}}`]
      const { rows } = await within(probeTime, asking, asking.run({ sql: servedSql, name: null }, bound))
      return rows.flatMap(([id]) => processes.get(String(id)) ?? [])
    } finally {
      asking.destroy()
    }
  }

  failureOf(error: unknown): Failure {
    return failureOf(error)
  }

  /** The statement will not run again: every connection that has it prepared lets it go. */
  forget({ name }: Statement): void {
    if (name !== null) for (const connection of this.#connections) connection.forget(name)
  }

  #settings(purpose: ConnectionPurpose): string {
    const { schema } = this.#address.parameters
    return `${schema === undefined ? '' : `${lookFirstIn(schema)}; `}${forms}; ${this.#limitsFor(purpose)}`
  }

  #limitsFor(purpose: ConnectionPurpose): string {
    const { quick, quickLock, lock } = this.#limits
    switch (purpose) {
      case 'quick':
        return `set statement_timeout = ${quick}; set default_transaction_read_only = on`
      case 'shared':
        return `set statement_timeout = ${quick}; set lock_timeout = ${quickLock}`
      case 'work':
        return this.#workSettings()
          .map(setting => `set ${setting}`)
          .join('; ')
      case 'tables':
        return `set statement_timeout = 0; set lock_timeout = ${lock}`
      default:
        return purpose satisfies never
    }
  }

  #workSettings(): readonly string[] {
    const { statement, lock, idleInTransaction } = this.#limits
    return [
      `statement_timeout = ${statement}`,
      `lock_timeout = ${lock}`,
      `idle_in_transaction_session_timeout = ${idleInTransaction}`,
    ]
  }
}
