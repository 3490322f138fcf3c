// Fastify alone, serving a constant object with a response schema: the ceiling of everything built on it.
import fastify from 'fastify'

import { portOf, servePeer } from './serve.ts'

await servePeer(async () => {
  const app = fastify({ logger: false })
  const schema = { response: { 200: { type: 'object', properties: { message: { type: 'string' } } } } }
  app.get('/hello', { schema }, () => ({ message: 'hello' }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return portOf(app.server)
})
