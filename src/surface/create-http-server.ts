/** The HTTP server of an application: the routes of its models, and later whatever else is added. */
import type { Engine } from '../engine/index.ts'
import { type HttpOptions, httpServer, type HttpServer } from './http/index.ts'
import { restRoutes } from './rest/index.ts'

export interface ServerOptions extends HttpOptions {
  readonly engine: Engine
  /** What the paths of the generated API begin with: `/api` by default. */
  readonly prefix?: string
  /** How many relations a filter of the query string may follow: 2 by default. */
  readonly relationDepth?: number
}

/**
 * Makes the server with the generated REST API. Further routes are added with `server.route`, Fastify plugins to `server.fastify`;
 * then `server.listen`.
 *
 * @example
 * const server = createHttpServer({ engine, resolveCaller: () => anonymous })
 * await server.listen({ host: '127.0.0.1', port: 3000 })
 */
export function createHttpServer(options: ServerOptions): HttpServer {
  const { engine, prefix, relationDepth } = options
  const server = httpServer({ ...options, limits: { requestTime: engine.limits.requestTime, ...options.limits } })
  const routes = restRoutes({
    engine,
    ...(prefix === undefined ? {} : { prefix }),
    ...(relationDepth === undefined ? {} : { relationDepth }),
  })
  for (const route of routes) server.route(route)
  return server
}
