// One process of a database server: ready when its log says so, stopped by a signal, started again on the same port and files.
import type { ChildProcess } from 'node:child_process'
import { launch } from './unprivileged.ts'

/** How a server is started. */
export interface Launch {
  readonly program: string
  readonly args: readonly string[]
  readonly folder: string
  /** A line of its log that means: it takes connections. */
  readonly ready: RegExp
  /** The signal that ends it in order. */
  readonly end: NodeJS.Signals
  /** The signal that ends it at once, as a crash does. */
  readonly crash: NodeJS.Signals
}

/** In order: connections are closed, files are written. At once: as a crash leaves them. */
export type StopMode = 'in order' | 'at once'

const startLimit = 30_000
const stopLimit = 10_000
const keptOfLog = 20_000

const running = new Set<ServerProcess>()
let closed = false

/** Ends every server of this process at once, those too that are only starting; none can be started afterwards. */
export async function stopAll(): Promise<void> {
  closed = true
  await Promise.all([...running].map(server => server.stop('at once')))
}

export class ServerProcess {
  readonly #launch: Launch
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()
  #log = ''
  #stopping = false
  #death: string | null = null

  constructor(how: Launch) {
    this.#launch = how
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error(`${this.#launch.program} runs already`)
    if (closed) throw new Error('The run of tests has ended')
    const { program, args, folder, ready } = this.#launch
    const child = launch(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    running.add(this)
    this.#log = ''
    this.#stopping = false
    this.#ended = new Promise(resolve => {
      const ended = (): void => {
        this.#child = undefined
        running.delete(this)
        resolve()
      }
      child.once('error', ended)
      child.once('close', (status, signal) => {
        // What it said at its end is what tells why.
        const lastLines = this.#log.trim().split('\n').slice(-10).join('\n')
        if (!this.#stopping) this.#death = `${signal ?? `status ${status}`}\n${lastLines}`
        ended()
      })
    })
    await new Promise<void>((resolve, reject) => {
      const refuse = (why: string): void => reject(new Error(`${program} ${why}:\n${this.#log.trim()}`))
      const timer = setTimeout(() => refuse(`took no connection within ${startLimit} ms`), startLimit)
      const collect = (chunk: Buffer): void => {
        this.#log = (this.#log + chunk.toString()).slice(-keptOfLog)
        if (ready.test(this.#log)) resolve()
      }
      child.stdout?.on('data', collect)
      child.stderr?.on('data', collect)
      child.once('error', reject)
      child.once('close', status => {
        clearTimeout(timer)
        refuse(`ended with status ${status}`)
      })
      child.once('spawn', () => void this.#ended.then(() => clearTimeout(timer)))
    })
  }

  /** Ends it; what does not end in time is killed. */
  async stop(how: StopMode): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#stopping = true
    child.kill(how === 'in order' ? this.#launch.end : this.#launch.crash)
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimit)
    await this.#ended
    clearTimeout(timer)
  }

  /** How it ended though nobody ended it, with the last lines of its log; null when it did not. */
  get death(): string | null {
    return this.#death
  }

  /** The end of what it logged since its start. */
  get log(): string {
    return this.#log
  }
}
