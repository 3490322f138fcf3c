/** Answers what node:http could not take as a request: broken syntax, headers beyond the limit, requests that never end. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type PlinthError, refusal } from '../../error/index.ts'
import type { Answer, IncomingRequest, PresentError } from '../contract/index.ts'
import { securityHeaders } from './headers.ts'
import type { HttpLimits } from './limits.ts'

export interface ClientErrorOptions {
  readonly limits: HttpLimits
  /** More headers for every answer. */
  readonly headers: Readonly<Record<string, string>>
  readonly presentError: PresentError
  readonly nextId: () => string
  /** `waiting`: whether a handler has this request already and tells of it itself. */
  readonly onAnswered: (request: IncomingRequest, error: PlinthError, bytes: number, waiting: boolean) => void
}

interface SocketWithMessage extends Socket {
  /** The answer that node:http is about to write on this connection. */
  readonly _httpMessage?: { readonly headersSent: boolean } | null
}

export function clientErrorHandler(
  options: ClientErrorOptions,
): (error: NodeJS.ErrnoException, socket: SocketWithMessage) => void {
  return (error, socket) => {
    const message = socket._httpMessage
    if (error.code === 'ECONNRESET' || !socket.writable || message?.headersSent === true) {
      socket.destroy()
      return
    }
    const request = unreadRequest(options.nextId(), socket)
    const refused = refusalOf(error, options.limits)
    const answer = options.presentError(refused, request)
    socket.end(rawAnswer(answer, request.id, options.headers))
    options.onAnswered(
      request,
      refused,
      Buffer.byteLength(answer.body ?? ''),
      message !== undefined && message !== null,
    )
  }
}

function refusalOf(error: NodeJS.ErrnoException, limits: HttpLimits): PlinthError {
  if (error.code === 'HPE_HEADER_OVERFLOW') return refusal('server.headers-too-large', { limit: limits.headerBytes })
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return refusal('server.request-timeout', {})
  const reason = (error as { reason?: string }).reason ?? 'it ends too early'
  return refusal('server.malformed-request', { reason: reason.toLowerCase() }, { cause: error })
}

function unreadRequest(id: string, socket: Socket): IncomingRequest {
  return { id, method: '', path: '', search: '', header: () => undefined, remoteAddress: socket.remoteAddress ?? '' }
}

function rawAnswer(answer: Answer, id: string, more: Readonly<Record<string, string>>): string {
  const body = typeof answer.body === 'string' ? answer.body : ''
  const headers = {
    ...securityHeaders,
    ...more,
    ...answer.headers,
    'X-Request-Id': id,
    'Content-Type': answer.type ?? 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines.join('')}\r\n${body}`
}
