/** Routes of plugins and of what is mounted have a line in the access log too: one, with the path as it was sent. */
import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HttpOptions } from './options.ts'
import { routeOf } from './served-routes.ts'

export interface ForeignAnswers {
  /** The request has its line already. */
  told(request: FastifyRequest): void
}

export function tellForeignAnswers(fastify: FastifyInstance, { onAccess }: HttpOptions): ForeignAnswers {
  const told = new WeakSet<FastifyRequest>()
  const sent = new WeakMap<FastifyRequest, () => number>()
  const count = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    sent.set(request, countBytes(reply.raw))
    done()
  }
  const tell = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (!told.has(request)) {
      onAccess?.({
        trace: request.id,
        method: request.method,
        // A handler under a prefix sees, and leaves, the rest of the path in `url`.
        url: request.originalUrl,
        // What answers by itself sets the status of the response, not that of the reply.
        status: reply.raw.statusCode,
        microseconds: reply.elapsedTime * 1000,
        bytes: request.method === 'HEAD' ? 0 : (sent.get(request)?.() ?? 0),
        caller: null,
        address: request.socket.remoteAddress ?? '',
        code: null,
      })
    }
    done()
  }
  fastify.addHook('onRoute', route => {
    if (routeOf(route.config) !== null) return
    route.onRequest = [count, ...[route.onRequest ?? []].flat()]
    route.onResponse = [...[route.onResponse ?? []].flat(), tell]
  })
  return { told: request => void told.add(request) }
}

/** Counts what goes out: who answers by themselves need not say how long the body is. */
function countBytes(response: ServerResponse): () => number {
  let bytes = 0
  const counted = (name: 'write' | 'end'): void => {
    const original = response[name]
    const watched = function (this: ServerResponse, ...given: readonly unknown[]): unknown {
      const after = bytes + sizeOf(given[0], given[1])
      const result: unknown = Reflect.apply(original, this, given)
      // `end` may have called `write` for the same piece.
      bytes = after
      return result
    }
    Object.defineProperty(response, name, { value: watched, writable: true, configurable: true })
  }
  counted('write')
  counted('end')
  return () => bytes
}

function sizeOf(piece: unknown, encoding: unknown): number {
  if (piece instanceof Uint8Array) return piece.byteLength
  if (typeof piece !== 'string') return 0
  return Buffer.byteLength(piece, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
}
