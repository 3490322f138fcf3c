/** What the server is told when it is made. */
import type { FastifyPluginAsync } from 'fastify'
import type { PlinthError } from '../../error/index.ts'
import type { Caller, ExecutionContext, Observe, Positions } from '../../query/index.ts'
import type { AnsweredRequest } from '../../service/observe/index.ts'
import type { Eventually, IncomingRequest, PresentError } from '../contract/index.ts'
import type { AllowedOrigins } from './cross-origin.ts'
import type { Clock } from './http-exchange.ts'
import type { HttpLimits } from './limits.ts'

/** Records what one request does, for development. */
export interface RequestTimeline {
  readonly observe: Observe
  finish(entry: AnsweredRequest): unknown
}

export interface HttpOptions {
  /**
   * Who is calling. Refuse with a coded error of status 401 when the credential is wrong; without one return `anonymous`. `context`
   * has everything but the caller, for the look-up.
   */
  readonly resolveCaller: (request: IncomingRequest, context: ExecutionContext) => Eventually<Caller>
  /** The header that carries the credential, named in `Vary`: `Authorization` by default. */
  readonly credentialHeader?: string
  /** Makes the `WWW-Authenticate` header of answers with status 401; `Bearer realm="api"` by default. */
  readonly challenge?: (error: PlinthError) => string
  readonly limits?: Partial<HttpLimits>
  /** What the `type` of problems begins with: `/errors/` by default, where `serveErrorPages` serves a page for each code. */
  readonly errorBase?: string
  /** Presents refusals of all routes that have no presenter of their own. */
  readonly presentError?: PresentError
  /** Called once for each request, when its answer has been handed to the connection. */
  readonly onAccess?: (entry: AnsweredRequest) => void
  /** Called with errors of status 500 and above: their causes are for the log. */
  readonly onFailure?: (error: PlinthError, trace: string) => void
  /** Makes the timeline of a request; nothing is recorded without it. */
  readonly timeline?: () => RequestTimeline
  /** Milliseconds of the epoch; the system's clock by default. */
  readonly clock?: Clock
  /** Given when reads may be answered by copies of the store's database: requests and answers carry consistency tokens. */
  readonly positions?: Positions
  /** The path at which people read what is served: whoever asks for the beginning of other paths is shown it. */
  readonly entrance?: string
  /** Of Fastify. They are loaded before there are routes, as some add something to each route that is made after them. */
  readonly plugins?: readonly FastifyPluginAsync[]
  /** Origins whose pages may read answers; none but the own by default. */
  readonly origins?: AllowedOrigins
  /** More headers for every answer, such as Strict-Transport-Security behind TLS. */
  readonly headers?: Readonly<Record<string, string>>
}
