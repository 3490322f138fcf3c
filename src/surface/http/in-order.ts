/** Requests that a client has sent behind each other on one connection (pipelining) are carried out one after the other. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that may wait on a connection. Few clients send any; short as each is on the wire, it costs some kilobytes here. */
const mostWaiting = 100

// Tests of applications replace the global one by a clock of their own.
const atEndOfTurn = setImmediate

const waiting = new WeakMap<Socket, number>()

/** Whether the answer could leave now: no other one of its connection is before it. */
export const isFirst = (response: ServerResponse): boolean => response.socket !== null

/**
 * node:http hands on at once whatever requests a packet holds, and keeps the answers whose turn has not come. Carried out at once, too, a thousand of
 * them would hold a thousand answers until the client has taken the first, and everybody else would wait for all of them.
 */
export function whenFirst(socket: Socket, response: ServerResponse, carryOut: () => void): void {
  const others = waiting.get(socket) ?? 0
  // There is no way to refuse it in its turn without keeping it.
  if (others >= mostWaiting) {
    socket.destroy()
    return
  }
  waiting.set(socket, others + 1)
  response.once('socket', () => {
    waiting.set(socket, (waiting.get(socket) ?? 1) - 1)
    atEndOfTurn(carryOut)
  })
}
