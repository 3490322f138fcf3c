import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { tcpProxy } from './index.ts'

interface Echo extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly closed: () => number
}

/** A server that sends back what it gets. */
async function echo(): Promise<Echo> {
  let closed = 0
  const server = createServer(socket => {
    socket.on('error', () => {}) // it is cut on purpose
    socket.on('close', () => closed++)
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): Promise<void> => new Promise(resolve => void server.close(() => resolve()))
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    closed: () => closed,
    [Symbol.asyncDispose]: close,
  }
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}) // who waits for something hears of it
  await once(socket, 'connect')
  return socket
}

async function sendAndReceive(socket: Socket, word: string): Promise<string> {
  socket.write(word)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  return answer.toString()
}

test('passes everything on, and the end of a connection', async () => {
  await using target = await echo()
  await using proxy = await tcpProxy(target)
  const socket = await client(proxy.port)
  expect(await sendAndReceive(socket, 'hello')).toBe('hello')
  expect(proxy.connections).toBe(1)
  socket.end()
  await once(socket, 'close')
  await expect.poll(() => [proxy.connections, target.closed()]).toEqual([0, 1])
})

test('silent, it answers nothing and closes nothing; what waited comes in order', async () => {
  await using target = await echo()
  await using proxy = await tcpProxy(target)
  const before = await client(proxy.port)
  expect(await sendAndReceive(before, 'first')).toBe('first')
  proxy.silence()
  const during = await client(proxy.port)
  const heard: string[] = []
  for (const socket of [before, during]) {
    socket.on('data', (piece: Buffer) => heard.push(piece.toString()))
    socket.on('close', () => heard.push('closed'))
    socket.write('second')
  }
  // A connection that is not silent goes there and back meanwhile.
  await using other = await tcpProxy(target)
  expect(await sendAndReceive(await client(other.port), 'meanwhile')).toBe('meanwhile')
  expect(heard).toEqual([])
  proxy.resume()
  await expect.poll(() => heard).toEqual(['second', 'second'])
  before.destroy()
  during.destroy()
})

test('delays each piece', async () => {
  await using target = await echo()
  await using proxy = await tcpProxy(target)
  const socket = await client(proxy.port)
  proxy.delay(40)
  const began = performance.now()
  expect(await sendAndReceive(socket, 'slow')).toBe('slow')
  expect(performance.now() - began).toBeGreaterThanOrEqual(75) // there and back; timers may fire a little early
  socket.destroy()
})

test('cuts with a reset, and takes the next', async () => {
  await using target = await echo()
  await using proxy = await tcpProxy(target)
  const socket = await client(proxy.port)
  expect(await sendAndReceive(socket, 'hello')).toBe('hello')
  const broken = sendAndReceive(socket, 'again').catch(String)
  proxy.cut()
  expect(await broken).toMatch(/ECONNRESET/)
  const next = await client(proxy.port)
  expect(await sendAndReceive(next, 'hello')).toBe('hello')
  next.destroy()
})

test('refuses, and accepts again on the same port', async () => {
  await using target = await echo()
  await using proxy = await tcpProxy(target)
  await proxy.refuse()
  await expect(client(proxy.port)).rejects.toThrow('ECONNREFUSED')
  await proxy.accept()
  const socket = await client(proxy.port)
  expect(await sendAndReceive(socket, 'hello')).toBe('hello')
  socket.destroy()
})

test('is put into a URL', async () => {
  await using target = await echo()
  await using proxy = await tcpProxy(target)
  expect(proxy.through('postgres://plinth:secret@db.example:5432/shop?x=1')).toBe(
    `postgres://plinth:secret@127.0.0.1:${proxy.port}/shop?x=1`,
  )
})

test('forgets the connections that are open: they stay silent, and new ones work', async () => {
  await using target = await echo()
  await using proxy = await tcpProxy(target)
  const old = await client(proxy.port)
  expect(await sendAndReceive(old, 'first')).toBe('first')
  let heard = 0
  old.on('data', () => heard++).on('close', () => heard++)
  proxy.forget()
  old.write('lost')
  const fresh = await client(proxy.port)
  expect(await sendAndReceive(fresh, 'second')).toBe('second')
  expect(await sendAndReceive(fresh, 'third')).toBe('third')
  expect(heard).toBe(0)
  old.destroy()
  fresh.destroy()
})
