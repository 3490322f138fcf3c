/** One connection to MariaDB. Commands wait for each other inside the driver. */
import type { Cell, RawResult, ServerConnection, Statement } from '../server/index.ts'
import type { MysqlClient, MysqlHeader } from './driver.ts'

export class MysqlConnection implements ServerConnection {
  readonly #client: MysqlClient
  /** Ends the running statement of a connection, by way of another one. */
  readonly #kill: (thread: number) => Promise<void>
  #ended = false
  readonly #whenEnded: (() => void)[] = []

  constructor(client: MysqlClient, kill: (thread: number) => Promise<void>) {
    this.#client = client
    this.#kill = kill
    const ended = (): void => {
      if (this.#ended) return
      this.#ended = true
      for (const tell of this.#whenEnded.splice(0)) tell()
    }
    client.on('error', ended)
    client.on('end', ended)
    client.stream.on('close', ended)
  }

  get usable(): boolean {
    return !this.#ended
  }

  onEnd(listener: () => void): void {
    this.#whenEnded.push(listener)
  }

  run({ sql, name }: Statement, bound: readonly unknown[]): Promise<RawResult> {
    return new Promise((resolve, reject) => {
      this.#client.execute({ sql, values: bound, rowsAsArray: true }, (error, result) => {
        if (name === null && !this.#ended) this.#client.unprepare(sql)
        if (error !== null) reject(error)
        else if (Array.isArray(result)) resolve({ rows: result as readonly (readonly Cell[])[], count: result.length })
        else resolve({ rows: [], count: (result as MysqlHeader).affectedRows })
      })
    })
  }

  /** Rows as objects, with the values that mysql2 makes of them: for SQL by hand. */
  objects(
    sql: string,
    bound: readonly unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly count: number }> {
    return new Promise((resolve, reject) => {
      this.#client.execute({ sql, values: bound, rowsAsArray: false }, (error, result) => {
        if (!this.#ended) this.#client.unprepare(sql)
        if (error !== null) reject(error)
        else if (Array.isArray(result)) resolve({ rows: result, count: result.length })
        else resolve({ rows: [], count: (result as MysqlHeader).affectedRows })
      })
    })
  }

  command(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.query({ sql, rowsAsArray: true }, error => {
        if (error === null) resolve()
        else reject(error)
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
    this.#client.destroy()
  }
}
