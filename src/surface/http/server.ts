/** The HTTP server: Fastify carries it, routes and their contract are ours. */
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { asPlinthError, refusal } from '../../error/index.ts'
import { isSecretName } from '../../service/observe/index.ts'
import type { PresentError, Route } from '../contract/index.ts'
import { answerAbsent } from './answer-absent.ts'
import type { Carrier } from './carrier.ts'
import { clientErrorHandler } from './client-error.ts'
import { crossOrigin } from './cross-origin.ts'
import { RouteTree, takeDirectly } from './direct/index.ts'
import { fastifyInstance } from './fastify-instance.ts'
import { fromFastify } from './foreign-error.ts'
import { answerRefusal, handleRequest, type Pipeline } from './handle-request.ts'
import { HttpExchange } from './http-exchange.ts'
import { isFirst, whenFirst } from './in-order.ts'
import { defaultHttpLimits, type HttpLimits } from './limits.ts'
import { NodeCarrier } from './node-carrier.ts'
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
  /** Ends connections that are idle; from now on the others are closed after their answer. */
  drain(): void
  /** Takes no more connections, lets requests under way finish, and closes. */
  close(): Promise<void>
  /** Ends every connection at once, also those that node:http has handed on, as for WebSockets. */
  cut(): void
}

const ours = Symbol('ours')
type RouteConfig = { readonly [ours]?: Route } | undefined
const isOurs = (config: unknown): boolean => routeOf(config) !== null
const routeOf = (config: unknown): Route | null => (config as RouteConfig)?.[ours] ?? null

/** A route with what is known of its path. */
interface Served {
  readonly route: Route
  /** Where secrets stand among the segments of its path. */
  readonly secretSegments: readonly number[]
}

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
  const tree = new RouteTree<Served>()
  const routes: Route[] = []
  let draining = false
  const presentError: PresentError = options.presentError ?? problemPresenter(options.errorBase)

  const fastify = fastifyInstance({
    limits,
    nextId,
    queryWanted: () => plugins.seeRequests(),
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
      answerRefusal(pipeline, null, exchange, refused)
    },
  })
  fastify.addHook('onRoute', ({ config, method, url }) => {
    if (!isOurs(config)) tree.addForeign([method].flat(), url)
  })
  const foreign = tellForeignAnswers(fastify, options, isOurs)
  const plugins = watchPlugins(fastify, isOurs)
  const direct = takeDirectly(fastify.server, { ...limits, unseen: () => !plugins.seeOurs(), begin: beginDirectly })
  // node:http forgets connections that were upgraded, but waits for their end when it closes.
  const sockets = new Set<Socket>()
  fastify.server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const allowing = crossOrigin(options.origins)
  const pipeline: Pipeline = {
    options,
    limits,
    presentError,
    crossOrigin: allowing,
    sender: sender({
      crossOrigin: allowing,
      credentialHeader: options.credentialHeader ?? 'Authorization',
      headers: options.headers ?? {},
      hooked: () => plugins.shapeAnswers(),
      draining: () => draining,
      sendTime: limits.sendTime,
      onUnsent: ({ id }, failure) => options.onFailure?.(asPlinthError(failure), id),
    }),
  }

  const exchangeOf = (request: FastifyRequest, reply: FastifyReply): HttpExchange =>
    new HttpExchange(new NodeCarrier(request, reply), request.id, limits, clock, null, null)

  fastify.setErrorHandler((thrown: unknown, request, reply) => {
    // Where nothing is served, what is wrong with the rest of the request does not matter.
    if (request.is404) {
      answerAbsent(pipeline, table, exchangeOf(request, reply))
      return
    }
    const error = fromFastify(thrown, limits, request.headers['content-type'])
    if (error === null) throw thrown
    foreign.told(request)
    answerRefusal(pipeline, routeOf(request.routeOptions.config), exchangeOf(request, reply), error)
  })
  fastify.setNotFoundHandler((request, reply) => answerAbsent(pipeline, table, exchangeOf(request, reply)))

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

  function begin({ route, secretSegments }: Served, segments: readonly string[], carrier: Carrier, id: string): void {
    const timeline = options.timeline?.() ?? null
    const observe = timeline === null ? null : timeline.observe
    const exchange = new HttpExchange(carrier, id, limits, clock, observe, options.positions ?? null)
    exchange.segments = segments
    exchange.secretSegments = secretSegments
    handleRequest(pipeline, route, exchange, timeline)
  }

  function beginDirectly(carrier: Carrier): boolean {
    const { method, url } = carrier
    if (url.length > limits.urlBytes) return false
    const mark = url.indexOf('?')
    const found = tree.find(method, mark === -1 ? url : url.slice(0, mark))
    if (found === null) return false
    begin(found.route, found.segments, carrier, nextId())
    return true
  }

  function mount(instance: FastifyInstance, route: Route): void {
    const pattern = table.add(route)
    const served: Served = { route, secretSegments: pattern.segmentsNamed(isSecretName) }
    const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]
    tree.add(methods, route.path, served)
    instance.route({
      method: methods,
      url: pattern.routerPath,
      config: { [ours]: route },
      handler: (request, reply) => {
        const segments = pattern.segmentsOf(request.raw.url ?? '')
        // The router takes an empty segment for a value.
        if (segments.includes('')) {
          reply.callNotFound()
          return
        }
        const beginNow = (): void => begin(served, segments, new NodeCarrier(request, reply), request.id)
        if (isFirst(reply.raw)) beginNow()
        else whenFirst(request.raw.socket, reply.raw, beginNow)
      },
    })
  }

  function drain(): void {
    draining = true
    fastify.server.closeIdleConnections()
    direct.closeIdle()
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
    drain,
    async close() {
      drain()
      await fastify.close()
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
