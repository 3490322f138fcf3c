/** Work that lost against other transactions is done again, after pauses that grow, as long as somebody waits for it. */
import { setTimeout as pause } from 'node:timers/promises'
import { PlinthError } from '../error/index.ts'
import { backoff } from '../lib/index.ts'
import type { ExecutionContext } from '../query/index.ts'

const mostAttempts = 10
/** Milliseconds. */
const [firstPause, longestPause] = [10, 1000]

export const isBusy = (error: unknown): boolean => error instanceof PlinthError && error.code === 'store.busy'

export async function againWhenBusy<T>({ deadline, signal }: ExecutionContext, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const milliseconds = backoff(attempt, firstPause, longestPause)
      const isOver = signal?.aborted === true || Date.now() + milliseconds >= deadline
      if (attempt >= mostAttempts || isOver || !isBusy(error)) throw error
      await pause(milliseconds)
    }
  }
}
