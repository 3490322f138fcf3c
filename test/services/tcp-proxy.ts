// Stands between a client and a server and mistreats the connection: silent, slow or cut, as networks do.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** `url` through this proxy. */
  through(url: string): string
  /** How many connections are open through it. */
  readonly connections: number
  /** Nothing passes any more, in neither direction, and nobody is told: half open, as after a pulled cable. New connections too. */
  silence(): void
  /** What waited since `silence` passes, and all that follows. */
  resume(): void
  /** The connections that are open stay silent for ever, and nobody is told, as when a firewall has forgotten them; new ones work. */
  forget(): void
  /** Each piece waits so many milliseconds from now on, in each direction. */
  delay(milliseconds: number): void
  /** Breaks all connections with a reset; new ones are taken. */
  cut(): void
  /** Breaks all connections and refuses new ones until `accept` takes them again on the same port. */
  refuse(): Promise<void>
  accept(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
  forgotten: boolean
}

/** `await using proxy = await tcpProxy(server)`. */
export async function tcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let wait = 0
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined

  function take(client: Socket): void {
    const server = connect({ host: target.host, port: target.port, allowHalfOpen: true })
    const pair = { client, server, forgotten: false }
    pairs.add(pair)
    forward(pair, client, server)
    forward(pair, server, client)
  }

  /** In order, each piece after its wait and never while it is silent; so do the end and the close of a side. */
  function forward(pair: Pair, from: Socket, to: Socket): void {
    let last = Promise.resolve()
    const later = (pass: () => void): void => {
      const waited = wait === 0 ? undefined : sleep(wait, undefined, { ref: false })
      last = last
        .then(() => waited)
        .then(() => gate?.opened)
        .then(pass)
    }
    from.setNoDelay(true)
    from.on('data', (piece: Buffer) => later(() => void (to.writable && !pair.forgotten && to.write(piece))))
    from.on('end', () => later(() => void (pair.forgotten || to.end())))
    from.on('error', () => {}) // 'close' follows
    from.on('close', () =>
      later(() => {
        // Its side of the server stays until the proxy ends: the server is not told either.
        if (pair.forgotten) return
        to.destroy()
        pairs.delete(pair)
      }),
    )
  }

  function cut(): void {
    for (const { client, server } of pairs) {
      client.resetAndDestroy()
      server.destroy()
    }
    pairs.clear()
  }

  const listener = createServer({ allowHalfOpen: true }, take)
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(port, '127.0.0.1', resolve)
    })
  const refuse = async (): Promise<void> => {
    const closed = new Promise(resolve => listener.close(resolve))
    cut()
    await closed
  }

  await listen(0)
  const { port } = listener.address() as AddressInfo
  return {
    port,
    get connections() {
      return pairs.size
    },
    through: url => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    silence: () => {
      if (gate !== undefined) return
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = { opened: promise, open: resolve }
    },
    resume: () => {
      gate?.open()
      gate = undefined
    },
    forget: () => {
      for (const pair of pairs) pair.forgotten = true
    },
    delay: milliseconds => {
      wait = milliseconds
    },
    cut,
    refuse,
    accept: () => listen(port),
    [Symbol.asyncDispose]: async () => {
      gate?.open()
      if (listener.listening) await refuse()
    },
  }
}
