/** One connection to PostgreSQL. Statements are sent as they come; the server answers them in the same order. */
import { connect as connectSocket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { RawResult, ServerConnection, Statement } from '../server/index.ts'
import type { PgClient, PgDriver, PgResult } from './driver.ts'
import { type QueryClass, queryClass } from './query.ts'
import { StatementNames } from './statement-names.ts'

export interface CancelAddress {
  readonly host: string
  readonly port: number
  readonly ssl: false | Readonly<Record<string, unknown>>
}

export class PostgresConnection implements ServerConnection {
  readonly #client: PgClient
  readonly #address: CancelAddress
  readonly #query: QueryClass
  readonly #names: StatementNames
  #corked = false
  #ended = false
  readonly #whenEnded: (() => void)[] = []

  /** `mostPrepared`: statements that it keeps prepared; 0 behind a pooler, which hands each transaction another server connection. */
  constructor(driver: PgDriver, client: PgClient, address: CancelAddress, mostPrepared: number) {
    this.#client = client
    this.#address = address
    this.#query = queryClass(driver)
    this.#names = new StatementNames(client.connection, mostPrepared)
    const ended = (): void => {
      if (this.#ended) return
      this.#ended = true
      for (const tell of this.#whenEnded.splice(0)) tell()
    }
    client.on('error', ended)
    client.on('end', ended)
  }

  get usable(): boolean {
    return !this.#ended
  }

  onEnd(listener: () => void): void {
    this.#whenEnded.push(listener)
  }

  run(statement: Statement, bound: readonly unknown[]): Promise<RawResult> {
    this.#cork()
    return new Promise((resolve, reject) => {
      const name = this.#names.use(statement)
      this.#client.query(
        new this.#query(statement.sql, name, bound, (error, result) => {
          if (error === null) resolve(result)
          else reject(error)
        }),
      )
    })
  }

  /** Rows as objects, with the values that pg makes of them: for SQL by hand. */
  objects(
    sql: string,
    bound: readonly unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly count: number }> {
    this.#cork()
    return new Promise((resolve, reject) => {
      this.#client.query({ text: sql, values: bound }, undefined, (error: Error | null, result: PgResult) => {
        if (error === null) resolve({ rows: result.rows, count: result.rowCount ?? 0 })
        else reject(error)
      })
    })
  }

  /** The server's process, or what a pooler says instead. */
  get processId(): number | null {
    return this.#client.processID
  }

  command(sql: string): Promise<void> {
    this.#cork()
    return new Promise((resolve, reject) => {
      this.#client.query(sql, error => {
        if (error === null) resolve()
        else reject(error)
      })
    })
  }

  forget(name: string): void {
    this.#names.drop(name)
  }

  /** The request to cancel goes over a connection of its own, which the server closes when it has passed the request on. */
  cancel(): Promise<void> {
    const { processID, secretKey } = this.#client
    if (processID === null || secretKey === null || this.#ended) return Promise.resolve()
    return cancelRequest(this.#address, processID, secretKey)
  }

  async close(): Promise<void> {
    if (this.#ended) return
    await this.#client.end()
  }

  destroy(): void {
    this.#client.connection.stream.destroy()
  }

  /** Whatever is asked for in one turn of the event loop goes out in one piece. */
  #cork(): void {
    if (this.#corked) return
    this.#corked = true
    const { stream } = this.#client.connection
    stream.cork()
    process.nextTick(() => {
      this.#corked = false
      stream.uncork()
    })
  }
}

/** Milliseconds that a request to cancel may take. */
const cancelTime = 2000

/** postgresql.org/docs/current/protocol-message-formats.html: CancelRequest, and SSLRequest before it where TLS is used. */
function cancelRequest(
  { host, port, ssl }: CancelAddress,
  processId: number,
  secret: number | Uint8Array,
): Promise<void> {
  const key = typeof secret === 'number' ? int32(secret) : Buffer.from(secret)
  const message = Buffer.concat([int32(12 + key.length), int32(80877102), int32(processId), key])
  return new Promise(resolve => {
    const socket = host.startsWith('/') ? connectSocket(`${host}/.s.PGSQL.${port}`) : connectSocket({ host, port })
    const done = (): void => {
      socket.destroy()
      resolve()
    }
    socket.setTimeout(cancelTime, done)
    socket.once('error', done)
    socket.once('close', done)
    socket.once('connect', () => {
      if (ssl === false) socket.write(message)
      else {
        socket.write(Buffer.concat([int32(8), int32(80877103)]))
        socket.once('data', answer => {
          if (answer.toString('latin1') !== 'S') return done()
          const secure = connectTls({ ...ssl, socket, host })
          secure.once('error', done)
          secure.once('close', done)
          secure.once('secureConnect', () => secure.write(message))
        })
      }
    })
  })
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}
