// Runs a peer as a process of its own: starts its server on a free port, says so, and answers what it has used.
import type { ServerResponse } from 'node:http'
import type { Server } from 'node:net'

import type { PeerAnswer, PeerQuestion, PeerSettings, Usage } from '../harness/messages.ts'

/**
 * Starts a peer; called once by each peer's file. `start` gives the port that it listens on. `prepare` makes a fresh copy
 * of the data set fit the peer, in a process that ends before the first start.
 */
export async function servePeer(
  start: (settings: PeerSettings) => Promise<number>,
  prepare?: (settings: PeerSettings) => Promise<void>,
  preparedStatements: () => number | undefined = () => undefined,
): Promise<void> {
  const settings = JSON.parse(process.argv[2] ?? '') as PeerSettings
  if (settings.prepare === true) {
    await prepare?.(settings)
    say({ answer: 'prepared' })
    return
  }
  process.on('message', (question: PeerQuestion) => {
    if (question.ask === 'usage') say({ answer: 'usage', usage: usage(preparedStatements()) })
  })
  // The run has ended or died: nothing to serve any more.
  process.on('disconnect', () => process.exit(0))
  const port = await start(settings)
  say({ answer: 'ready', port })
}

/** Listens on a free port of the loopback interface and gives it. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(portOf(server)))
  })
}

/** The port of a server that listens. */
export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port')
  return address.port
}

/** The length of a body on the wire. */
export function bytesOf(body: Uint8Array | string): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}

/**
 * Ends a response with a body. Bytes, as a text of one character a byte, join the head, which Node keeps as text, in one
 * write; as bytes they would make a second buffer and a vectored write, which costs up to a tenth of a request.
 */
export function endWith(response: ServerResponse, body: Uint8Array | string): void {
  if (typeof body === 'string') response.end(body, 'utf8')
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'latin1')
}

function usage(preparedStatements: number | undefined): Usage {
  const { user, system } = process.cpuUsage()
  return {
    ...{ cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() },
    ...(preparedStatements === undefined ? {} : { preparedStatements }),
  }
}

function say(answer: PeerAnswer): void {
  process.send?.(answer)
}
