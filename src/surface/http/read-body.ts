/** Takes the body of a request from the wire: bounded, complete, and JSON in UTF-8. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { refusal } from '../../error/index.ts'
import { parseJson } from './parse-json.ts'

/** Whether the headers announce a body. Without both of these there is none (RFC 9112 section 6.3). */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0)
}

/** All bytes of the body. A body beyond the limit is refused as soon as that is known. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const announced = request.headers['content-length']
    if (announced !== undefined && Number(announced) > limit) {
      reject(refusal('server.body-too-large', { limit }))
      return
    }
    const chunks: Buffer[] = []
    let received = 0
    const onData = (chunk: Buffer): void => {
      received += chunk.length
      if (received > limit) settle(() => reject(refusal('server.body-too-large', { limit })))
      else chunks.push(chunk)
    }
    const onEnd = (): void =>
      settle(() => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)))
    // The parser of node:http reports a body that ends early as an error, or the connection just goes.
    const onCut = (): void =>
      settle(() => reject(refusal('request.body-incomplete', { received, announced: announced ?? 'more' })))
    const settle = (finish: () => void): void => {
      request.off('data', onData)
      request.off('end', onEnd)
      request.off('error', onCut)
      request.off('close', onCut)
      // Errors that follow, when the connection is given up, have nobody else to listen to them.
      request.on('error', () => {})
      finish()
    }
    request.on('data', onData)
    request.on('end', onEnd)
    request.on('error', onCut)
    request.on('close', onCut)
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** JSON from bytes. A byte order mark at the beginning is skipped, as RFC 8259 section 8.1 allows. */
export function readJson(bytes: Uint8Array, depth: number): unknown {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw refusal('request.body-not-utf8', {})
  }
  return parseJson(text, depth)
}
