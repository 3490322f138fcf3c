/** Handlers of other frameworks beside the generated routes: `(req, res)` functions and Fastify plugins. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Engine } from '../engine/index.ts'
import {
  type CallerSymbols,
  type Condition,
  isAlways,
  type ModelGraph,
  type Predicate,
  type SchemaShape,
} from '../model/index.ts'
import { allowCondition, requireAllowed, type UntypedActionOptions } from '../operation/index.ts'
import { anonymous, type Caller, type ExecutionContext } from '../query/index.ts'
import type { CallerResolver } from '../service/auth/index.ts'

/** An Express application, a `connect` chain, a handler of node:http. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown

/** A plugin of Fastify: it calls `done`, or gives a promise. */
export type FastifyPlugin = (fastify: FastifyInstance, options: object, done: (error?: Error) => void) => unknown

/** Something of another framework under a path. Without `allow` nobody reaches it. */
export type MountDeclaration<S extends SchemaShape> = {
  /** Who may reach it: a condition on the caller alone; `everyone` opens it. */
  readonly allow?: Condition | ((symbols: CallerSymbols<S>) => Condition)
} & ({ readonly handler: NodeHandler } | { readonly plugin: FastifyPlugin })

/** The same plugin, which fails the start when it throws: Fastify lets what is thrown at once end the process. */
function asPlugin(plugin: FastifyPlugin): FastifyPluginAsync {
  const loaded = (fastify: FastifyInstance, options: object): Promise<void> =>
    new Promise((resolve, reject) => {
      const result = plugin(fastify, options, error => (error instanceof Error ? reject(error) : resolve()))
      if (result instanceof Promise) result.then(() => resolve(), reject)
      else if (plugin.length < 3) resolve()
    })
  Object.defineProperty(loaded, 'name', { value: plugin.name })
  // What it says of itself for Fastify, such as `fastify-plugin` does, is written on the function.
  return Object.assign(loaded, plugin)
}

/** Fastify gives a plugin a scope of its own, where its hooks meet its own routes only. These are for the whole server, and see every request. */
export const forWholeServer = (plugin: FastifyPlugin): FastifyPluginAsync =>
  Object.assign(asPlugin(plugin), { [Symbol.for('skip-override')]: true })

/** What is mounted, with who may reach it. */
export type Mounted =
  | { readonly path: string; readonly allow: Predicate; readonly handler: NodeHandler }
  | {
      readonly path: string
      readonly allow: Predicate
      readonly plugin: FastifyPlugin
    }

export interface MountOptions {
  readonly engine: Engine
  readonly callers: CallerResolver
  readonly context: (caller: Caller) => ExecutionContext
  /** Told what a handler throws, with the id of the request. */
  readonly failed: (error: unknown, trace: string) => void
}

/** What `createApp` was told to mount. */
export function readMounted(
  graph: ModelGraph,
  declared: Readonly<Record<string, MountDeclaration<SchemaShape>>>,
): readonly Mounted[] {
  return Object.entries(declared).map(([path, { allow, ...what }]) => ({
    ...what,
    path,
    allow: allowCondition(graph, `what is mounted at ${path}`, allow as UntypedActionOptions['allow']),
  }))
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
      if (!isForEveryone(mounted)) {
        scope.addHook('onRequest', async request => {
          const nobody = { ...options.context(anonymous), trace: request.id }
          const caller = await options.callers.ofHeader(request.headers.authorization, nobody)
          requireAllowed(options.engine, mounted, mounted.path, caller)
        })
      }
      if ('plugin' in mounted) {
        await scope.register(asPlugin(mounted.plugin))
        return
      }
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null, undefined))
      for (const url of ['/', '/*']) {
        scope.route({
          method: [...methods],
          url,
          handler(request, reply) {
            // What plugins have said for the answer, such as those for CORS. The handler may say it in another way.
            for (const [name, value] of Object.entries(reply.getHeaders())) {
              if (value !== undefined) reply.raw.setHeader(name, value)
            }
            reply.hijack()
            hand(mounted, request.raw, reply.raw, error => options.failed(error, request.id))
          },
        })
      }
    },
    { prefix: mounted.path },
  )
}

/** Then nobody asks who is calling: the header is the handler's own, which may have its own way of signing in. */
const isForEveryone = ({ allow }: Mounted): boolean => isAlways(allow)

function hand(
  mounted: { readonly path: string; readonly handler: NodeHandler },
  request: IncomingMessage,
  response: ServerResponse,
  tell: (error: unknown) => void,
): void {
  const original = request.url ?? '/'
  Object.assign(request, { originalUrl: original, url: without(original, mounted.path) })
  const failed = (error: unknown): void => {
    tell(error)
    // How it presents its failures is its own affair, but a client must not wait for ever, nor take half an answer for all of it.
    if (!response.headersSent) response.writeHead(500, { 'Content-Length': '0', Connection: 'close' }).end()
    else if (!response.writableEnded) response.destroy()
  }
  try {
    const result = mounted.handler(request, response)
    if (result instanceof Promise) result.catch(failed)
  } catch (error) {
    failed(error)
  }
}

/** The URL after as many segments as the prefix has: its spelling in the URL may be percent-encoded. */
function without(url: string, prefix: string): string {
  let end = 0
  for (let segments = prefix.split('/').length - 1; segments > 0; segments--) {
    const next = url.slice(end + 1).search(/[/?]/)
    if (next === -1) return '/'
    end += next + 1
    if (url[end] === '?') break
  }
  const rest = url.slice(end)
  return rest.startsWith('/') ? rest : `/${rest}`
}
