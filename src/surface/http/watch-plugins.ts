/** Notices whether plugins take part in requests or answers: what only they look at is not made for nobody. */
import type { FastifyInstance } from 'fastify'
import { routeOf } from './served-routes.ts'

// With `onRoute` a plugin may give each route hooks of its own.
const beforeAnswers = [
  'onRoute',
  'onRequest',
  'preParsing',
  'preValidation',
  'preHandler',
  'preSerialization',
  'onSend',
]
const shapingAnswers: ReadonlySet<string> = new Set(beforeAnswers)
const seeingRequests: ReadonlySet<string> = new Set([
  ...beforeAnswers,
  'onResponse',
  'onError',
  'onTimeout',
  'onRequestAbort',
])

export interface Plugins {
  /** One has a hook that answers of our routes go through. Hooks inside a plugin's own scope are for that plugin's routes. */
  shapeAnswers(): boolean
  /** One gets to see requests, by a hook or by a route of its own. */
  seeRequests(): boolean
  /** One has a hook that requests for our routes go through. */
  seeOurs(): boolean
}

/** Call it before any plugin is registered. `onForeign` is told each route of a plugin's own, in Fastify's spelling. */
export function watchPlugins(
  fastify: FastifyInstance,
  onForeign: (methods: readonly string[], url: string) => void,
): Plugins {
  let shaping = false
  let seeing = false
  let seeingOurs = false
  fastify.addHook('onRoute', ({ config, method, url }) => {
    if (routeOf(config) !== null) return
    seeing = true
    onForeign([method].flat(), url)
  })
  const original = fastify.addHook
  // Instances of plugins inherit from this one, and with it this function.
  const watched = function (this: FastifyInstance, name: string, hook: unknown): FastifyInstance {
    if (this === fastify && shapingAnswers.has(name)) shaping = true
    if (seeingRequests.has(name)) {
      seeing = true
      if (this === fastify) seeingOurs = true
    }
    return Reflect.apply(original, this, [name, hook]) as FastifyInstance
  }
  Object.defineProperty(fastify, 'addHook', { value: watched, writable: true, configurable: true })
  return { shapeAnswers: () => shaping, seeRequests: () => seeing, seeOurs: () => seeingOurs }
}
