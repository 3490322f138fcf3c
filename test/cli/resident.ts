/**
 * The command line without a process for each command: for tests that are about what a command does. Those of signals, limits of the system
 * or of several at once start processes of their own.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compiledCodeFolder } from '../../src/cli/compiled-code.ts'

export interface ResidentCommand {
  readonly words: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Standard input, in base64. */
  readonly input: string
}

export interface Ended {
  readonly code: number
  /** Standard output and standard error. */
  readonly output: string
  /** Standard output. */
  readonly results: string
}

const host = fileURLToPath(new URL('resident-host.ts', import.meta.url))

let child: ChildProcess | null = null
let last: Promise<unknown> = Promise.resolve()

/** Runs after the ones before: a process has one folder. */
export function runResident(command: ResidentCommand): Promise<Ended> {
  const answer = last.then(() => ask(command))
  last = answer.catch(() => undefined)
  return answer
}

function ask(command: ResidentCommand): Promise<Ended> {
  child ??= started()
  const running = child
  return new Promise((resolve, reject) => {
    const end = (): void => {
      running.off('message', take)
      running.off('exit', fail)
    }
    const take = (message: unknown): void => {
      end()
      resolve(message as Ended)
    }
    const fail = (): void => {
      end()
      child = null
      reject(new Error(`The process ended within plinth ${command.words.join(' ')}.`))
    }
    running.on('message', take)
    running.on('exit', fail)
    running.send(command)
  })
}

/** Ends with this process, which it is connected to. */
function started(): ChildProcess {
  const running = fork(host, {
    execPath: process.execPath,
    execArgv: ['--conditions=plinth-source'],
    // As the command line itself keeps it: half of the time of a start is compiling.
    env: { NODE_COMPILE_CACHE: compiledCodeFolder(), ...process.env },
    stdio: 'inherit',
  })
  running.unref()
  running.channel?.unref()
  return running
}
