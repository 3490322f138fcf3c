/**
 * Several statements as one query of pg's: with one Sync behind the last of them they are one transaction (postgresql.org/docs/current/
 * protocol-flow.html, "Pipelining"). The server answers them in their order, and after one that failed skips what is left.
 */
import type { RawResult, Together, Work } from '../server/index.ts'
import type { PgDriver, PgProtocol } from './driver.ts'

export type TogetherDone = (outcome: Together) => void

/** `names`: what each statement is prepared as, or empty. */
export type TogetherQueryClass = new (work: readonly Work[], names: readonly string[], done: TogetherDone) => object

const asIs = (value: unknown): unknown => value

const classes = new WeakMap<PgDriver, TogetherQueryClass>()

export function togetherQueryClass(driver: PgDriver): TogetherQueryClass {
  const known = classes.get(driver)
  if (known !== undefined) return known
  const made = makeTogetherQueryClass(driver)
  classes.set(driver, made)
  return made
}

function makeTogetherQueryClass(driver: PgDriver): TogetherQueryClass {
  class PlinthTogetherQuery {
    readonly #work: readonly Work[]
    readonly #names: readonly string[]
    readonly #done: TogetherDone
    readonly #results: RawResult[] = []
    #rows: (readonly (string | null)[])[] = []
    #protocol: PgProtocol | null = null
    #failed = false

    constructor(work: readonly Work[], names: readonly string[], done: TogetherDone) {
      this.#work = work
      this.#names = names
      this.#done = done
    }

    /** pg notes what has been prepared, or has not, by the name and the text of the query that is answered. */
    get name(): string {
      return this.#names[this.#results.length] ?? ''
    }

    get text(): string {
      return this.#work[this.#results.length]?.statement.sql ?? ''
    }

    submit(protocol: PgProtocol): null {
      this.#protocol = protocol
      for (const [index, { statement, bound }] of this.#work.entries()) {
        const name = this.#names[index] ?? ''
        const known =
          name !== '' &&
          (protocol.parsedStatements[name] !== undefined || protocol.submittedNamedStatements[name] !== undefined)
        if (!known) {
          protocol.parse({ name, text: statement.sql })
          if (name !== '') protocol.submittedNamedStatements[name] = statement.sql
        }
        protocol.bind({ portal: '', statement: name, values: bound, valueMapper: asIs })
        protocol.execute({ portal: '', rows: 0 })
      }
      protocol.sync()
      return null
    }

    handleRowDescription(): void {}

    handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
      this.#rows.push(message.fields)
    }

    /** The tag ends in the number of rows: `UPDATE 3`, `INSERT 0 1`. */
    handleCommandComplete(message: { readonly text: string }): void {
      this.#results.push({ rows: this.#rows, count: Number(/\d+$/.exec(message.text)?.[0] ?? 0) })
      this.#rows = []
    }

    handleEmptyQuery(): void {
      this.handleCommandComplete({ text: '' })
    }

    handlePortalSuspended(): void {}

    handleError(error: Error): void {
      if (this.#failed) return
      this.#failed = true
      const at = this.#results.length
      // What stands behind the one that failed was not prepared. pg itself forgets the failed one.
      for (const name of this.#names.slice(at + 1)) delete this.#protocol?.submittedNamedStatements[name]
      this.#done({ error, at })
    }

    handleReadyForQuery(): void {
      if (!this.#failed) this.#done({ results: this.#results })
    }
  }
  // As in query.ts.
  Object.setPrototypeOf(PlinthTogetherQuery.prototype, driver.Query.prototype as object)
  return PlinthTogetherQuery
}
