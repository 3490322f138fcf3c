// Requests that are taken directly from their connections: whatever bytes arrive, the answers are those of node:http.
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { AnsweredRequest } from '../../src/service/observe/index.ts'
import type { Answer, Exchange, Route } from '../../src/surface/contract/index.ts'
import type { HttpOptions, HttpServer } from '../../src/surface/http/index.ts'
import { randomOf } from '../property/random.ts'
import { oddRequests, posted, requestHead as head, unreadBodies } from './raw-requests.ts'
import { echo, exchange, listening, serve, closeAll } from './serve.ts'

afterEach(closeAll)

function shown(exchanged: Exchange): string {
  const { method, path, search, segments } = exchanged
  const [accept, x] = [exchanged.header('accept') ?? null, exchanged.header('x') ?? null]
  return JSON.stringify({ method, path, search, segments, accept, x })
}

const shows: Partial<Route> = {
  handler: exchanged => ({ status: 200, type: 'application/json', body: shown(exchanged) }),
}

const routes: readonly Partial<Route>[] = [
  shows,
  { ...shows, path: '/things/{name}' },
  { ...shows, path: '/things/{name}/parts/{part}' },
  { ...shows, path: '/things/special' },
  { ...shows, path: '/:odd/{name}' },
  { ...echo, path: '/echo' },
  { ...echo, path: '/echo/{name}', method: 'PATCH', bodyLimit: 40 },
  { method: 'DELETE', path: '/things/{name}', handler: () => ({ status: 204, type: null, body: null }) },
  {
    path: '/slow',
    handler: async () => {
      await turn()
      return { status: 200, type: 'text/plain', body: 'é', headers: { 'X-Own': 'ÿ' } }
    },
    produces: ['text/plain'],
  },
  {
    path: '/broken',
    handler: () => ({ status: 200, type: 'text/plain', body: 'x', headers: { 'X-Own': 'a\r\nb: c' } }),
  },
  { path: '/kept', handler: () => ({ status: 304, type: 'text/plain', body: 'never sent', headers: { ETag: '"1"' } }) },
]

const limits = { headerBytes: 2000, urlBytes: 1000, bodyBytes: 100 }

/** The same routes, which node:http carries: a plugin wants to hear of all answers. */
function byNode(options: Partial<HttpOptions> = {}): HttpServer {
  const hear = (server: HttpServer): HttpServer => {
    server.fastify.addHook('onResponse', (_request, _reply, done) => done())
    return server
  }
  return hear(serve(routes, { limits, ...options }))
}

/** What comes back for bytes that arrive in these pieces, before a last request that ends the connection. */
async function transcript(port: number, pieces: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  let received = ''
  socket.on('data', chunk => (received += chunk.toString('latin1')))
  socket.on('error', () => {})
  await once(socket, 'connect')
  for (const piece of pieces) {
    socket.write(piece, 'latin1')
    // Whether it has been read as a piece of its own does not matter for what has to come back.
    for (let turns = 0; turns < 3; turns++) await turn()
  }
  socket.write('GET /things?last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  if (!socket.closed) await once(socket, 'close')
  return received
    .replaceAll(/x-request-id: \S+/gi, 'x-request-id: …')
    .replaceAll(/Date: [^\r]+/g, 'Date: …')
    .replaceAll(/"request":"[^"]+"/g, '')
}

async function both(): Promise<(pieces: readonly string[]) => Promise<readonly [string, string]>> {
  const [direct, node] = [await listening(serve(routes, { limits })), await listening(byNode())]
  return pieces => Promise.all([transcript(direct, pieces), transcript(node, pieces)])
}

describe('what a connection brings', () => {
  it('is answered as node:http would, alone and after a request that was plain', async () => {
    const ask = await both()
    for (const request of oddRequests) {
      const [alone, asNode] = await ask([request])
      expect(alone, JSON.stringify(request)).toBe(asNode)
      const [after, afterAsNode] = await ask([head('GET /things/first HTTP/1.1'), request])
      expect(after, `after another one: ${JSON.stringify(request)}`).toBe(afterAsNode)
    }
  })

  it('is over when a body was refused unread: it has come already, and the connection can go on', async () => {
    const ask = await both()
    for (const request of unreadBodies) {
      const [direct, node] = await ask([request])
      const kept = /^connection: .*\r\n(?:keep-alive: .*\r\n)?/gim
      expect(direct.replaceAll(kept, '').startsWith(node.replaceAll(kept, '')), JSON.stringify(request)).toBe(true)
      expect(direct).toContain('"search":"last"')
    }
  })

  it('is answered as node:http would wherever it is cut', async () => {
    const ask = await both()
    const bytes =
      head('GET /slow HTTP/1.1') + posted('{"a":1}') + head('GET /things/2 HTTP/1.1') + head('HEAD /things HTTP/1.1')
    for (let at = 1; at < bytes.length; at += 5) {
      const [direct, node] = await ask([bytes.slice(0, at), bytes.slice(at)])
      expect(direct, `cut at ${at}`).toBe(node)
    }
  })

  it('is answered as node:http would whatever byte is changed', async () => {
    const ask = await both()
    const bytes = posted('{"a":1}') + head('GET /things/2?x=y HTTP/1.1', 'Accept: */*', 'X: y')
    const odd = ['\0', '\t', '\n', '\r', ' ', '#', '%', ',', ':', ';', '\x7f', '\x80', '\xff', '0', 'A']
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice(0, at) + (odd[at % odd.length] ?? '') + bytes.slice(at + (at % 3))
      // A length that is longer than what follows waits for more, from either.
      const [direct, node] = await ask([changed, posted('1')])
      expect(direct, JSON.stringify(changed)).toBe(node)
    }
  })
})

/** Asks and waits for the end of the first answer's head and body, which come in one piece. */
async function ask(socket: Socket, request: string): Promise<string> {
  socket.write(request)
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return bytes.toString('latin1')
}

/** Whether node:http knows the connection: it ends those of its own. */
async function isNodes(server: HttpServer, socket: Socket): Promise<boolean> {
  server.fastify.server.closeAllConnections()
  const gone = once(socket, 'close').then(() => true)
  return Promise.race([gone, ask(socket, head('GET /things HTTP/1.1')).then(() => false)])
}

async function connected(server: HttpServer): Promise<Socket> {
  const socket = connect(await listening(server), '127.0.0.1')
  await once(socket, 'connect')
  return socket.on('error', () => {})
}

describe('a connection', () => {
  it('is read directly as long as its requests are plain, and by node:http from the first that is not', async () => {
    const server = serve(routes)
    const socket = await connected(server)
    await ask(socket, head('GET /things HTTP/1.1'))
    await ask(socket, posted('{"a":1}'))
    expect(await isNodes(server, socket)).toBe(false)
    expect(await ask(socket, head('GET /nothing HTTP/1.1'))).toContain('server.no-route')
    expect(await isNodes(server, socket)).toBe(true)
  })

  it('is left to node:http where a plugin or monitoring wants to see requests', async () => {
    const watching: readonly ((server: HttpServer) => unknown)[] = [
      ({ fastify }) => fastify.addHook('onRequest', (_request, _reply, done) => done()),
      ({ fastify }) => fastify.addHook('onResponse', (_request, _reply, done) => done()),
      ({ fastify }) => fastify.server.on('request', () => {}),
      ({ fastify: { server } }) => Object.assign(server, { emit: createServer().emit.bind(server) }),
    ]
    for (const watch of watching) {
      const server = serve(routes)
      watch(server)
      const socket = await connected(server)
      await ask(socket, head('GET /things HTTP/1.1'))
      expect(await isNodes(server, socket), String(watch)).toBe(true)
    }
    const server = serve(routes)
    const socket = await connected(server)
    await ask(socket, head('GET /things HTTP/1.1'))
    const heard = once(server.fastify.server, 'request')
    await ask(socket, head('GET /things HTTP/1.1'))
    await heard
  })

  it('leads to the routes of plugins where Fastify would', async () => {
    const server = serve(routes)
    server.fastify.get('/things/own', (_request, reply) => reply.send('the plugin'))
    server.fastify.get('/things/:name/*', (_request, reply) => reply.send('the rest'))
    const port = await listening(server)
    const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
    expect(await get('/things/own')).toBe('the plugin')
    expect(await get('/things/5/parts')).toBe('the rest')
    expect(await get('/things/5/parts/6')).toContain('"segments":["5","6"]')
    expect(await get('/things/5')).toContain('"segments":["5"]')
  })

  it('leads wherever Fastify would, however routes are mixed', async () => {
    const random = randomOf(11)
    const segment = (): string => random.pick(['a', 'b', 'ab', '{}'])
    const path = (segments: readonly string[]): string => `/${segments.join('/')}`
    for (let round = 0; round < 20; round++) {
      const declared = new Set(
        Array.from({ length: 8 }, () => path(Array.from({ length: 1 + random.below(3) }, segment))),
      )
      const named = (each: string): string =>
        each
          .split('/')
          .map((part, index) => part.replace('{}', `{p${index}}`))
          .join('/')
      const places = (each: string): string => named(each).replaceAll(/\{(\w+)\}/g, ':$1')
      const [foreign = '', ...own] = declared
      const server = serve(
        own.map(each => ({
          path: named(each),
          handler: ({ segments }) => ({ status: 200, type: 'text/plain', body: `${each} ${segments.join()}` }),
          produces: ['text/plain'],
        })),
      )
      server.fastify.get(places(foreign), (_request, reply) => reply.send('foreign'))
      server.fastify.get(`${places(own[0] ?? '')}/*`, (_request, reply) => reply.send('wild'))
      const port = await listening(server)
      for (let asked = 0; asked < 30; asked++) {
        const url = path(Array.from({ length: 1 + random.below(4) }, () => random.pick(['a', 'b', 'ab', 'abc', ''])))
        // A connection of its own: one that has led to Fastify once is Fastify's.
        const socket = connect(port, '127.0.0.1')
        const [answer, byFastify] = [await ask(socket, head(`GET ${url} HTTP/1.1`)), await server.fastify.inject(url)]
        socket.destroy()
        const body = byFastify.statusCode === 200 ? byFastify.body : '"server.no-route"'
        expect(answer, `${url} among ${[...declared].join(' ')}`).toContain(body)
      }
    }
  })

  it('keeps what a request has put into its asynchronous context away from the next', async () => {
    const local = new AsyncLocalStorage<string>()
    const answering = Promise.withResolvers<void>()
    const seen: (string | undefined)[] = []
    const handler = async ({ path }: Exchange): Promise<Answer> => {
      seen.push(local.getStore())
      local.enterWith(path)
      await answering.promise
      return { status: 204, type: null, body: null }
    }
    const socket = await connected(serve([{ path: '/things/{name}', handler }]))
    socket.write(head('GET /things/1 HTTP/1.1'))
    await expect.poll(() => seen.length).toBe(1)
    socket.write(head('GET /things/2 HTTP/1.1'))
    for (let turns = 0; turns < 5; turns++) await turn()
    answering.resolve()
    await expect.poll(() => seen.length).toBe(2)
    expect(seen).toEqual([undefined, undefined])
  })

  it('waits for its requests no longer than it may, and is kept open between them', async () => {
    const server = serve(routes, { limits: { receiveTime: 50, keepAliveTime: 100 } })
    const silent = await connected(server)
    await once(silent, 'close')
    const port = (server.fastify.server.address() as { port: number }).port
    const socket = connect(port, '127.0.0.1')
    await ask(socket, head('GET /things HTTP/1.1'))
    const began = performance.now()
    await once(socket.resume(), 'close')
    expect(performance.now() - began).toBeGreaterThan(90)
  })

  it('is ended when the server closes, after the answer that is under way', async () => {
    const answer = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    const server = serve([
      {
        handler: async () => {
          started.resolve()
          await answer.promise
          return { status: 200, type: 'application/json', body: '{"late":true}' }
        },
      },
      { ...echo, path: '/echo' },
    ])
    const [busy, idle] = [await connected(server), connect((server.fastify.server.address() as { port: number }).port)]
    await ask(idle, posted('1'))
    let received = ''
    busy.on('data', chunk => (received += chunk.toString()))
    busy.write(head('GET /things HTTP/1.1'))
    await started.promise
    const closed = Promise.all([server.close(), once(idle.resume(), 'close')])
    answer.resolve()
    await Promise.all([closed, once(busy, 'close')])
    expect(received).toContain('connection: close')
    expect(received).toContain('{"late":true}')
  })

  it('that was opened before the server drains is answered once, and ended when no request comes', async () => {
    const server = serve(routes)
    const opened = once(server.fastify.server, 'connection')
    const socket = await connected(server)
    await opened
    const spare = connect((server.fastify.server.address() as { port: number }).port)
    await once(server.fastify.server, 'connection')
    server.drain()
    server.closeIdle()
    const answer = await ask(socket, head('GET /things HTTP/1.1'))
    expect(answer).toMatch(/^HTTP\/1.1 200/)
    expect(answer).toContain('connection: close')
    await once(socket, 'close')
    const sweeping = setInterval(() => server.closeIdle(), 20)
    await once(spare.resume(), 'close').finally(() => clearInterval(sweeping))
  })

  it('is ended when its client takes no answers', async () => {
    const body = 'x'.repeat(32_000_000)
    const server = serve([{ handler: () => ({ status: 200, type: 'text/plain', body }), produces: ['text/plain'] }], {
      limits: { sendTime: 50 },
    })
    const ended = Promise.withResolvers<void>()
    server.fastify.server.on('connection', connection => connection.on('close', ended.resolve))
    const socket = await connected(server)
    socket.pause().write(head('GET /things HTTP/1.1'))
    await ended.promise
    // What the system has of the answer can still be read.
    let bytes = 0
    socket.on('data', chunk => (bytes += chunk.length)).resume()
    await once(socket, 'close')
    expect(bytes).toBeLessThan(body.length)
  })

  it('logs whoever has gone before the answer as such', async () => {
    const entries: AnsweredRequest[] = []
    const aborted = Promise.withResolvers<unknown>()
    const started = Promise.withResolvers<void>()
    const handler = ({ context }: Exchange): Promise<never> =>
      new Promise((_resolve, reject) => {
        context.signal?.addEventListener('abort', () => {
          aborted.resolve(context.signal?.reason)
          reject(context.signal?.reason as Error)
        })
        started.resolve()
      })
    const socket = await connected(serve([{ handler }], { onAccess: entry => entries.push(entry) }))
    socket.write(head('GET /things HTTP/1.1'))
    await started.promise
    socket.destroy()
    expect(await aborted.promise).toMatchObject({ code: 'store.cancelled' })
    await turn()
    expect(entries).toEqual([expect.objectContaining({ status: 499, code: 'store.cancelled', address: '127.0.0.1' })])
  })
})

it('does not read further for who sends requests behind each other and takes no answers', async () => {
  const port = await listening(serve(routes, { limits: { sendTime: 50 } }))
  const answer = await exchange(
    port,
    head('GET /slow HTTP/1.1').repeat(50) + head('GET /slow HTTP/1.1', 'Connection: close'),
  )
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(51)
})
