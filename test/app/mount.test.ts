// Handlers of other frameworks beside the generated routes.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'

const schema = defineSchema(
  { User: model({ name: field.text(), role: field.text().default('member') }) },
  { caller: 'User' },
)
const rules = defineRules(schema, { User: () => ({ read: everyone }) })

const echo = async (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse): Promise<void> => {
  const body = await text(request)
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ method: request.method, url: request.url, originalUrl: request.originalUrl, body }))
}

const app = createApp({
  schema,
  rules,
  mount: {
    '/open': { allow: everyone, handler: echo },
    '/v1/admins': { allow: ({ user }) => user.role.is('admin'), handler: echo },
    '/closed': { handler: echo },
    '/broken': {
      allow: everyone,
      handler: () => {
        throw new Error('boom')
      },
    },
    '/plugin': {
      allow: ({ user }) => user.isSignedIn,
      plugin: async fastify => {
        fastify.get('/hello', async () => ({ hello: 'plugin' }))
      },
    },
  },
})

describe('what is mounted', () => {
  it('sees its own part of the path, the body as it came, and every method', async () => {
    await using test = await createTestApp(app)
    expect(
      (await test.request('POST', '/open/a/b?c=d', { body: '{"x": 1', headers: { 'content-type': 'text/x' } })).body,
    ).toEqual({
      method: 'POST',
      url: '/a/b?c=d',
      originalUrl: '/open/a/b?c=d',
      body: '{"x": 1',
    })
    expect((await test.request('DELETE', '/open')).body).toMatchObject({ method: 'DELETE', url: '/' })
    expect((await test.request('GET', '/open?x')).body).toMatchObject({ url: '/?x' })
    expect((await test.request('GET', '/%6fpen/a%2fb')).body).toMatchObject({ url: '/a%2fb' })
    expect((await test.request('GET', '/opening')).body).toMatchObject({ code: 'server.no-route' })
  })

  it('is reached by those whom "allow" lets in, and by nobody without one', async () => {
    await using test = await createTestApp(app)
    const member = await test.db.User.create({ name: 'Anna' })
    const admin = await test.db.User.create({ name: 'Ben', role: 'admin' })
    const status = async (url: string, as?: { id: string }): Promise<number> =>
      (await test.request('GET', url, as ? { as } : {})).status
    expect(
      await Promise.all([status('/v1/admins/x'), status('/v1/admins/x', member), status('/v1/admins/x', admin)]),
    ).toEqual([401, 403, 200])
    expect(await Promise.all([status('/closed'), status('/closed/x', admin)])).toEqual([401, 403])
    expect(await Promise.all([status('/plugin/hello'), status('/plugin/hello', member)])).toEqual([401, 200])
    expect((await test.request('GET', '/plugin/hello', { headers: { authorization: 'Bearer x.y.z' } })).body.code).toBe(
      'identity.token-invalid',
    )
  })

  it('answers when the handler throws', async () => {
    await using test = await createTestApp(app)
    expect((await test.request('GET', '/broken')).status).toBe(500)
  })
})
