// A TCP port for a server that will be stopped and started again: nobody else is given it meanwhile.
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the ports that systems give to outgoing connections. From among those, a client that tries to reach a server which is down can be
// given the server's own port, and then holds it.
const lowest = 15_000
const highest = 32_000

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowest, highest)
    if (await isFree(port)) return port
  }
  throw new Error(`No TCP port is free between ${lowest} and ${highest}`)
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise(resolve => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
