/** The HTTP server: Fastify carries it, routes and their contract are ours. */
import type { Socket } from 'node:net'
import { parse as parseQuery } from 'node:querystring'
import { fastify as createFastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { asPlinthError, refusal } from '../../error/index.ts'
import { isSecretName } from '../../service/observe/index.ts'
import type { PresentError, Route } from '../contract/index.ts'
import { answerAbsent } from './answer-absent.ts'
import { clientErrorHandler } from './client-error.ts'
import { fromFastify } from './foreign-error.ts'
import { answerRefusal, handleRequest, type Pipeline } from './handle-request.ts'
import { HttpExchange } from './http-exchange.ts'
import { isFirst, whenFirst } from './in-order.ts'
import { defaultHttpLimits, type HttpLimits } from './limits.ts'
import type { HttpOptions } from './options.ts'
import { problemPresenter } from './problem.ts'
import { requestIds } from './request-id.ts'
import { routeTable } from './route-table.ts'
import { sender } from './send-answer.ts'
import { tellForeignAnswers } from './tell-foreign-answers.ts'
import { watchPlugins } from './watch-plugins.ts'

export interface HttpServer {
  /** For Fastify plugins. Their routes and hooks are theirs; register them before the server listens. */
  readonly fastify: FastifyInstance
  /** The routes so far, in the order in which they were added. */
  readonly routes: readonly Route[]
  /** Adds a route, with the same errors, limits, context and log as all others. */
  route(route: Route): void
  /** Listens and resolves to the address, such as `http://127.0.0.1:3000`. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>
  /** From now on connections are closed after their answer. */
  drain(): void
  /** Takes no more connections, lets requests under way finish, and closes. */
  close(): Promise<void>
  /** Ends every connection at once, also those that node:http has handed on, as for WebSockets. */
  cut(): void
}

const ours = Symbol('ours')
type RouteConfig = { readonly [ours]?: Route } | undefined
const isOurs = (config: unknown): boolean => (config as RouteConfig)?.[ours] !== undefined

const noQuery = Object.freeze({})

/**
 * Makes a server. It listens when it is told to; `server.fastify.inject()` asks it without a port.
 *
 * @example
 * const server = httpServer({ resolveCaller: () => anonymous })
 * server.route({
 *   method: 'GET', path: '/hello', caller: 'ignored', consumes: null, produces: ['text/plain'],
 *   handler: () => ({ status: 200, type: 'text/plain', body: 'hello' }),
 * })
 * await server.listen({ host: '127.0.0.1', port: 3000 })
 */
export function httpServer(options: HttpOptions): HttpServer {
  const limits: HttpLimits = { ...defaultHttpLimits, ...options.limits }
  const clock = options.clock ?? Date.now
  const nextId = requestIds()
  const table = routeTable(options.entrance ?? '')
  const routes: Route[] = []
  let draining = false
  const presentError: PresentError = options.presentError ?? problemPresenter(options.errorBase)

  const fastify: FastifyInstance = createFastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.receiveTime,
    keepAliveTimeout: limits.keepAliveTime,
    http: {
      maxHeaderSize: limits.headerBytes,
      // Node's own bound on the headers is as long as the request's; the shorter one counts.
      headersTimeout: limits.receiveTime,
      // It looks after late requests every 30 seconds, however little time they have.
      connectionsCheckingInterval: Math.ceil(limits.receiveTime / 4),
    },
    routerOptions: {
      maxParamLength: limits.urlBytes,
      caseSensitive: true,
      // Our routes read the query themselves; reading it here, too, takes a twentieth of a point read.
      querystringParser: text => (plugins.seeRequests() ? parseQuery(text, '&', '=', { maxKeys: 0 }) : noQuery),
    },
    genReqId: nextId,
    rewriteUrl: ({ url = '/' }) => (url.startsWith('/') ? url : pathOfAbsolute(url)),
    clientErrorHandler: clientErrorHandler({
      limits,
      headers: options.headers ?? {},
      presentError: (error, request) => presentError(error, request),
      nextId,
      onAnswered: (request, error, bytes, waiting) => {
        if (waiting) return
        options.onAccess?.({
          trace: request.id,
          method: request.method,
          url: request.path,
          status: error.status,
          microseconds: 0,
          bytes,
          caller: null,
          address: request.remoteAddress,
          code: error.code,
        })
      },
    }),
    frameworkErrors: (error, request, reply) => {
      const exchange = exchangeOf(request, reply)
      const refused =
        fromFastify(error, limits, undefined) ?? refusal('server.malformed-request', { reason: error.message })
      answerRefusal(pipeline, null, exchange, reply, refused)
    },
  })
  const foreign = tellForeignAnswers(fastify, options, isOurs)
  const plugins = watchPlugins(fastify, isOurs)
  // node:http forgets connections that were upgraded, but waits for their end when it closes.
  const sockets = new Set<Socket>()
  fastify.server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const pipeline: Pipeline = {
    options,
    limits,
    presentError,
    sender: sender({
      credentialHeader: options.credentialHeader ?? 'Authorization',
      headers: options.headers ?? {},
      hooked: () => plugins.shapeAnswers(),
      draining: () => draining,
      sendTime: limits.sendTime,
      onUnsent: ({ id }, failure) => options.onFailure?.(asPlinthError(failure), id),
    }),
  }

  const exchangeOf = (request: FastifyRequest, reply: FastifyReply): HttpExchange =>
    new HttpExchange(request.raw, reply.raw, String(request.id), limits, clock, null, null)

  fastify.setErrorHandler((thrown: unknown, request, reply) => {
    // Where nothing is served, what is wrong with the rest of the request does not matter.
    if (request.is404) {
      answerAbsent(pipeline, table, exchangeOf(request, reply), reply)
      return
    }
    const error = fromFastify(thrown, limits, request.headers['content-type'])
    if (error === null) throw thrown
    foreign.told(request)
    answerRefusal(pipeline, routeOf(request), exchangeOf(request, reply), reply, error)
  })
  fastify.setNotFoundHandler((request, reply) => answerAbsent(pipeline, table, exchangeOf(request, reply), reply))

  for (const plugin of options.plugins ?? []) void fastify.register(plugin)
  fastify.register((scope, _options, done) => {
    // The body is left on the wire: it is read after its type and the caller are known.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null, undefined))
    // What is thrown in here would end the process: it rejects the start.
    try {
      scopeReady(scope)
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
  let scope: FastifyInstance | undefined
  const waiting: Route[] = []
  function scopeReady(ready: FastifyInstance): void {
    scope = ready
    for (const route of waiting) mount(ready, route)
  }

  function mount(instance: FastifyInstance, route: Route): void {
    const pattern = table.add(route)
    const secretSegments = pattern.segmentsNamed(isSecretName)
    const begin = (segments: readonly string[], request: FastifyRequest, reply: FastifyReply): void => {
      const timeline = options.timeline?.() ?? null
      const exchange = new HttpExchange(
        request.raw,
        reply.raw,
        request.id,
        limits,
        clock,
        timeline === null ? null : timeline.observe,
        options.positions ?? null,
      )
      exchange.segments = segments
      exchange.secretSegments = secretSegments
      handleRequest(pipeline, route, exchange, reply, timeline)
    }
    instance.route({
      method: route.method === 'GET' ? ['GET', 'HEAD'] : route.method,
      url: pattern.routerPath,
      config: { [ours]: route },
      handler: (request, reply) => {
        const segments = pattern.segmentsOf(request.raw.url ?? '')
        // The router takes an empty segment for a value.
        if (segments.includes('')) {
          reply.callNotFound()
          return
        }
        if (isFirst(reply.raw)) begin(segments, request, reply)
        else whenFirst(request.raw.socket, reply.raw, () => begin(segments, request, reply))
      },
    })
  }

  return {
    fastify,
    routes,
    route(route) {
      routes.push(route)
      if (scope === undefined) waiting.push(route)
      else mount(scope, route)
    },
    listen: ({ host, port }) => fastify.listen({ host, port }),
    drain() {
      draining = true
      fastify.server.closeIdleConnections()
    },
    async close() {
      draining = true
      await fastify.close()
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The part of `http://host/path` that routes are looked up by (RFC 9112 section 3.2.2: servers have to accept it). */
function pathOfAbsolute(url: string): string {
  const match = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)
  if (match?.[1] === undefined) return url
  return match[1].startsWith('/') ? match[1] : `/${match[1]}`
}

const routeOf = (request: FastifyRequest): Route | null => (request.routeOptions.config as RouteConfig)?.[ours] ?? null
