/** Puts an answer on the wire. */
import type { FastifyReply } from 'fastify'
import { answerBatch } from './answer-batch.ts'
import type { CrossOrigin } from './cross-origin.ts'
import { type AnswerHeaders, type HeaderList, headerList, securityHeaders } from './headers.ts'
import type { HttpExchange } from './http-exchange.ts'
import { type Answer, EncodedText } from '../contract/index.ts'
import { endUntaken } from './node-carrier.ts'

export interface Sender {
  /** Sends and tells how many bytes of body went out; null when nobody is there any more, or it could not be sent. */
  send(exchange: HttpExchange, answer: Answer, varies: boolean): number | null
}

export interface SenderOptions {
  readonly credentialHeader: string
  readonly headers: Readonly<Record<string, string>>
  readonly crossOrigin: CrossOrigin
  /** A plugin wants to see answers before they leave. */
  readonly hooked: () => boolean
  readonly draining: () => boolean
  /** Milliseconds in which a client has to take an answer. */
  readonly sendTime: number
  /** An answer could not be sent, for example because of a header. Its connection has been ended. */
  readonly onUnsent: (exchange: HttpExchange, failure: unknown) => void
}

export function sender(options: SenderOptions): Sender {
  const { crossOrigin } = options
  const common = withHeaders({ ...securityHeaders, ...options.headers }, crossOrigin.common)
  const plain = headerList(common)
  const varying = headerList(withHeaders(common, { Vary: options.credentialHeader }))

  const unsent = (exchange: HttpExchange, failure: unknown): void => {
    // Nothing has left yet, or the connection is beyond saving.
    exchange.carrier.destroy()
    options.onUnsent(exchange, failure)
  }
  const batch = answerBatch(options.sendTime, unsent)

  function put(exchange: HttpExchange, answer: Answer, varies: boolean): number {
    const { carrier } = exchange
    const bytes = answer.body === null ? 0 : lengthOf(answer.body)
    const headers = headersOf(exchange, answer, varies ? varying : plain, bytes)
    exchange.consistency?.tell(headers.own)
    crossOrigin.tell(exchange, headers.own)
    if (options.draining() || carrier.leavesBytesUnread()) headers.own.push('connection', 'close')
    const body = exchange.method === 'HEAD' ? null : answer.body
    const { reply } = carrier
    if (reply !== null && options.hooked()) {
      reply.raw.once('prefinish', () => endUntaken(reply.raw, options.sendTime))
      sendThroughHooks(reply, answer.status, headers, body)
    } else {
      carrier.writeHead(answer.status, headers)
      batch.end(exchange, body === null ? null : latin1Of(body, bytes))
    }
    return exchange.method === 'HEAD' ? 0 : bytes
  }

  return {
    send(exchange, answer, varies) {
      if (exchange.carrier.isOver()) return null
      try {
        return put(exchange, answer, varies)
      } catch (failure) {
        unsent(exchange, failure)
        return null
      }
    },
  }
}

/** Of `Vary` both values count, of all others that of the application. */
function withHeaders(
  given: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const headers = { ...given }
  for (const [name, value] of Object.entries(more)) {
    const same = Object.keys(given).find(each => each.toLowerCase() === name.toLowerCase())
    if (same === undefined) headers[name] = value
    else if (name === 'Vary') headers[same] = `${given[same] ?? ''}, ${value}`
  }
  return headers
}

/** A text with other characters goes as its UTF-8 bytes, one character for each byte. */
function latin1Of(body: string | Uint8Array | EncodedText, bytes: number): string {
  if (body instanceof EncodedText) return body.latin1
  if (typeof body === 'string') return bytes === body.length ? body : Buffer.from(body).toString('latin1')
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
}

function lengthOf(body: string | Uint8Array | EncodedText): number {
  if (body instanceof EncodedText) return body.latin1.length
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}

function headersOf(exchange: HttpExchange, answer: Answer, list: HeaderList, bytes: number): AnswerHeaders {
  const headers = list(answer.headers)
  const { own } = headers
  own.push('x-request-id', exchange.id)
  if (answer.type !== null) own.push('content-type', contentType(answer.type))
  // RFC 9110 section 8.6: neither 204 nor 304 has a length of its own.
  if (answer.status !== 204 && answer.status !== 304) own.push('content-length', String(bytes))
  return headers
}

/** JSON types have no charset parameter (RFC 8259 section 11); texts need one. */
const contentType = (type: string): string => (type.startsWith('text/') ? `${type}; charset=utf-8` : type)

function sendThroughHooks(
  reply: FastifyReply,
  status: number,
  { own, common }: AnswerHeaders,
  body: Answer['body'],
): void {
  const headers = [...own, ...common.list]
  void reply.code(status)
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    // A plugin for CORS has put its own names there.
    const vary = name === 'vary' ? reply.getHeader('vary') : undefined
    void reply.header(name, vary === undefined ? value : `${String(vary)}, ${value}`)
  }
  // Plugins get texts as texts.
  void reply.send(body instanceof EncodedText ? body.toString() : (body ?? undefined))
}
