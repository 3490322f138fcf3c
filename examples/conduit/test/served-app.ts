// Conduit as `npm start` runs it: a process of its own, on any free port.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const command = ['--conditions=plinth-source', '../../src/cli/main.ts', 'dev', '--no-reload']

export interface ServedApp {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string
  /** What it printed so far. */
  printed(): string
  /** Asks it to stop and resolves to its exit code. */
  stop(): Promise<number | null>
}

/** Resolves when the application has printed its address, and rejects with what it printed when it ends instead. */
export async function serveConduit(databaseUrl: string): Promise<ServedApp> {
  // Settings of the tests are none of the application's: it refuses those that it does not know.
  const { PLINTH_TEST_LONG: _, ...environment } = process.env
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: {
      ...environment,
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const ready = Promise.withResolvers<string>()
  const ended = Promise.withResolvers<number | null>()
  const read = (chunk: Buffer): void => {
    text += chunk.toString()
    const address = /Conduit at (http:\/\/\S+)/.exec(text)?.[1]
    if (address !== undefined) ready.resolve(address)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  child.once('exit', code => {
    ready.reject(new Error(`Conduit ended with ${code} before it was ready:\n${text}`))
    ended.resolve(code)
  })
  return {
    origin: await ready.promise,
    printed: () => text,
    stop() {
      child.kill('SIGTERM')
      return ended.promise
    },
  }
}
