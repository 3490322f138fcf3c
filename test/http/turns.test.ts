// Many requests in one turn of the event loop: their answers leave together, in their order, and nobody waits for a client that has gone.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import type { PlinthError } from '../../src/error/index.ts'
import type { AnsweredRequest } from '../../src/service/observe/index.ts'
import type { Route } from '../../src/surface/contract/index.ts'
import { closeAll, echo, exchange, listening, serve } from './serve.ts'

afterEach(closeAll)

const numbered: Partial<Route> = {
  path: '/things/{number}',
  handler: ({ segments: [number = ''] }) => ({ status: 200, type: 'application/json', body: `{"é":${number}}` }),
}

const asking = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`

async function clients(port: number, count: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'))
  await Promise.all(sockets.map(socket => once(socket, 'connect')))
  return sockets
}

/** The body of the next answer, which is short enough to come in one piece. */
async function bodyOf(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return bytes.toString().split('\r\n\r\n')[1] ?? ''
}

it('lets answers to many clients leave together', async () => {
  const events: string[] = []
  const server = serve([
    {
      ...numbered,
      handler: ({ segments: [number = ''] }) => {
        events.push('ready')
        return { status: 200, type: 'application/json', body: `{"é":${number}}` }
      },
    },
  ])
  const port = await listening(server)
  server.fastify.server.on('request', (_request, response) => response.once('finish', () => events.push('left')))
  const sockets = await clients(port, 20)
  let together = 0
  // What clients send together may still reach a server in two turns.
  for (let round = 0; round < 50 && together < 15; round++) {
    events.length = 0
    const bodies = Promise.all(sockets.map(bodyOf))
    for (const [index, socket] of sockets.entries()) socket.write(asking(`/things/${index}`))
    expect(await bodies).toEqual(sockets.map((_, index) => `{"é":${index}}`))
    const runs = events.join(' ').match(/ready(?: ready)*/g) ?? []
    together = Math.max(...runs.map(run => run.split(' ').length))
  }
  expect(together).toBeGreaterThanOrEqual(15)
  for (const socket of sockets) socket.destroy()
})

it('answers requests that came behind each other on one connection in their order, whatever they are', async () => {
  const heard: AnsweredRequest[] = []
  const port = await listening(serve([numbered, { ...echo, path: '/echo' }], { onAccess: entry => heard.push(entry) }))
  const body = '{"a":1}'
  const parts = Array.from({ length: 100 }, (_, index) =>
    index % 10 === 3
      ? `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n${body}`
      : asking(index % 10 === 7 ? '/nothing' : `/things/${index}`),
  )
  const answer = await exchange(port, parts.join('') + asking('/things/last', 'Connection: close\r\n'))
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  expect(statuses).toEqual([...parts.map((_, index) => (index % 10 === 7 ? 404 : 200)), 200])
  const numbers = [...answer.matchAll(/\{"Ã©":(\w+)\}/g)].map(([, number]) => number)
  const asked = parts.flatMap((_, index) => (index % 10 === 3 || index % 10 === 7 ? [] : [String(index)]))
  expect(numbers).toEqual([...asked, 'last'])
  expect(heard).toHaveLength(101)
})

it('goes on for the others when clients have gone before their answers left', async () => {
  const heard: AnsweredRequest[] = []
  const port = await listening(serve([numbered], { onAccess: entry => heard.push(entry) }))
  for (let round = 0; round < 20; round++) {
    const sockets = await clients(port, 20)
    const staying = sockets.filter((_, index) => index % 3 !== 0)
    const bodies = Promise.all(staying.map(bodyOf))
    for (const [index, socket] of sockets.entries()) {
      socket.write(asking(`/things/${index}`))
      if (!staying.includes(socket)) socket.resetAndDestroy()
    }
    expect(await bodies).toEqual(staying.map(socket => `{"é":${sockets.indexOf(socket)}}`))
    for (const socket of staying) socket.destroy()
  }
  expect(heard.every(({ status }) => status === 200 || status === 499)).toBe(true)
})

it('goes on for the others when one answer cannot be sent later, and tells of that one', async () => {
  const failures: PlinthError[] = []
  const server = serve([numbered], { onFailure: error => failures.push(error) })
  const port = await listening(server)
  const { server: node } = server.fastify
  let handled: ServerResponse | null = null
  node.prependListener('request', ({ url }: IncomingMessage, response: ServerResponse) => {
    handled = response
    const end = response.end.bind(response)
    if (url !== '/things/19') return
    // An answer that leaves at once leaves well.
    response.end = (...given: readonly unknown[]) => {
      if (handled !== response) throw new Error('This one cannot be sent.')
      return Reflect.apply(end, response, given) as ServerResponse
    }
  })
  node.on('request', () => (handled = null))
  for (let round = 0; round < 50 && failures.length === 0; round++) {
    const sockets = await clients(port, 20)
    const [last] = sockets.slice(-1)
    const answered = last === undefined ? null : Promise.race([once(last, 'data'), once(last, 'close')])
    const others = sockets.slice(0, -1)
    // Once before, so that the server has them all.
    for (let time = 0; time < 2; time++) {
      const bodies = Promise.all(others.map(bodyOf))
      for (const [index, socket] of others.entries()) socket.write(asking(`/things/${index}`))
      if (time > 0) last?.write(asking('/things/19'))
      expect(await bodies).toEqual(others.map((_, index) => `{"é":${index}}`))
    }
    await answered
    for (const socket of sockets) socket.destroy()
  }
  expect(failures.map(({ code }) => code)).toEqual(['server.unexpected'])
})

it('carries out one request of a connection after the other, and ends one that has sent very many', async () => {
  let [running, most, begun] = [0, 0, 0]
  const server = serve([
    {
      ...numbered,
      handler: async ({ segments: [number = ''] }) => {
        begun++
        most = Math.max(most, ++running)
        await new Promise(resolve => setTimeout(resolve, 5))
        running--
        return { status: 200, type: 'application/json', body: number }
      },
    },
  ])
  const port = await listening(server)
  const paths = Array.from({ length: 30 }, (_, index) => `/things/${index}`)
  const asked = paths.map((path, index) => asking(path, index === 29 ? 'Connection: close\r\n' : '')).join('')
  const answers = (await exchange(port, asked)).split('HTTP/1.1 200 OK').slice(1)
  expect(answers.map(answer => answer.split('\r\n\r\n')[1])).toEqual(paths.map((_, index) => String(index)))
  expect(most).toBe(1)

  begun = 0
  expect(await exchange(port, asking('/things/1').repeat(1000))).toBe('')
  expect(begun).toBeLessThan(3)
})

it('ends a connection whose client does not take its answer', async () => {
  const body = 'x'.repeat(20_000_000)
  const server = serve([{ handler: () => ({ status: 200, type: 'application/json', body }) }], {
    limits: { sendTime: 200 },
  })
  const port = await listening(server)
  const answering = once(server.fastify.server, 'request') as Promise<[IncomingMessage, ServerResponse]>
  const [deaf] = await clients(port, 1)
  deaf?.pause()
  deaf?.write(asking('/things'))
  const [, response] = await answering
  await once(response, 'close')
  expect(response.writableFinished).toBe(false)
  deaf?.destroy()
})
