/** What brings a request and takes its answer: node:http, or a connection that is read directly. */
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { AnswerHeaders } from './headers.ts'

export interface Carrier {
  readonly method: string
  /** As it was sent: path and query. */
  readonly url: string
  readonly headers: Readonly<IncomingHttpHeaders>
  readonly remoteAddress: string | undefined
  /** The request came through TLS that ends here. */
  readonly encrypted: boolean
  /** Fastify's reply, for answers that plugins want to see; null where no plugin can have a part in them. */
  readonly reply: FastifyReply | null
  /** Nobody is there any more, or an answer has begun to leave. */
  isOver(): boolean
  /** The request announces a body. */
  hasBody(): boolean
  /** All bytes of the body. A body beyond the limit is refused as soon as that is known. */
  readBody(limit: number): Promise<Uint8Array>
  /** A body is still on the wire, where it would be taken for the next request. */
  leavesBytesUnread(): boolean
  /** `listener` is called when the connection has gone, or the answer has. One at a time. */
  onClose(listener: () => void): void
  offClose(listener: () => void): void
  /** Makes the head of the answer; nothing leaves before `end`. Throws when a header cannot be sent. */
  writeHead(status: number, headers: AnswerHeaders): void
  /** Ends the answer with a body, one character a byte, or none. A client has `sendTime` milliseconds to take it. */
  end(body: string | null, sendTime: number): void
  /** Ends the connection at once. */
  destroy(): void
}
