/** One connection to PostgreSQL. Statements are sent as they come; the server answers them in the same order. */
import { connect as connectSocket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import {
  Answers,
  type ObjectRows,
  type RawResult,
  type SharingConnection,
  type Statement,
  type Together,
  type Work,
} from '../server/index.ts'
import type { PgClient, PgDriver, PgResult } from './driver.ts'
import { failureOf } from './failure.ts'
import { type Done, type QueryClass, queryClass } from './query.ts'
import { StatementNames } from './statement-names.ts'

export interface CancelAddress {
  readonly host: string
  readonly port: number
  readonly ssl: false | Readonly<Record<string, unknown>>
}

const nothing: RawResult = Object.freeze({ rows: Object.freeze([]), count: 0 })

export class PostgresConnection implements SharingConnection {
  readonly #client: PgClient
  readonly #address: CancelAddress
  readonly #query: QueryClass
  readonly #names: StatementNames
  readonly #answers = new Answers()
  readonly #session: string | null
  #corked = false
  #touched = false
  #ended = false
  readonly #whenEnded: (() => void)[] = []

  /**
   * `mostPrepared`: statements that it keeps prepared. `session`: the command that its session begins with. 0 and null behind a pooler,
   * which hands each transaction another server connection.
   */
  constructor(
    driver: PgDriver,
    client: PgClient,
    address: CancelAddress,
    { mostPrepared, session }: { readonly mostPrepared: number; readonly session: string | null },
  ) {
    this.#session = session
    this.#client = client
    this.#address = address
    this.#query = queryClass(driver)
    this.#names = new StatementNames(client.connection, mostPrepared)
    client.on('error', () => this.#end())
    client.on('end', () => this.#end())
  }

  get usable(): boolean {
    return !this.#ended
  }

  get underWay(): number {
    return this.#answers.underWay
  }

  get answers(): number {
    return this.#answers.count
  }

  onEnd(listener: () => void): void {
    if (this.#ended) listener()
    else this.#whenEnded.push(listener)
  }

  run(statement: Statement, bound: readonly unknown[]): Promise<RawResult> {
    return this.#answers.to((resolve, reject) => {
      this.#ask([{ statement, bound }], outcome => {
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.results[0] ?? nothing)
      })
    })
  }

  together(work: readonly Work[]): Promise<Together> {
    return this.#answers.to(resolve => this.#ask(work, resolve))
  }

  #ask(work: readonly Work[], done: Done): void {
    this.#cork()
    const names = this.#names.use(work.map(({ statement }) => statement))
    const query = new this.#query(work, names, outcome => {
      if ('error' in outcome) this.#failed(outcome.error, names[outcome.at] ?? '')
      done(outcome)
    })
    this.#client.query(query)
  }

  objects({ sql }: Statement, bound: readonly unknown[], traces: boolean): Promise<ObjectRows> {
    if (traces) this.#touched = true
    this.#cork()
    return this.#answers.to((resolve, reject) => {
      this.#client.query({ text: sql, values: bound }, undefined, (error: Error | null, result: PgResult) => {
        if (error === null) resolve({ rows: result.rows, count: result.rowCount ?? 0 })
        else reject(this.#failed(error, ''))
      })
    })
  }

  /** The server's process, or what a pooler says instead. */
  get processId(): number | null {
    return this.#client.processID
  }

  command(sql: string): Promise<void> {
    this.#cork()
    return this.#answers.to((resolve, reject) => {
      this.#client.query(sql, error => {
        if (error === null) resolve()
        else reject(this.#failed(error, ''))
      })
    })
  }

  /** A transaction that nobody has ended is such a trace, too. */
  get touched(): boolean {
    const status = this.#client.getTransactionStatus()
    return this.#touched || status === 'T' || status === 'E'
  }

  async reset(): Promise<void> {
    this.#names.clear()
    const commands = ['rollback', ...(this.#session === null ? [] : ['discard all', this.#session])]
    await Promise.all(commands.map(command => this.command(command)))
    this.#touched = false
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
    this.#end()
    this.#client.connection.stream.destroy()
  }

  /** What the failure of a statement says of its connection and of its name. */
  #failed(error: Error, name: string): Error {
    const { kind } = failureOf(error)
    // The server tells that it ends the session before the connection ends: nobody must get it meanwhile.
    if (kind === 'lost') this.#end()
    if (name !== '') this.#names.failed(name, kind === 'stale')
    return error
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const tell of this.#whenEnded.splice(0)) tell()
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
