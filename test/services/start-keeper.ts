// Starts the keeper of a run's servers beside this process. It starts no server by itself.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { makeRunFolder, socketOf } from './run-folder.ts'

/** The keeper of a run. */
export interface Keeper {
  /** Its process. */
  readonly id: number | undefined
  /** Where it listens. */
  readonly socket: string
  /** Stops all servers and takes away their files. */
  end(): Promise<void>
}

/** `base` is the folder in which the run's folder is made. */
export async function startKeeper(base?: string): Promise<Keeper> {
  const folder = makeRunFolder(base)
  // In a session of its own: Ctrl-C in the terminal ends its parent, whose pipe then tells it to stop its servers in order.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = once(child, 'close')
  const ready = once(child.stdout, 'data')
  const failed = ended.then(([status]) => {
    throw new Error(`The keeper of the test servers ended with status ${status}`)
  })
  failed.catch(() => {}) // after the start its end is no failure
  await Promise.race([ready, failed])
  child.unref()
  return {
    id: child.pid,
    socket: socketOf(folder),
    end: async () => {
      child.ref() // whoever waits for its end stays until then
      child.stdin.end()
      await ended
    },
  }
}
