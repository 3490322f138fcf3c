/** Answers what node:http could not take as a request: broken syntax, headers beyond the limit, requests that never end. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type PlinthError, refusal } from '../../error/index.ts'
import type { AnsweredRequest } from '../../service/observe/index.ts'
import type { Answer, IncomingRequest, PlainAnswer, PresentError } from '../contract/index.ts'
import { securityHeaders } from './headers.ts'
import type { HttpLimits } from './limits.ts'
import type { HttpOptions } from './options.ts'

export interface ClientErrorOptions extends Pick<HttpOptions, 'headers' | 'onAccess'> {
  readonly limits: HttpLimits
  readonly presentError: PresentError
  readonly nextId: () => string
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
    socket.end(rawAnswer(answer, request.id, options.headers ?? {}))
    // A handler that has this request already tells of it itself.
    if (message === undefined || message === null) options.onAccess?.(entryOf(request, answer, refused))
  }
}

function entryOf(request: IncomingRequest, { body }: PlainAnswer, { status, code }: PlinthError): AnsweredRequest {
  return {
    trace: request.id,
    method: request.method,
    url: request.path,
    status,
    microseconds: 0,
    bytes: Buffer.byteLength(body ?? ''),
    caller: null,
    address: request.remoteAddress,
    code,
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
