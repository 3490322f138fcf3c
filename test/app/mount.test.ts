// Handlers of other frameworks beside the generated routes.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { openApplication, silent } from '../../src/app/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'

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
    '/half': {
      allow: everyone,
      handler: async (_, response) => {
        response.write('half of it')
        throw new Error('boom')
      },
    },
    '/plugin': {
      allow: ({ user }) => user.isSignedIn,
      plugin: async fastify => {
        fastify.get('/hello', async () => ({ hello: 'plugin' }))
      },
    },
    '/broken/plugin': {
      allow: everyone,
      plugin: async fastify => {
        fastify.get('/', async () => {
          throw new Error('boom')
        })
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

  it('has its own way of signing in where everybody reaches it', async () => {
    await using test = await createTestApp(app)
    const headers = { authorization: 'Basic YTpi' }
    expect((await test.request('GET', '/open', { headers })).status).toBe(200)
    expect((await test.request('GET', '/v1/admins', { headers })).status).toBe(401)
  })

  it('answers when the handler throws, and the failure is told; half an answer does not pass for all of it', async () => {
    await using test = await createTestApp(app)
    expect((await test.request('GET', '/broken')).status).toBe(500)
    await expect(test.request('GET', '/half')).rejects.toThrow('destroyed')
    expect(test.failures).toMatchObject([{ message: 'boom' }, { message: 'boom' }])
  })

  it.each([
    ['neither a handler nor a plugin', { allow: everyone }],
    ['a handler that is no function', { allow: everyone, handler: 'x' }],
    ['both', { allow: everyone, handler: echo, plugin: () => {} }],
    ['nothing at all', null],
  ])('has something that answers: %s is refused', async (_, mounted) => {
    await expect(createTestApp(createApp({ schema, mount: { '/x': mounted } } as never))).rejects.toMatchObject({
      errors: [{ code: 'boot.setting-invalid', pointer: 'mount["/x"]' }],
    })
  })

  it('has one line for each request in the log, with the whole path and what was sent', async () => {
    const lines: string[] = []
    const opened = await openApplication(app, {
      root: import.meta.dirname,
      mode: 'test',
      environment: {},
      schema: 'follow',
      store: memoryStore(),
      watching: () => ({
        ...silent,
        answered: ({ method, url, status, bytes, code }) => lines.push([method, url, status, bytes, code].join(' ')),
      }),
    })
    const ask = async (url: string, method: 'GET' | 'HEAD' = 'GET'): Promise<number> =>
      (await opened.http.fastify.inject({ url, method })).rawPayload.byteLength
    const bytes = [await ask('/open/a?b=c'), await ask('/open/a?b=c', 'HEAD'), await ask('/v1/admins/x')]
    await ask('/broken')
    bytes.push(await ask('/broken/plugin'))
    await opened.close()
    expect(lines).toEqual([
      `GET /open/a?b=c 200 ${bytes[0]} `,
      'HEAD /open/a?b=c 200 0 ',
      `GET /v1/admins/x 401 ${bytes[2]} rules.sign-in-required`,
      'GET /broken 500 0 ',
      `GET /broken/plugin 500 ${bytes[3]} server.unexpected`,
    ])
    expect(bytes[0]).toBeGreaterThan(10)
  })
})
