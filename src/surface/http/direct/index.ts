/**
 * Takes requests that are whole and plain directly from their connections: node:http spends as much on a request as a read of one row costs in all.
 * Everything else, and every connection on which anything else has come, is left to node:http.
 */
import { channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { type ConnectionOptions, DirectConnection } from './connection.ts'

export { RouteTree } from './route-tree.ts'

export type DirectOptions = Pick<ConnectionOptions, 'headerBytes' | 'receiveTime' | 'keepAliveTime' | 'begin'> & {
  /** No plugin wants to see requests on their way. */
  readonly unseen: () => boolean
}

export interface DirectConnections {
  closeIdle(): void
}

// What monitoring listens to in node:http: whoever watches requests there must see all of them.
const watched = ['http.server.request.start', 'http.server.response.created', 'http.server.response.finish'].map(name =>
  channel(name),
)

/** Call it before the server listens. */
export function takeDirectly(server: Server, options: DirectOptions): DirectConnections {
  const connections = new Set<DirectConnection>()
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[]
  const handOver = (socket: Socket): void => {
    for (const listener of listeners) Reflect.apply(listener, server, [socket])
  }
  // Monitoring that replaces `emit`, as OpenTelemetry's does, or another listener that was promised every request.
  const unseen = (): boolean =>
    options.unseen() &&
    server.emit === EventEmitter.prototype.emit &&
    server.listenerCount('request') === 1 &&
    !watched.some(each => each.hasSubscribers)
  const direct: ConnectionOptions = {
    ...options,
    handOver,
    begin: carrier => unseen() && options.begin(carrier),
    left: connection => connections.delete(connection),
  }

  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    if (unseen()) connections.add(new DirectConnection(socket, direct))
    else handOver(socket)
  })
  return {
    closeIdle() {
      for (const connection of connections) connection.closeWhenIdle()
    },
  }
}
