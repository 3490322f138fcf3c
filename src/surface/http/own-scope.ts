/** A scope of Fastify's for our routes: its own parsers of bodies have no part in them. */
import type { FastifyInstance } from 'fastify'
import type { Route } from '../contract/index.ts'

/** Gives the function that adds a route: at once, or when the plugins before it are loaded. */
export function ownScope(
  fastify: FastifyInstance,
  mount: (scope: FastifyInstance, route: Route) => void,
): (route: Route) => void {
  let scope: FastifyInstance | undefined
  const waiting: Route[] = []
  fastify.register((ready, _options, done) => {
    // The body is left on the wire: it is read after its type and the caller are known.
    ready.removeAllContentTypeParsers()
    ready.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null, undefined))
    // What is thrown in here would end the process: it rejects the start.
    try {
      scope = ready
      for (const route of waiting) mount(ready, route)
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
  return route => {
    if (scope === undefined) waiting.push(route)
    else mount(scope, route)
  }
}
