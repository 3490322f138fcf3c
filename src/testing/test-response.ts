/** The answer to a request of a test. */
import type { ChangeRecord, OutboxEvent } from '../engine/index.ts'
import type { CountedStatement } from './count-statements.ts'

/** What came back, and what the request has done. */
export interface TestResponse {
  /** The HTTP status. */
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as it came. */
  readonly text: string
  /** The parsed body of JSON types, else null. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at what they expect there, and say so by their assertions
  readonly body: any
  /** Statements that Plinth needed; those of actions, hooks and other code are in `codeStatements`. */
  readonly statements: readonly CountedStatement[]
  readonly codeStatements: readonly CountedStatement[]
  /** What was committed by the request. */
  readonly changes: readonly ChangeRecord[]
  /** Events that left with the commits of the request. */
  readonly events: readonly OutboxEvent[]
}

/** What a request has besides method and path. */
export interface RequestOptions {
  /** JSON, or text that is sent as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ])
  return Object.fromEntries(entries) as Record<string, string>
}

export function parsedBody(type: string | undefined, text: string): unknown {
  return text !== '' && /[/+]json\b/.test(type ?? '') ? (JSON.parse(text) as unknown) : null
}
