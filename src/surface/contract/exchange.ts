/** One request and its answer over HTTP as surfaces see them: data and functions, nothing of the server that carries them. */
import type { PlinthError } from '../../error/index.ts'
import type { Caller, ExecutionContext } from '../../query/index.ts'
import type { EncodedText } from './encoded-text.ts'

/** An embedded store answers at once; nothing waits for a promise that is not needed. */
export type Eventually<T> = T | Promise<T>

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What is known of a request before anyone has asked who is calling. */
export interface IncomingRequest {
  readonly method: string
  /** The path as it was sent, still percent-encoded, without the query. */
  readonly path: string
  /** The query as it was sent, without its "?"; empty when there is none. */
  readonly search: string
  /** A header by its lower-case name; headers that were sent several times are joined by commas. */
  header(name: string): string | undefined
  /** The id of the request, as `X-Request-Id` and the log have it. */
  readonly id: string
  /** The address at the other end of the connection. */
  readonly remoteAddress: string
}

/** A request on its way through a handler. */
export interface Exchange extends IncomingRequest {
  /** What stood in the path's places, in their order, still percent-encoded: `/articles/{key}` has one. */
  readonly segments: readonly string[]
  /** The parsed JSON body; undefined when the request has none. */
  readonly body: unknown
  /** The body as it was sent; null when the request has none. */
  readonly bytes: Uint8Array | null
  readonly context: ExecutionContext
}

/** What goes back. */
export interface Answer {
  readonly status: number
  /** The media type of `body`; null when there is no body. */
  readonly type: string | null
  readonly body: string | Uint8Array | EncodedText | null
  /** Headers beyond those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that goes out once: encoding it is left to the server. */
export type PlainAnswer = Answer & { readonly body: string | Uint8Array | null }

/** Turns a refusal into an answer. A group of routes may have its own; `application/problem+json` is the one of the house. */
export type PresentError = (error: PlinthError, request: IncomingRequest) => PlainAnswer

/** A route: what it takes, what it gives, and the function in between. */
export interface Route {
  readonly method: Method
  /** `/articles/{key}`: names in braces are places that hold one segment each. Everything else is literal. */
  readonly path: string
  /** `resolved`: the caller is found out before the handler runs. `ignored`: the route is the same for everyone. */
  readonly caller: 'resolved' | 'ignored'
  /** Refuses callers whom the route is closed to, whatever they send: before anything else is looked at (semantics 9). */
  readonly admit?: (caller: Caller) => void
  /** Media types that a body may have; null: the route takes no body. */
  readonly consumes: readonly string[] | null
  /** A request without a body is refused; false by default. */
  readonly bodyRequired?: boolean
  /** Media types that the route answers with, most preferred first; none: it answers without a body. */
  readonly produces: readonly string[]
  /** The most bytes that a body may have; the server's limit by default. */
  readonly bodyLimit?: number
  readonly presentError?: PresentError
  readonly handler: (exchange: Exchange) => Eventually<Answer>
}
