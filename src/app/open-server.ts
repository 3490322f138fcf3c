/** The server of an application: generated routes, its own, actions, health, and what is mounted. */
import type { Engine } from '../engine/index.ts'
import type { Value } from '../model/index.ts'
import { keySegment } from '../operation/index.ts'
import type { Caller, ExecutionContext } from '../query/index.ts'
import { type BearerTokens, type CallerResolver, challenge } from '../service/auth/index.ts'
import { defaultHttpLimits, type HttpLimits, type HttpServer } from '../surface/http/index.ts'
import { createHttpServer, defaultPrefix } from '../surface/index.ts'
import type { App } from './create-app.ts'
import type { Joined } from './extension.ts'
import { forWholeServer, mount, type Mounted } from './mount.ts'
import { ownRoutes } from './own-routes.ts'
import { requireDistinctRoutes, routeTaken } from './require-distinct-routes.ts'
import type { Watching } from './watching.ts'

export interface ServerParts {
  readonly engine: Engine
  readonly joined: Joined
  readonly mounted: readonly Mounted[]
  readonly callers: CallerResolver
  readonly tokens: BearerTokens
  /** The word before the token. */
  readonly scheme: string
  readonly watching: Watching
  readonly clock: () => number
  readonly stopping: () => boolean
  readonly context: (caller: Caller) => ExecutionContext
}

export async function openServer({ options: declared, place }: App, parts: ServerParts): Promise<HttpServer> {
  const { engine, joined, mounted, callers, tokens, scheme, watching, clock, stopping, context } = parts
  const prefix = declared.api?.prefix ?? defaultPrefix
  const http = createHttpServer({
    engine,
    prefix,
    ...whenGiven('relationDepth', declared.api?.relationDepth),
    ...whenGiven('reference', declared.api?.reference),
    api: {
      scheme,
      ...whenGiven('title', declared.name),
      ...whenGiven('version', declared.version),
      ...whenGiven('description', declared.description),
      opaquePrefixes: mounted.map(({ path }) => path),
    },
    resolveCaller: (request, requested) => callers.ofHeader(request.header('authorization'), requested),
    challenge: error => challenge(scheme, error),
    limits: chosen(declared.limits ?? {}, httpLimitNames),
    clock,
    plugins: (declared.plugins ?? []).map(forWholeServer),
    ...whenGiven('headers', declared.server?.headers),
    ...whenGiven('origins', declared.server?.origins),
    onAccess: watching.answered,
    onFailure: (error, trace) => {
      // Told by the line of the request already, and no surprise.
      if (error.code !== 'server.stopping' && error.code !== 'store.busy') watching.failed(error, trace)
    },
    ...(watching.timeline === null ? {} : { timeline: watching.timeline }),
  })
  const issueToken = (key: readonly Value[]): string => tokens.issue(keySegment(key))
  for (const route of ownRoutes({ engine, joined, prefix, issueToken, stopping })) http.route(route)
  for (const route of watching.routes) http.route(route)
  requireDistinctRoutes({ routes: http.routes, prefixes: mounted.map(({ path }) => path), place })
  for (const each of mounted) mount(http.fastify, each, { engine, callers, context, failed: watching.failed })
  try {
    await http.fastify.ready()
  } catch (error) {
    throw asTaken(error, place)
  }
  return http
}

/** What plugins serve is known to Fastify alone, and only once they are loaded. */
function asTaken(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'FST_ERR_DUPLICATED_ROUTE') return error
  // One method, or a list of them, and the path in quotes.
  const [, method = '', path = ''] = /([A-Z]{3,})[^]*'(.*)'/.exec(error.message) ?? []
  return routeTaken(`${method} ${path}`, `a plugin of Fastify (createApp at ${place})`, 'another route')
}

const httpLimitNames = Object.keys(defaultHttpLimits) as (keyof HttpLimits)[]

/** An option only where it was given: an absent one and one that is undefined are not the same. */
const whenGiven = <Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]: T })

/** The limits of one kind among all that were given. */
export function chosen<Name extends string>(
  limits: Partial<Record<Name, number>>,
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const found: Partial<Record<Name, number>> = {}
  for (const name of names) if (limits[name] !== undefined) found[name] = limits[name]
  return found
}
