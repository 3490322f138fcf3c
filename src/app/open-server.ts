/** The server of an application: generated routes, its own, actions, health, and what is mounted. */
import type { Engine } from '../engine/index.ts'
import type { Value } from '../model/index.ts'
import type { Caller, ExecutionContext } from '../query/index.ts'
import { type BearerTokens, type CallerResolver, challenge, subjectOf } from '../service/auth/index.ts'
import type { Route } from '../surface/contract/index.ts'
import { defaultHttpLimits, type HttpLimits, type HttpServer } from '../surface/http/index.ts'
import { createHttpServer } from '../surface/index.ts'
import { actionRoutes, declaredRoutes } from '../surface/routes/index.ts'
import type { App } from './create-app.ts'
import type { Joined } from './extension.ts'
import { healthRoutes } from './health.ts'
import { asPlugin, mount, type Mounted } from './mount.ts'
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

export async function openServer(declared: App['options'], parts: ServerParts): Promise<HttpServer> {
  const { engine, joined, mounted, callers, tokens, scheme, watching, clock, stopping, context } = parts
  const prefix = declared.api?.prefix ?? '/api'
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
    ...whenGiven('headers', declared.server?.headers),
    onAccess: watching.answered,
    onFailure: (error, trace) => {
      // Told by the line of the request already, and no surprise.
      if (error.code !== 'server.stopping' && error.code !== 'store.busy') watching.failed(error, trace)
    },
    ...(watching.timeline === null ? {} : { timeline: watching.timeline }),
  })
  for (const plugin of declared.plugins ?? []) void http.fastify.register(asPlugin(plugin))
  const ports = { issueToken: (key: readonly Value[]) => tokens.issue(subjectOf(key)) }
  const own: readonly (readonly Route[])[] = [
    declaredRoutes({ engine, ports }, joined.routes),
    actionRoutes({ engine, ports }, joined.actions, prefix),
    healthRoutes({ store: engine.store, stopping }),
    watching.routes,
  ]
  for (const route of own.flat()) http.route(route)
  for (const each of mounted) mount(http.fastify, each, { engine, callers, context })
  await http.fastify.ready()
  return http
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
