/** The HTTP server of an application: the generated routes of its models, their description, and the pages of errors. */
import type { Engine } from '../engine/index.ts'
import { defaultPrefix, defaultRelationDepth } from './contract/index.ts'
import { errorPages, type HttpOptions, httpServer, type HttpServer } from './http/index.ts'
import { referencePaths, referenceRoutes } from './openapi/index.ts'
import { restRoutes } from './rest/index.ts'

/** How the API is described. */
export interface ApiDescription {
  readonly title?: string
  readonly version?: string
  readonly description?: string
  /** The word before the token in the Authorization header: `Bearer` by default. */
  readonly scheme?: string
  /** Paths under which handlers of other frameworks answer: they are listed, and nothing more is said of them. */
  readonly opaquePrefixes?: readonly string[]
}

export interface ServerOptions extends HttpOptions {
  readonly engine: Engine
  /** What the paths of the generated API begin with: `/api` by default. */
  readonly prefix?: string
  /** How many relations a filter of the query string may follow: 2 by default. */
  readonly relationDepth?: number
  readonly api?: ApiDescription
  /** False: no document, no pages. */
  readonly reference?: boolean
}

/**
 * Makes the server with the generated REST API, `/openapi.json`, `/docs` and `/errors/`. Further routes are added with
 * `server.route`, Fastify plugins to `server.fastify`; then `server.listen`.
 *
 * @example
 * const server = createHttpServer({ engine, resolveCaller: () => anonymous })
 * await server.listen({ host: '127.0.0.1', port: 3000 })
 */
export function createHttpServer(options: ServerOptions): HttpServer {
  const { engine, prefix = defaultPrefix, relationDepth = defaultRelationDepth, errorBase } = options
  const { limits, graph } = engine
  const { positions } = engine.store
  const server = httpServer({
    ...options,
    ...(positions === undefined ? {} : { positions }),
    ...(options.reference === false ? {} : { entrance: referencePaths.pages }),
    limits: { requestTime: limits.requestTime, ...options.limits },
  })
  for (const route of restRoutes({ engine, prefix, relationDepth })) server.route(route)
  if (options.reference !== false) {
    const routes = () => server.routes
    for (const route of referenceRoutes({
      graph,
      routes,
      limits,
      relationDepth,
      consistencyTokens: positions !== undefined,
      ...options.api,
    }))
      server.route(route)
  }
  if (errorBase === undefined) for (const route of errorPages()) server.route(route)
  return server
}
