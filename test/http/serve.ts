// Servers with a few routes, asked in process or over a real socket.
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { anonymous } from '../../src/query/index.ts'
import type { Route } from '../../src/surface/contract/index.ts'
import { type HttpOptions, httpServer, type HttpServer } from '../../src/surface/http/index.ts'

const open: HttpServer[] = []
/** Closes what a test has opened. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map(server => server.close()))
}

export function serve(routes: readonly Partial<Route>[], options: Partial<HttpOptions> = {}): HttpServer {
  const server = httpServer({ resolveCaller: () => anonymous, ...options })
  for (const route of routes) {
    server.route({
      method: 'GET',
      path: '/things',
      caller: 'resolved',
      consumes: null,
      produces: ['application/json'],
      handler: () => ({ status: 200, type: 'application/json', body: '{"ok":true}' }),
      ...route,
    })
  }
  open.push(server)
  return server
}

export const echo: Partial<Route> = {
  method: 'POST',
  consumes: ['application/json'],
  bodyRequired: true,
  handler: ({ body }) => ({ status: 200, type: 'application/json', body: JSON.stringify(body) }),
}

export async function listening(server: HttpServer): Promise<number> {
  await server.listen({ host: '127.0.0.1', port: 0 })
  return (server.fastify.server.address() as AddressInfo).port
}

/** Sends bytes as they are and collects what comes back until the connection ends. */
export async function exchange(port: number, text: string, after?: (socket: Socket) => void): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', chunk => (received += chunk.toString('latin1')))
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  after?.(socket)
  await once(socket, 'close')
  return received
}
