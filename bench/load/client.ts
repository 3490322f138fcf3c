// A keep-alive HTTP/1.1 client for load: one request at a time on each connection, no pipelining, and as little work
// as possible on each answer. It reads the status and finds the end of the body; it does not parse the rest.
import { connect, type Socket } from 'node:net'

/** Counts what came back on one connection, and says when an answer is complete. */
export interface Connection {
  send(request: string): void
  close(): void
}

/** Called for each complete answer. */
export type OnAnswer = (status: number, bytes: number) => void

/** Opens a connection; resolves when it is ready to send. */
export function openConnection(
  port: number,
  onAnswer: OnAnswer,
  onFailure: (reason: string) => void,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let closing = false
    const reader = answerReader(onAnswer)
    const socket: Socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      // One buffer for all reads of the connection: Node would allocate 64 kB for each.
      onread: {
        buffer: Buffer.allocUnsafe(65_536),
        callback(length, buffer) {
          reader(Buffer.from(buffer.buffer, buffer.byteOffset, length))
          return true
        },
      },
    })
    socket.once('connect', () =>
      resolve({
        send: request => socket.write(request, 'utf8'),
        close() {
          closing = true
          socket.destroy()
        },
      }),
    )
    socket.on('error', error => {
      reject(error)
      if (!closing) onFailure(error.message)
    })
    socket.on('close', () => {
      if (!closing) onFailure('the server closed the connection')
    })
  })
}

const headEnd = Buffer.from('\r\n\r\n')
const lastChunk = '0\r\n\r\n'

/** Reads answers out of the chunks of one connection. A chunk is not kept after the call. */
export function answerReader(onAnswer: OnAnswer): (chunk: Buffer) => void {
  // Bytes of an answer whose head has not ended, or of a chunked body; undefined between answers.
  let pending: Buffer | undefined
  // Of a body of known length: the bytes that are still to come.
  let missing = 0
  let status = 0
  let bytes = 0

  function received(length: number): void {
    bytes += length
    missing -= length
    if (missing < 0) throw new Error('an answer is longer than its head says')
    if (missing === 0) onAnswer(status, bytes)
  }

  return chunk => {
    if (missing > 0) return received(chunk.length)
    const data = pending === undefined ? chunk : Buffer.concat([pending, chunk])
    const end = data.indexOf(headEnd)
    if (end === -1) {
      pending = Buffer.from(data)
      return
    }
    const head = data.toString('latin1', 0, end)
    // A status line is "HTTP/1.1 200 OK".
    status = Number(head.slice(9, 12))
    const length = lengthOf(head, status)
    bytes = 0
    if (length !== undefined) {
      pending = undefined
      missing = end + headEnd.length + length
      received(data.length)
    } else if (data.toString('latin1', data.length - lastChunk.length) === lastChunk) {
      // A chunked body ends with a chunk of no length; no peer sends trailers.
      pending = undefined
      onAnswer(status, data.length)
    } else {
      pending = Buffer.from(data)
    }
  }
}

const lengthPattern = /\r\ncontent-length: (\d+)/i
const chunkedPattern = /\r\ntransfer-encoding: chunked/i

/** The length of the body that a head announces; undefined when it is chunked. */
function lengthOf(head: string, status: number): number | undefined {
  if (status === 204 || status === 304) return 0
  const length = lengthPattern.exec(head)?.[1]
  if (length !== undefined) return Number(length)
  if (chunkedPattern.test(head)) return undefined
  throw new Error(`an answer says neither its length nor that it is chunked:\n${head}`)
}
