/** Notices whether a plugin takes part in requests or answers. */
import type { FastifyInstance } from 'fastify'

const takingPart = new Set(['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'])

/**
 * Call it before any plugin is registered; the function that it returns tells whether one has such a hook. Hooks inside a plugin's own
 * scope are for that plugin's routes, and do not count.
 */
export function watchHooks(fastify: FastifyInstance): () => boolean {
  let hooked = false
  const original = fastify.addHook
  // Instances of plugins inherit from this one, and with it this function.
  const watched = function (this: FastifyInstance, name: string, hook: unknown): FastifyInstance {
    if (this === fastify && takingPart.has(name)) hooked = true
    return Reflect.apply(original, this, [name, hook]) as FastifyInstance
  }
  Object.defineProperty(fastify, 'addHook', { value: watched, writable: true, configurable: true })
  return () => hooked
}
