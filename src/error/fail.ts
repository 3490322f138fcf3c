/** `fail`: how an application's own code refuses a request. */
import { catalog, type ErrorCode } from './catalog.ts'
import { PlinthError } from './plinth-error.ts'

type ApplicationCode = Extract<ErrorCode, `application.${string}`>

/** What went wrong, in the words of HTTP: each has its status. */
export type Failure = ApplicationCode extends `application.${infer Word}` ? Word : never

const words = Object.keys(catalog).flatMap(code =>
  code.startsWith('application.') ? [code.slice('application.'.length)] : [],
)

/** What an error says besides its message. */
export interface FailOptions {
  /** A word of the application's own that clients can tell the failure by: it travels as the parameter `reason`. */
  readonly reason?: string
  /** JSON Pointer to the part of the input that is to blame: `/seat`. */
  readonly pointer?: string
  /** What was thrown below. It is kept for the log and never leaves the process. */
  readonly cause?: unknown
  /** Response headers that belong to the refusal, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Makes an error that the caller of an action or a route is answered with. Everything else that code throws is answered with 500 and
 * told to the log alone.
 *
 * @example
 * if (seat.taken) throw fail('conflict', 'The seat is taken.', { reason: 'seat-taken', pointer: '/seat' })
 */
export function fail(what: Failure, message: string, options: FailOptions = {}): PlinthError {
  const code = `application.${what}` as const
  if (!Object.hasOwn(catalog, code)) throw new TypeError(`fail has no word "${what}": it is one of ${words.join(', ')}`)
  const { reason, ...others } = options
  return new PlinthError(code, reason === undefined ? { message } : { message, reason }, others)
}
