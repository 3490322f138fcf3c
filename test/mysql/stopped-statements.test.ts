// What becomes of a statement of MariaDB or MySQL that is to be stopped: the request for it takes a connection of its own, which can fail or hang.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { mysqlAddresses, readServerAddress } from '../../src/lib/index.ts'
import { loadMysql } from '../../src/store/mysql/driver.ts'
import { MysqlServerDriver } from '../../src/store/mysql/mysql-driver.ts'
import { freshDatabase, needs, serversOf } from '../services/index.ts'

/** Passes everything on but what `stops` of it says: from then on the connection is silent. */
async function silencer(target: { readonly host: string; readonly port: number }, stops: (sent: Buffer) => boolean) {
  const open = new Set<Socket>()
  let silenced = 0
  const server = createServer(near => {
    const far = connect(target)
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    let silent = false
    near.on('data', sent => {
      if (!silent && stops(sent)) {
        silent = true
        silenced++
      }
      if (!silent) far.write(sent)
    })
    far.on('data', answer => void near.write(answer))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    silenced: () => silenced,
    /** Connections that are open, each with its two ends. */
    connections: () => open.size / 2,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const limits = { connect: 400, quick: 5000, statement: 0, idleInTransaction: 60_000, lock: 5000, prepared: 10 }

describe.each(serversOf('mysql'))('on %s', name => {
  async function opened(url: string, stops: (sent: Buffer) => boolean) {
    const read = readServerAddress(url, mysqlAddresses)
    if (!('address' in read)) throw new Error(`no address: ${url}`)
    const { address } = read
    const proxy = await silencer(address, stops)
    const driver = new MysqlServerDriver(
      await loadMysql(),
      { ...address, host: '127.0.0.1', port: proxy.port },
      limits,
      null,
    )
    return { proxy, driver, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() }
  }
  const wait = { sql: 'select sleep(3)', name: null }

  test('a kill that hangs is given up, and its connection ended', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    await using at = await opened(database.url, sent => sent.includes('kill query'))
    const { proxy, driver } = at
    const connection = await driver.connect('work')
    const running = connection.run(wait, [])
    const cancelled = connection.cancel()
    await expect.poll(proxy.silenced).toBe(1)
    await expect.poll(proxy.connections, { timeout: 1500 }).toBe(1)
    // The statement goes on, and its connection with it: whoever waits for it has a limit, too.
    expect((await running).rows).toHaveLength(1)
    await cancelled
    expect(connection.usable).toBe(true)
    connection.destroy()
  })

  test('a kill that comes too late hurts nobody', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    await using at = await opened(database.url, () => false)
    const { proxy, driver } = at
    const [gone, other] = [await driver.connect('work'), await driver.connect('work')]
    await gone.cancel()
    await expect.poll(proxy.connections).toBe(2)
    expect((await other.run({ sql: 'select 1', name: null }, [])).rows).toHaveLength(1)
    expect((await gone.run({ sql: 'select 1', name: null }, [])).rows).toHaveLength(1)
    for (const connection of [gone, other]) connection.destroy()
  })

  test('where no connection can be made for it, whoever asked is told in time', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    let full = false
    await using at = await opened(database.url, () => full)
    const { proxy, driver } = at
    const connection = await driver.connect('work')
    full = true
    const started = performance.now()
    await expect(connection.cancel()).rejects.toThrow('connect ETIMEDOUT')
    expect(performance.now() - started).toBeLessThan(1900)
    await expect.poll(proxy.connections).toBe(1)
    connection.destroy()
  })
})
