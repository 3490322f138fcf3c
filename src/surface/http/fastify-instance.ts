/** Fastify as our routes need it: it carries requests and says nothing of its own. */
import { parse as parseQuery } from 'node:querystring'
import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { HttpLimits } from './limits.ts'

const noQuery = Object.freeze({})

export interface InstanceOptions extends Pick<FastifyServerOptions, 'clientErrorHandler' | 'frameworkErrors'> {
  readonly limits: HttpLimits
  readonly nextId: () => string
  /** Somebody looks at the query of requests. Our routes read it themselves; reading it here, too, takes a twentieth of a point read. */
  readonly queryWanted: () => boolean
}

export function fastifyInstance({ limits, nextId, queryWanted, ...handlers }: InstanceOptions): FastifyInstance {
  return fastify({
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
      querystringParser: text => (queryWanted() ? parseQuery(text, '&', '=', { maxKeys: 0 }) : noQuery),
    },
    genReqId: nextId,
    rewriteUrl: ({ url = '/' }) => (url.startsWith('/') ? url : pathOfAbsolute(url)),
    ...handlers,
  })
}

/** The part of `http://host/path` that routes are looked up by (RFC 9112 section 3.2.2: servers have to accept it). */
function pathOfAbsolute(url: string): string {
  const match = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)
  if (match?.[1] === undefined) return url
  return match[1].startsWith('/') ? match[1] : `/${match[1]}`
}
