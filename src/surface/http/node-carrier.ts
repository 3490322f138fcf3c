/** A request of node:http, with the answer that it waits for. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Carrier } from './carrier.ts'
import type { AnswerHeaders } from './headers.ts'
import { hasBody, readBody } from './read-body.ts'

export class NodeCarrier implements Carrier {
  readonly reply: FastifyReply
  readonly #request: IncomingMessage
  readonly #response: ServerResponse

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.reply = reply
    this.#request = request.raw
    this.#response = reply.raw
  }

  get method(): string {
    return this.#request.method ?? 'GET'
  }

  get url(): string {
    return this.#request.url ?? '/'
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers
  }

  get remoteAddress(): string | undefined {
    return this.#request.socket.remoteAddress
  }

  get encrypted(): boolean {
    return (this.#request.socket as Partial<TLSSocket>).encrypted === true
  }

  isOver(): boolean {
    return this.#response.destroyed || this.#response.headersSent
  }

  hasBody(): boolean {
    return hasBody(this.#request.headers)
  }

  readBody(limit: number): Promise<Uint8Array> {
    return readBody(this.#request, limit)
  }

  leavesBytesUnread(): boolean {
    return !this.#request.complete && hasBody(this.#request.headers)
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener)
  }

  offClose(listener: () => void): void {
    this.#response.off('close', listener)
  }

  /** Fastify's own way of sending would cost a quarter of a small answer's time. */
  writeHead(status: number, { own, common }: AnswerHeaders): void {
    this.reply.hijack()
    this.#response.writeHead(status, [...own, ...common.list])
  }

  /** node:http joins head and body into one write when both are strings. Written as Latin-1 that is a copy; as UTF-8 each character is looked at twice. */
  end(body: string | null, sendTime: number): void {
    if (this.#response.destroyed) return
    if (body === null) this.#response.end()
    else this.#response.end(body, 'latin1')
    endUntaken(this.#response, sendTime)
  }

  destroy(): void {
    this.#response.destroy()
  }
}

/** An answer that the system has not taken over at once is held here until its client takes it: not for ever. */
export function endUntaken(response: ServerResponse, sendTime: number): void {
  const { socket } = response
  if (socket === null || socket.writableLength === 0) return
  const timer = setTimeout(() => socket.destroy(), sendTime)
  response.once('close', () => clearTimeout(timer))
}
