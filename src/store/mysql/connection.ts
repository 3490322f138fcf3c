/** One connection to MariaDB or MySQL. Commands wait for each other inside the driver. */
import {
  Answers,
  type Cell,
  type ObjectRows,
  type RawResult,
  type SharingConnection,
  type Statement,
  type Together,
  type Work,
} from '../server/index.ts'
import type { MysqlClient, MysqlHeader } from './driver.ts'
import { failureOf } from './failure.ts'

/** A command that the server does not prepare, such as `start transaction` of MySQL (ER_UNSUPPORTED_PS). */
const isNeverPrepared = (error: Error | null): boolean => error !== null && 'errno' in error && error.errno === 1295

export class MysqlConnection implements SharingConnection {
  readonly #client: MysqlClient
  /** Ends the running statement of a connection, by way of another one. */
  readonly #kill: (thread: number) => Promise<void>
  readonly #answers = new Answers()
  readonly #session: string
  #touched = false
  #ended = false
  readonly #whenEnded: (() => void)[] = []

  /** `session`: the command that its session begins with. */
  constructor(client: MysqlClient, session: string, kill: (thread: number) => Promise<void>) {
    this.#session = session
    this.#client = client
    this.#kill = kill
    client.on('error', () => this.#end())
    client.on('end', () => this.#end())
    client.stream.on('close', () => this.#end())
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

  /** The server's name for the session. */
  get thread(): number | null {
    return this.#client.threadId
  }

  onEnd(listener: () => void): void {
    if (this.#ended) listener()
    else this.#whenEnded.push(listener)
  }

  run({ sql, name }: Statement, bound: readonly unknown[]): Promise<RawResult> {
    return this.#answers.to((resolve, reject) => {
      this.#client.execute({ sql, values: bound, rowsAsArray: true, bigNumberStrings: true }, (error, result) => {
        if (name === null && !this.#ended) this.#client.unprepare(sql)
        if (error !== null) reject(this.#failed(error))
        else if (Array.isArray(result)) resolve({ rows: result as readonly (readonly Cell[])[], count: result.length })
        else resolve({ rows: [], count: (result as MysqlHeader).affectedRows })
      })
    })
  }

  /**
   * On a pipelined connection without `autocommit`: after a deadlock the server has rolled all of it back, and what it reads behind that is
   * undone by the rollback, too. It is committed when all answers are here, since the server does not stop at an error.
   */
  async together(work: readonly Work[]): Promise<Together> {
    const [first, second] = work
    if (first !== undefined && second === undefined) return await this.#committed(first)
    const ran = await Promise.allSettled(work.map(({ statement, bound }) => this.run(statement, bound)))
    const results = ran.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    const at = ran.findIndex(({ status }) => status === 'rejected')
    const failed = ran[at]
    try {
      await this.command(failed === undefined ? 'commit' : 'rollback')
    } catch (error) {
      return { error: error as Error, at: work.length }
    }
    return failed?.status === 'rejected' ? { error: failed.reason as Error, at } : { results }
  }

  /** One by itself: behind one that fails there is nothing to be committed, so nobody waits for its answer before. */
  async #committed({ statement, bound }: Work): Promise<Together> {
    const [ran, committed] = await Promise.allSettled([this.run(statement, bound), this.command('commit')])
    if (ran.status === 'rejected') return { error: ran.reason as Error, at: 0 }
    return committed.status === 'rejected' ? { error: committed.reason as Error, at: 1 } : { results: [ran.value] }
  }

  objects({ sql }: Statement, bound: readonly unknown[], traces: boolean): Promise<ObjectRows> {
    if (traces) this.#touched = true
    return this.#answers.to((resolve, reject) => {
      const done = (error: Error | null, result: unknown): void => {
        if (error !== null) reject(this.#failed(error))
        else if (Array.isArray(result)) resolve({ rows: result, count: result.length })
        else resolve({ rows: [], count: (result as MysqlHeader).affectedRows })
      }
      this.#client.execute({ sql, values: bound, rowsAsArray: false }, (error, result) => {
        if (!this.#ended) this.#client.unprepare(sql)
        if (isNeverPrepared(error) && bound.length === 0) this.#client.query({ sql, rowsAsArray: false }, done)
        else done(error, result)
      })
    })
  }

  command(sql: string): Promise<void> {
    return this.#answers.to((resolve, reject) => {
      this.#client.query({ sql, rowsAsArray: true }, error => {
        if (error === null) resolve()
        else reject(this.#failed(error))
      })
    })
  }

  async cancel(): Promise<void> {
    const thread = this.#client.threadId
    if (thread === null || this.#ended) return
    await this.#kill(thread)
    // The order to stop stays for the next statement when it comes too late for the one it was meant for: this is that statement.
    await this.command('do 0').catch(() => undefined)
  }

  get touched(): boolean {
    return this.#touched
  }

  async reset(): Promise<void> {
    await this.#answers.to<void>((resolve, reject) => {
      this.#client.reset(error => {
        if (error === null || error === undefined) resolve()
        else reject(this.#failed(error))
      })
    })
    await this.command(this.#session)
    this.#touched = false
  }

  forget(sql: string): void {
    if (!this.#ended) this.#client.unprepare(sql)
  }

  close(): Promise<void> {
    if (this.#ended) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#client.end(error => {
        if (error === null || error === undefined) resolve()
        else reject(error)
      })
    })
  }

  destroy(): void {
    this.#end()
    // mysql2's own `destroy` says goodbye and waits for the other end. An error is what makes it give up what is under way.
    this.#client.stream.destroy(Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST' }))
  }

  /** The server tells that it ends the session before the connection ends: nobody must get it meanwhile. */
  #failed(error: Error): Error {
    if (failureOf(error).kind === 'lost') this.#end()
    return error
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const tell of this.#whenEnded.splice(0)) tell()
  }
}
