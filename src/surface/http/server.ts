/** The HTTP server: Fastify carries it, routes and their contract are ours. */
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { asPlinthError, refusal } from '../../error/index.ts'
import type { PresentError, Route } from '../contract/index.ts'
import { answerAbsent } from './answer-absent.ts'
import { clientErrorHandler } from './client-error.ts'
import { crossOrigin } from './cross-origin.ts'
import { Deadlines } from './deadlines.ts'
import { takeDirectly } from './direct/index.ts'
import { fastifyInstance } from './fastify-instance.ts'
import { fromFastify } from './foreign-error.ts'
import { answerRefusal, type Pipeline } from './handle-request.ts'
import { HttpExchange } from './http-exchange.ts'
import { defaultHttpLimits, type HttpLimits } from './limits.ts'
import { NodeCarrier } from './node-carrier.ts'
import type { HttpOptions } from './options.ts'
import { ownScope } from './own-scope.ts'
import { problemPresenter } from './problem.ts'
import { requestIds } from './request-id.ts'
import { routeTable } from './route-table.ts'
import { sender } from './send-answer.ts'
import { routeOf, servedRoutes } from './served-routes.ts'
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
  /** Ends connections that are idle. What is on its way to them is lost, so let those who use them be told by `drain` first. */
  closeIdle(): void
  /** Takes no more connections, lets requests under way finish, and closes. */
  close(): Promise<void>
  /** Ends every connection at once, also those that node:http has handed on, as for WebSockets. */
  cut(): void
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
  const routes: Route[] = []
  let draining = false
  const presentError: PresentError = options.presentError ?? problemPresenter(options.errorBase)

  const fastify = fastifyInstance({
    limits,
    nextId,
    queryWanted: () => plugins.seeRequests(),
    clientErrorHandler: clientErrorHandler({ ...options, limits, presentError, nextId }),
    frameworkErrors: (error, request, reply) => {
      const exchange = exchangeOf(request, reply)
      const refused =
        fromFastify(error, limits, undefined) ?? refusal('server.malformed-request', { reason: error.message })
      answerRefusal(pipeline, null, exchange, refused)
    },
  })
  const foreign = tellForeignAnswers(fastify, options)
  const plugins = watchPlugins(fastify, (methods, url) => served.leave(methods, url))
  const allowing = crossOrigin(options.origins)
  const pipeline: Pipeline = {
    ...{ options, limits, clock, presentError },
    crossOrigin: allowing,
    deadlines: new Deadlines(limits.requestTime, exchange => exchange.stop()),
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
  const served = servedRoutes(pipeline, table, nextId)
  const direct = takeDirectly(fastify.server, { ...limits, unseen: () => !plugins.seeOurs(), begin: served.begin })
  // node:http forgets connections that were upgraded, but waits for their end when it closes.
  const sockets = new Set<Socket>()
  fastify.server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

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
  const add = ownScope(fastify, served.mount)

  function drain(): void {
    draining = true
  }

  function closeIdle(): void {
    fastify.server.closeIdleConnections()
    direct.closeIdle()
  }

  return {
    fastify,
    routes,
    route(route) {
      routes.push(route)
      add(route)
    },
    listen: ({ host, port }) => fastify.listen({ host, port }),
    drain,
    closeIdle,
    async close() {
      drain()
      closeIdle()
      await fastify.close()
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
