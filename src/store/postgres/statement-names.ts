/** The statements that one connection keeps prepared. The least recently used goes when there are too many (semantics 14). */
import type { Statement } from '../server/index.ts'
import type { PgProtocol } from './driver.ts'

export class StatementNames {
  readonly #protocol: PgProtocol
  readonly #most: number
  readonly #names = new Map<string, true>()
  readonly #gone: string[] = []

  constructor(protocol: PgProtocol, most: number) {
    this.#protocol = protocol
    this.#most = most
  }

  /** The names to run statements by that are sent together; empty for one that is not kept. Of more than are kept, the first are not. */
  use(statements: readonly Statement[]): readonly string[] {
    for (const gone of this.#gone.splice(0)) this.#close(gone)
    const names = statements.map(statement => this.#keep(statement))
    return names.map(name => (this.#names.has(name) ? name : ''))
  }

  #keep({ name }: Statement): string {
    if (name === null || this.#most === 0) return ''
    if (!this.#names.delete(name) && this.#names.size >= this.#most) {
      const oldest = this.#names.keys().next().value
      if (oldest !== undefined) this.#close(oldest)
    }
    this.#names.set(name, true)
    return name
  }

  /** The session has forgotten all of them. */
  clear(): void {
    for (const name of this.#names.keys()) this.#forget(name)
    this.#gone.length = 0
  }

  /**
   * A statement with this name failed. Where it had not been prepared before, another one under way may prepare it behind this one, of which
   * pg knows nothing any more: it goes by the name for both. Closing what is not there is no error to the server.
   */
  failed(name: string, stale: boolean): void {
    if (stale || this.#protocol.parsedStatements[name] === undefined) this.drop(name)
  }

  /** It will not be used again. */
  drop(name: string): void {
    if (this.#names.has(name)) this.#gone.push(name)
  }

  /** Sent in front of the next statement, whose Sync covers it. Statements under way are answered before. */
  #close(name: string): void {
    this.#protocol.close({ type: 'S', name })
    this.#forget(name)
  }

  #forget(name: string): void {
    this.#names.delete(name)
    delete this.#protocol.parsedStatements[name]
    delete this.#protocol.submittedNamedStatements[name]
  }
}
