// `plinth dev` or `plinth start` as the guide's reader has it in a terminal: started once, restarted by saved files, its output at hand.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Project } from './project.ts'

/** What the guide calls the server. */
const shownAddress = 'http://127.0.0.1:3000'
const patience = 60_000

/** The end of what each of the two prints when it serves. */
const served = { dev: /^ {2}Rows: .*\n(?: {2}\S.*\n)*\n/m, start: /"event":"started".*\n/ } as const

export class Served {
  readonly #child: ChildProcess
  readonly #command: 'dev' | 'start'
  #output = ''
  #seen = 0
  #address: string | null = null
  #waiting: (() => void)[] = []

  constructor(project: Project, command: 'dev' | 'start', environment: Readonly<Record<string, string>>) {
    this.#command = command
    // Any free port: other tests, and other programs, may have 3000.
    this.#child = project.start(['plinth', command], { ...environment, PORT: '0' })
    const collect = (chunk: Buffer): void => {
      this.#output += chunk.toString()
      for (const wake of this.#waiting.splice(0)) wake()
    }
    this.#child.stdout?.on('data', collect)
    this.#child.stderr?.on('data', collect)
    this.#child.on('close', () => collect(Buffer.from('\n(it has ended)\n')))
  }

  /** Where it is; known once it has started. */
  get address(): string {
    if (this.#address === null) throw new Error('it has not started')
    return this.#address
  }

  /** Waits until it serves and gives what it printed since it was last asked, with the address that the guide has. */
  async ready(): Promise<string> {
    await this.#until(text => served[this.#command].test(text))
    return this.#take()
  }

  /** How much it has printed so far. */
  get printedSoFar(): number {
    return this.#output.length
  }

  /** Waits until it has noticed that all of these files were saved, `since` it had printed so much, and serves again or says why not. */
  async restarted(files: readonly string[], since: number): Promise<void> {
    await this.#until(() => {
      const printed = this.#output.slice(since)
      const notices = [...printed.matchAll(/^(.+) changed: starting again$/gm)]
      const named = notices.flatMap(([, names = '']) => names.split(', '))
      const after = printed.slice(notices.at(-1)?.index ?? 0)
      return files.every(file => named.includes(file)) && /^(?: {2}Ready at |Waiting for a change).*\n/m.test(after)
    })
  }

  /** Waits until a line of what it printed since it was last asked matches. */
  async printed(line: RegExp): Promise<string> {
    await this.#until(text => text.split('\n').some(each => line.test(each)))
    return this.#take()
  }

  /** What it printed since it was last asked, left where it is: for messages. */
  terminal(): string {
    return this.#unseen()
  }

  /** Asks it to stop, and gives its exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode
    this.#child.kill('SIGTERM')
    await once(this.#child, 'close')
    return this.#child.exitCode
  }

  #unseen(): string {
    return this.#output.slice(this.#seen)
  }

  #take(): string {
    const text = this.#unseen()
    this.#seen = this.#output.length
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
    if (address !== undefined) this.#address = address
    if (this.#address === null) return text
    const everywhere = (url: string): string => url.replace('http://127.0.0.1', '0.0.0.0')
    return text.replaceAll(this.#address, shownAddress).replaceAll(everywhere(this.#address), everywhere(shownAddress))
  }

  async #until(holds: (text: string) => boolean): Promise<void> {
    const end = Date.now() + patience
    while (!holds(this.#unseen())) {
      const over = this.#child.exitCode !== null || /^Waiting for a change to start it again/m.test(this.#unseen())
      if (Date.now() > end || over) {
        throw new Error(`What was waited for did not happen. It printed:\n${this.#unseen()}`)
      }
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, 1000)
        this.#waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }
}
