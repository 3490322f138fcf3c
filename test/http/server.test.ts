// The HTTP server by itself: answers, methods, paths, callers, errors, time, clients that go away, and the access log.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { fail, refusal } from '../../src/error/index.ts'
import type { Caller } from '../../src/query/index.ts'
import type { AnsweredRequest } from '../../src/service/observe/index.ts'
import type { Exchange, Route } from '../../src/surface/contract/index.ts'
import type { HttpServer } from '../../src/surface/http/index.ts'
import { closeAll, echo, exchange, listening, serve } from './serve.ts'

afterEach(closeAll)

describe('an answer', () => {
  it('has the headers that it owes to browsers and caches', async () => {
    const { headers, statusCode } = await serve([{}]).fastify.inject('/things')
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '11',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      vary: 'Authorization',
    })
    expect(headers['x-request-id']).toMatch(/^[a-z0-9]+-[a-z0-9]+$/)
    expect(headers).not.toHaveProperty('x-powered-by')
  })

  it('has each header once, the one of the route', async () => {
    const handler: Route['handler'] = () => ({
      status: 200,
      type: 'text/html',
      body: '<p>é</p>',
      headers: { 'content-security-policy': "default-src 'self'" },
    })
    const port = await listening(serve([{ handler, produces: ['text/html'], caller: 'ignored' }]))
    const answer = await exchange(port, 'GET /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer.match(/content-security-policy/gi)).toHaveLength(1)
    expect(answer).toContain("default-src 'self'")
    expect(answer).toContain('content-type: text/html; charset=utf-8')
    expect(answer).toContain('content-length: 9')
    expect(answer).not.toMatch(/vary/i)
  })

  it('ends where the server says, whatever else a refusal says of its length', async () => {
    const headers = { 'Content-Length': '3', 'Transfer-Encoding': 'chunked', 'X-Own': 'kept' }
    const handler = () => {
      throw fail('conflict', 'Taken.', { headers })
    }
    const port = await listening(serve([{ handler }]))
    const answer = await fetch(`http://127.0.0.1:${port}/things`)
    expect([answer.status, answer.headers.get('x-own'), answer.headers.get('transfer-encoding')]).toEqual([
      409,
      'kept',
      null,
    ])
    expect(await answer.json()).toMatchObject({ code: 'application.conflict' })
    expect(() => fail('gone' as 'conflict', 'Gone.')).toThrow(/"gone": it is one of .*conflict/)
  })

  it('varies by what the application says, too', async () => {
    const { headers } = await serve([{}], { headers: { vary: 'Origin' } }).fastify.inject('/things')
    expect(headers['vary']).toBe('Origin, Authorization')
  })

  it('to HEAD has the length of the body and no body', async () => {
    const port = await listening(serve([{}]))
    const answer = await exchange(
      port,
      'HEAD /things HTTP/1.1\r\nHost: x\r\n\r\nGET /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    )
    const [head, next = ''] = answer.split('\r\n\r\n')
    expect(head).toContain('content-length: 11')
    expect(next).toMatch(/^HTTP\/1.1 200 OK/)
  })

  it('goes through the hooks of a plugin that wants to see it', async () => {
    const server = serve([{}])
    server.fastify.addHook('onRequest', (_request, reply, done) => {
      reply.header('vary', 'Origin').header('access-control-allow-origin', '*')
      done()
    })
    server.fastify.addHook('onSend', (_request, reply, payload, done) => {
      reply.removeHeader('content-length')
      done(null, String(payload).toUpperCase())
    })
    const { headers, body } = await server.fastify.inject('/things')
    expect(body).toBe('{"OK":TRUE}')
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*', vary: 'Origin, Authorization' })
  })

  it.each(['onRequest', 'onResponse'] as const)('shows the query to the %s hook of a plugin', async name => {
    const server = serve([{}])
    const seen: unknown[] = []
    server.fastify.register((scope, _options, done) => {
      scope.addHook(name, (request: FastifyRequest, _reply: FastifyReply, next: () => void) => {
        seen.push(request.query)
        next()
      })
      scope.get('/theirs', () => 'theirs')
      done()
    })
    await server.fastify.inject('/theirs?a=1&a=%20b')
    expect(seen).toMatchObject([{ a: ['1', ' b'] }])
  })

  it('shows the query to the routes of a plugin, and to hooks around all routes', async () => {
    const server = serve([{}])
    server.fastify.get('/theirs', ({ query }) => query)
    expect((await server.fastify.inject('/theirs?name=x')).json()).toEqual({ name: 'x' })
    const watched = serve([{}])
    const seen: unknown[] = []
    watched.fastify.addHook('onResponse', (request, _reply, done) => {
      seen.push(request.query)
      done()
    })
    await watched.fastify.inject('/things?name=x')
    expect(seen).toMatchObject([{ name: 'x' }])
  })
})

describe('methods and paths', () => {
  const server = (): HttpServer =>
    serve([
      { path: '/api/articles' },
      { path: '/api/articles', ...echo },
      { path: '/api/articles:aggregate' },
      {
        path: '/api/articles/{key}',
        handler: ({ segments }) => ({ status: 200, type: 'application/json', body: JSON.stringify(segments) }),
      },
      {
        path: '/api/articles/{key}',
        ...echo,
        method: 'PATCH',
        consumes: ['application/merge-patch+json', 'application/json'],
      },
    ])

  it('gives handlers their segments as they were sent', async () => {
    const { fastify } = server()
    expect((await fastify.inject('/api/articles/a%2Cb,c%2Fd')).body).toBe('["a%2Cb,c%2Fd"]')
    expect((await fastify.inject('/api/articles:aggregate')).body).toBe('{"ok":true}')
    expect((await fastify.inject('/api/articles/:aggregate')).body).toBe('[":aggregate"]')
  })

  it('answers OPTIONS with what is possible', async () => {
    const { fastify } = server()
    const list = await fastify.inject({ method: 'OPTIONS', url: '/api/articles' })
    expect([list.statusCode, list.headers['allow'], list.body]).toEqual([204, 'GET, POST, HEAD, OPTIONS', ''])
    const one = await fastify.inject({ method: 'OPTIONS', url: '/api/articles/1' })
    expect(one.headers['accept-patch']).toBe('application/merge-patch+json, application/json')
    expect(one.headers).not.toHaveProperty('content-length')
  })

  it.each(['PUT', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY'])(
    'refuses %s with 405 and says what is possible',
    async method => {
      const { fastify } = server()
      const answer = await fastify.inject({ method: method as 'PUT', url: '/api/articles' })
      expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'GET, POST, HEAD, OPTIONS'])
      expect(answer.json()).toMatchObject({
        type: '/errors/server.method-not-allowed',
        title: 'Method not allowed',
        status: 405,
        code: 'server.method-not-allowed',
        parameters: { method },
      })
    },
  )

  it.each(['PUT', 'QUERY'])('says so before it minds the body of %s', async method => {
    const { fastify } = server()
    for (const type of ['application/json', 'nonsense', 'text/xml']) {
      const headers = { 'content-type': type }
      const answer = await fastify.inject({ method: method as 'PUT', url: '/api/articles', payload: '{"a":', headers })
      expect([answer.statusCode, answer.json().code]).toEqual([405, 'server.method-not-allowed'])
      const absent = await fastify.inject({ method: method as 'PUT', url: '/nothing', payload: '{"a":', headers })
      expect([absent.statusCode, absent.json().code]).toEqual([404, 'server.no-route'])
    }
  })

  it('names the nearest address where nothing is', async () => {
    const answer = await server().fastify.inject('/api/artikles?x=1')
    expect(answer.statusCode).toBe(404)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json()).toMatchObject({ code: 'server.no-route', hint: 'The nearest address is /api/articles.' })
    expect(answer.json().request).toBe(answer.headers['x-request-id'])
  })

  it.each(['/api/articles/', '/api/articles/%zz', '//api/articles', '/api/articles/a/b'])(
    'finds nothing at %s',
    async url => {
      expect([400, 404]).toContain((await server().fastify.inject(url)).statusCode)
    },
  )

  it('accepts the absolute form of a URL', async () => {
    const port = await listening(server())
    const answer = await exchange(port, 'GET http://x/api/articles HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 200/)
  })

  it('refuses a URL beyond its limit', async () => {
    const answer = await serve([{}], { limits: { urlBytes: 100 } }).fastify.inject(`/things?${'x'.repeat(100)}`)
    expect([answer.statusCode, answer.json().code]).toEqual([414, 'server.url-too-long'])
  })
})

describe('headers', () => {
  it('are what was sent, and nothing that every object has', async () => {
    const names = ['x-one', 'constructor', '__proto__', 'toString']
    const handler = (exchange: Exchange) => ({
      status: 200,
      type: 'application/json',
      body: JSON.stringify(names.map(name => exchange.header(name) ?? null)),
    })
    const { fastify } = serve([{ handler, produces: ['application/json'] }])
    const answer = await fastify.inject({ url: '/things', headers: { 'X-One': '1' } })
    expect(answer.json()).toEqual(['1', null, null, null])
  })
})

describe('who is calling', () => {
  const someone: Caller = { class: 'signedIn', key: ['1'], attributes: { id: '1' }, reason: null }

  it('is found out before the handler runs, at once or later', async () => {
    const handler = ({ context }: Exchange) => ({ status: 200, type: 'text/plain', body: context.caller.class })
    for (const resolveCaller of [() => someone, () => Promise.resolve(someone)]) {
      const answer = await serve([{ handler, produces: ['text/plain'] }], { resolveCaller }).fastify.inject('/things')
      expect(answer.body).toBe('signedIn')
    }
  })

  it('is told how to sign in when the credential is wrong', async () => {
    const resolveCaller = (): Caller => {
      throw refusal('identity.token-expired', {})
    }
    const answer = await serve([{}], {
      resolveCaller,
      challenge: error => `Token error="${error.code}"`,
    }).fastify.inject('/things')
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([
      401,
      'Token error="identity.token-expired"',
    ])
    expect(answer.headers['cache-control']).toBe('no-store')
  })
})

describe('errors', () => {
  it('never show what was thrown', async () => {
    const failures: unknown[] = []
    const handler = (): never => {
      throw new Error('SELECT secret FROM /etc/passwd')
    }
    const answer = await serve([{ handler }], { onFailure: error => failures.push(error.cause) }).fastify.inject(
      '/things',
    )
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toMatch(/secret|passwd|server\.test|stack/)
    expect(failures).toEqual([expect.objectContaining({ message: 'SELECT secret FROM /etc/passwd' })])
  })

  it('can be presented in a way of their own by a group of routes', async () => {
    const server = serve([
      {
        path: '/old/{id}',
        presentError: error => ({
          status: error.status,
          type: 'application/json',
          body: `{"errors":["${error.code}"]}`,
        }),
        handler: () => Promise.reject(refusal('request.not-found', { model: 'Thing' })),
      },
      {},
    ])
    expect((await server.fastify.inject('/old/1')).json()).toEqual({ errors: ['request.not-found'] })
    const method = await server.fastify.inject({ method: 'DELETE', url: '/old/1' })
    expect([method.statusCode, method.json()]).toEqual([405, { errors: ['server.method-not-allowed'] }])
    expect((await server.fastify.inject('/none')).json().code).toBe('server.no-route')
  })

  it('carry the places of several mistakes', async () => {
    const handler = (): never => {
      throw refusal(
        'values.invalid',
        { model: 'Thing' },
        {
          errors: [{ code: 'values.required', pointer: '/name', message: '"name" is missing.' }],
        },
      )
    }
    const answer = await serve([{ handler }]).fastify.inject('/things')
    expect(answer.json()).toMatchObject({
      status: 422,
      detail: 'The Thing that was sent is not valid.',
      parameters: { model: 'Thing' },
      errors: [{ code: 'values.required', pointer: '/name', message: '"name" is missing.' }],
    })
  })
})

describe('time and clients that go away', () => {
  it('aborts the work of a client that has gone, and logs it once', async () => {
    const aborted = Promise.withResolvers<unknown>()
    const entries: AnsweredRequest[] = []
    const started = Promise.withResolvers<void>()
    const handler = ({ context }: Exchange) =>
      new Promise<never>((_resolve, reject) => {
        context.signal?.addEventListener('abort', () => {
          aborted.resolve(context.signal?.reason)
          reject(context.signal?.reason as Error)
        })
        started.resolve()
      })
    const port = await listening(serve([{ handler }], { onAccess: entry => entries.push(entry) }))
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /things HTTP/1.1\r\nHost: x\r\n\r\n')
    await started.promise
    socket.destroy()
    expect(await aborted.promise).toMatchObject({ code: 'store.cancelled' })
    await Promise.resolve()
    expect(entries).toEqual([expect.objectContaining({ status: 499, code: 'store.cancelled', address: '127.0.0.1' })])
  })

  it('stops work whose time is over, and answers even when it does not stop', async () => {
    const reasons: unknown[] = []
    const handler = ({ context }: Exchange) =>
      new Promise<never>(() => context.signal?.addEventListener('abort', () => reasons.push(context.signal?.reason)))
    const answer = await serve([{ handler }], { limits: { requestTime: 20, stopTime: 20 } }).fastify.inject('/things')
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([
      503,
      'store.time-limit',
      '1',
    ])
    expect(reasons).toEqual([expect.objectContaining({ code: 'store.time-limit' })])
  })

  it('keeps the answer of a write that ends shortly after its time', async () => {
    const handler = ({ context }: Exchange) =>
      new Promise<{ status: number; type: null; body: null }>(resolve =>
        context.signal?.addEventListener('abort', () => resolve({ status: 204, type: null, body: null })),
      )
    const answer = await serve([{ handler }], { limits: { requestTime: 20, stopTime: 1000 } }).fastify.inject('/things')
    expect(answer.statusCode).toBe(204)
  })

  it('keeps the moment and the signal when a context is spread', async () => {
    const handler = ({ context }: Exchange) => {
      const inner = { ...context, transaction: { store: 'x', remembered: null } }
      return { status: 200, type: 'text/plain', body: `${inner.now} ${inner.signal instanceof AbortSignal}` }
    }
    const options = { clock: () => Date.parse('2026-11-22T17:29:21.000Z') }
    const answer = await serve([{ handler, produces: ['text/plain'] }], options).fastify.inject('/things')
    expect(answer.body).toBe('2026-11-22T17:29:21.000Z true')
  })

  it('tells connections to close while it drains, also those that nobody uses just then', async () => {
    const server = serve([{}])
    const port = await listening(server)
    const asked = 'GET /things HTTP/1.1\r\nHost: x\r\n\r\n'
    const answers = await exchange(port, asked, socket =>
      socket.once('data', () => {
        server.drain()
        socket.write(asked)
      }),
    )
    expect(answers.match(/connection: .*/giu)).toEqual(['Connection: keep-alive', 'connection: close'])
  })
})

describe('the access log', () => {
  it('hears of no secret that stands in a path', async () => {
    const urls: string[] = []
    const { fastify } = serve([{ path: '/reset/{resetToken}/of/{name}' }], { onAccess: ({ url }) => urls.push(url) })
    await fastify.inject('/reset/abc/of/ann?x=1')
    expect(urls).toEqual(['/reset/***/of/ann?x=1'])
  })

  it('hears of every request once: answers, refusals, absent routes and plugins', async () => {
    const entries: AnsweredRequest[] = []
    const server = serve([{}, { ...echo, path: '/echo' }], { onAccess: entry => entries.push(entry) })
    server.fastify.get('/foreign', (_request, reply) => reply.send('hi'))
    await server.fastify.inject('/things?a=1')
    await server.fastify.inject({ method: 'POST', url: '/echo' })
    await server.fastify.inject('/nothing')
    await server.fastify.inject('/foreign')
    expect(entries.map(({ method, url, status, code, caller }) => [method, url, status, code, caller])).toEqual([
      ['GET', '/things?a=1', 200, null, 'anonymous'],
      ['POST', '/echo', 400, 'request.body-missing', 'anonymous'],
      ['GET', '/nothing', 404, 'server.no-route', null],
      ['GET', '/foreign', 200, null, null],
    ])
    expect(entries.every(entry => entry.microseconds > 0)).toBe(true)
  })
})
