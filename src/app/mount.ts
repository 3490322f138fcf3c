/** Handlers of other frameworks beside the generated routes: `(req, res)` functions and Fastify plugins. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyPluginAsync, FastifyPluginCallback } from 'fastify'
import { refusal } from '../error/index.ts'
import type { ModelGraph, Predicate } from '../model/index.ts'
import { answerForCaller } from '../plan/index.ts'
import type { Caller } from '../query/index.ts'
import type { Eventually } from '../store/contract/index.ts'

/** An Express application, a `connect` chain, a handler of node:http. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown

/** What is mounted, with who may reach it. */
export type Mounted =
  | { readonly path: string; readonly allow: Predicate | null; readonly handler: NodeHandler }
  | {
      readonly path: string
      readonly allow: Predicate | null
      readonly plugin: FastifyPluginAsync | FastifyPluginCallback
    }

export interface MountOptions {
  readonly graph: ModelGraph
  readonly resolveCaller: (authorization: string | undefined, id: string) => Eventually<Caller>
}

/** Everything that Node's parser takes as a method and Fastify routes. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Mounts it under its path. The handler sees paths without that prefix, and the whole one as `originalUrl`, as in connect; the body is
 * left on the wire for it. Without an `allow` every request is refused (semantics 1).
 */
export function mount(fastify: FastifyInstance, mounted: Mounted, options: MountOptions): void {
  void fastify.register(
    async scope => {
      scope.addHook('onRequest', async request => {
        const caller = await options.resolveCaller(request.headers.authorization, request.id)
        requireAllowed(mounted, caller, options.graph)
      })
      if ('plugin' in mounted) {
        await scope.register(mounted.plugin)
        return
      }
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null, undefined))
      for (const url of ['/', '/*']) {
        scope.route({
          method: [...methods],
          url,
          handler(request, reply) {
            reply.hijack()
            hand(mounted, request.raw, reply.raw)
          },
        })
      }
    },
    { prefix: mounted.path },
  )
}

function requireAllowed(mounted: Mounted, caller: Caller, graph: ModelGraph): void {
  if (mounted.allow !== null && answerForCaller(mounted.allow, caller, graph)) return
  const refused = { operation: 'reach', model: mounted.path }
  throw caller.class === 'anonymous'
    ? refusal('rules.sign-in-required', refused)
    : refusal('rules.operation-closed', refused)
}

function hand(
  mounted: { readonly path: string; readonly handler: NodeHandler },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const original = request.url ?? '/'
  const rest = original.slice(mounted.path.length)
  Object.assign(request, { originalUrl: original, url: rest.startsWith('/') ? rest : `/${rest}` })
  const failed = (): void => {
    // What a foreign handler throws is its own affair, but a client must not wait for ever.
    if (!response.headersSent) response.writeHead(500, { 'Content-Length': '0', Connection: 'close' })
    response.end()
  }
  try {
    const result = mounted.handler(request, response)
    if (result instanceof Promise) result.catch(failed)
  } catch {
    failed()
  }
}
