/** A request that was read directly from its connection, with the answer that it waits for. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { refusal } from '../../../error/index.ts'
import type { Carrier } from '../carrier.ts'
import type { AnswerHeaders } from '../headers.ts'
import type { DirectRequest } from './read-request.ts'
import { type ResponseHead, responseHead } from './response-head.ts'

/** The connection that a request has come on. */
export interface Wire {
  readonly socket: Socket
  /** The headers that say how long it is kept open. */
  readonly staying: string
  /** The answer has been handed to the socket. `closes`: it was the last one. */
  answered(closes: boolean): void
}

export class DirectCarrier implements Carrier {
  readonly reply = null
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly #body: Buffer
  readonly #wire: Wire
  #head: ResponseHead | null = null
  #onClose: (() => void) | null = null

  constructor({ method, url, headers, body }: DirectRequest, wire: Wire) {
    this.method = method
    this.url = url
    this.headers = headers
    this.#body = body
    this.#wire = wire
  }

  get remoteAddress(): string | undefined {
    return this.#wire.socket.remoteAddress
  }

  get encrypted(): boolean {
    return (this.#wire.socket as Partial<TLSSocket>).encrypted === true
  }

  isOver(): boolean {
    return this.#head !== null || !this.#wire.socket.writable
  }

  hasBody(): boolean {
    return this.#body.length > 0
  }

  readBody(limit: number): Promise<Uint8Array> {
    if (this.#body.length > limit) return Promise.reject(refusal('server.body-too-large', { limit }))
    return Promise.resolve(this.#body)
  }

  leavesBytesUnread(): boolean {
    return false
  }

  onClose(listener: () => void): void {
    this.#onClose = listener
  }

  offClose(): void {
    this.#onClose = null
  }

  writeHead(status: number, headers: AnswerHeaders): void {
    this.#head = responseHead(status, headers, this.#wire.staying)
  }

  end(body: string | null, sendTime: number): void {
    const head = this.#head
    const { socket } = this.#wire
    if (head === null || !socket.writable) return
    socket.write(body === null || head.bodyless ? head.text : head.text + body, 'latin1')
    if (socket.writableLength > 0) endUntaken(socket, sendTime)
    this.#wire.answered(head.closes)
  }

  destroy(): void {
    this.#wire.socket.destroy()
  }

  /** The connection has gone. */
  gone(): void {
    this.#onClose?.()
  }
}

/** An answer that the system has not taken over at once is held here until its client takes it: not for ever. */
function endUntaken(socket: Socket, sendTime: number): void {
  const timer = setTimeout(() => socket.destroy(), sendTime)
  const taken = (): void => {
    clearTimeout(timer)
    socket.off('drain', taken)
    socket.off('close', taken)
  }
  socket.on('drain', taken)
  socket.on('close', taken)
}
