/** The log of an application: one JSON line per request, and one per thing that went wrong. */
import { PlinthError } from '../../error/index.ts'
import { momentText } from '../../lib/index.ts'
import type { CallerClass } from '../../query/index.ts'
import type { LineWriter } from './line-writer.ts'

/** One answered request. */
export interface AnsweredRequest {
  /** The request's id. */
  readonly trace: string
  readonly method: string
  readonly url: string
  readonly status: number
  readonly microseconds: number
  /** Bytes of the body that was sent. */
  readonly bytes: number
  /** Null when the request ended before it was known who called. */
  readonly caller: CallerClass | null
  readonly address: string
  /** The code of the refusal, if the answer is one. */
  readonly code: string | null
}

export interface AccessLog {
  answered(request: AnsweredRequest): void
  /** Something that nobody foresaw, or that an operator should know: with stack and causes, which clients never see. */
  failed(error: unknown, trace: string | null): void
  /** Something worth knowing about the process: started, stopping. */
  event(name: string, details?: Readonly<Record<string, string | number | boolean>>, level?: 'info' | 'warn'): void
}

export interface AccessLogOptions {
  readonly writer: LineWriter
  readonly redactUrl: (url: string) => string
  readonly now: () => number
}

export function accessLog({ writer, redactUrl, now }: AccessLogOptions): AccessLog {
  const time = (): string => momentText(now())
  return {
    // Built by hand: this runs for every request, and of its parts only two can need escaping.
    answered(request) {
      // 503 is how a server says that it has enough to do, or stops.
      const level = request.status === 503 ? 'warn' : request.status >= 500 ? 'error' : 'info'
      const caller = request.caller === null ? 'null' : `"${request.caller}"`
      const code = request.code === null ? '' : `,"code":"${request.code}"`
      writer.line(
        `{"time":"${time()}","level":"${level}","event":"request","request":${quoted(request.trace)},"method":"${request.method}",` +
          `"url":${quoted(redactUrl(request.url))},"status":${request.status},"us":${Math.round(request.microseconds)},` +
          `"bytes":${request.bytes},"caller":${caller},"address":${quoted(request.address)}${code}}`,
      )
    },
    failed(error, trace) {
      writer.line(
        JSON.stringify({
          time: time(),
          level: 'error',
          event: 'failure',
          ...(trace === null ? {} : { request: trace }),
          ...described(error),
        }),
      )
    },
    event(name, details = {}, level = 'info') {
      writer.line(JSON.stringify({ time: time(), level, event: name, ...details }))
    },
  }
}

/** Printable ASCII without quote and backslash needs no escaping. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text))

const mostCauses = 5

function described(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: String(error) }
  const cause = error.cause === undefined || depth >= mostCauses ? {} : { cause: described(error.cause, depth + 1) }
  const code = error instanceof PlinthError ? error.code : (error as NodeJS.ErrnoException).code
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    stack: error.stack,
    ...cause,
  }
}
