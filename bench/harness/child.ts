// A process of the run and the questions put to it, one at a time.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

import { cacheFolder } from '../data/dataset.ts'

/** A forked process that answers questions over Node's IPC channel. */
export interface Child<Question, Answer> {
  readonly pid: number
  ask(question: Question): Promise<Answer>
  /** What it says without being asked, such as that it is ready. */
  next(): Promise<Answer>
  stop(): Promise<void>
}

/**
 * Starts a process from a TypeScript file. Its standard output goes to the file descriptor given: a peer's access log
 * must cost it a real write, and must not fill the terminal. Node's compile cache keeps compiled code between starts,
 * TypeScript with its types taken out included, so that a start is one of a deployed service.
 * With a profile folder the process leaves a V8 CPU profile there.
 */
export function startChild<Question extends object, Answer>(
  file: string,
  args: readonly string[],
  output: number | 'ignore',
  profileFolder?: string,
): Child<Question, Answer> {
  const child = fork(file, args, {
    execArgv: [
      '--conditions=plinth-source',
      ...(profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]),
    ],
    env: { ...process.env, NODE_ENV: 'production', NODE_COMPILE_CACHE: join(cacheFolder(), 'compiled') },
    stdio: ['ignore', output, 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${file} could not be started`)

  return {
    pid,
    next: () => nextMessage<Answer>(child, file),
    ask(question) {
      const answer = nextMessage<Answer>(child, file)
      child.send(question)
      return answer
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.disconnect()
      await ended
    },
  }
}

function nextMessage<Answer>(child: ChildProcess, file: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off('exit', onExit)
      // Both ends are ours, and messages.ts says what travels.
      resolve(message as Answer)
    }
    const onExit = (code: number | null, signal: string | null) => {
      child.off('message', onMessage)
      reject(new Error(`${file} ended (${signal ?? `exit code ${code}`})`))
    }
    child.once('message', onMessage)
    child.once('exit', onExit)
  })
}
