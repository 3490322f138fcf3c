/** Our routes, where requests are led to the one that takes them: by Fastify's router, or past it. */
import type { FastifyInstance } from 'fastify'
import { isSecretName } from '../../service/observe/index.ts'
import type { Route } from '../contract/index.ts'
import type { Carrier } from './carrier.ts'
import { RouteTree } from './direct/index.ts'
import { handleRequest, type Pipeline } from './handle-request.ts'
import { HttpExchange } from './http-exchange.ts'
import { isFirst, whenFirst } from './in-order.ts'
import { NodeCarrier } from './node-carrier.ts'
import type { RouteTable } from './route-table.ts'

const ours = Symbol('ours')
type RouteConfig = { readonly [ours]?: Route } | undefined

/** The route that a configuration of Fastify belongs to; null for one of a plugin's. */
export const routeOf = (config: unknown): Route | null => (config as RouteConfig)?.[ours] ?? null

export interface ServedRoutes {
  /** Adds a route, to Fastify, too. */
  mount(instance: FastifyInstance, route: Route): void
  /** A plugin has a route of its own there. */
  leave(methods: readonly string[], url: string): void
  /** Begins to answer a request that has not come through Fastify; false when it has to. */
  begin(carrier: Carrier): boolean
}

/** A route with what is known of its path. */
interface Served {
  readonly route: Route
  /** Where secrets stand among the segments of its path. */
  readonly secretSegments: readonly number[]
}

export function servedRoutes(pipeline: Pipeline, table: RouteTable, nextId: () => string): ServedRoutes {
  const { options, limits, clock } = pipeline
  const tree = new RouteTree<Served>()

  function carryOut(
    { route, secretSegments }: Served,
    segments: readonly string[],
    carrier: Carrier,
    id: string,
  ): void {
    const timeline = options.timeline?.() ?? null
    const observe = timeline === null ? null : timeline.observe
    const exchange = new HttpExchange(carrier, id, limits, clock, observe, options.positions ?? null)
    exchange.segments = segments
    exchange.secretSegments = secretSegments
    handleRequest(pipeline, route, exchange, timeline)
  }

  return {
    mount(instance, route) {
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
          const carryOutNow = (): void => carryOut(served, segments, new NodeCarrier(request, reply), request.id)
          if (isFirst(reply.raw)) carryOutNow()
          else whenFirst(request.raw.socket, reply.raw, carryOutNow)
        },
      })
    },
    leave: (methods, url) => tree.addForeign(methods, url),
    begin(carrier) {
      const { method, url } = carrier
      if (url.length > limits.urlBytes) return false
      const mark = url.indexOf('?')
      const found = tree.find(method, mark === -1 ? url : url.slice(0, mark))
      if (found === null) return false
      carryOut(found.route, found.segments, carrier, nextId())
      return true
    },
  }
}
