/** The one writer: whoever writes waits for whoever is writing, in order, no longer than the request may take. */
import { abortReason, refusal } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'

export class Writer {
  #busy = false
  readonly #waiting: (() => void)[] = []

  /** Nothing when the writer was free, so that a write without a queue is answered at once. */
  acquire(context: ExecutionContext): undefined | Promise<void> {
    if (!this.#busy) {
      this.#busy = true
      return undefined
    }
    // A signal that was given before tells nobody any more.
    if (context.signal?.aborted === true) return Promise.reject(abortReason(context.signal))
    return new Promise((resolve, reject) => {
      const giveUp = (error: Error): void => {
        const index = this.#waiting.indexOf(enter)
        if (index !== -1) this.#waiting.splice(index, 1)
        leave()
        reject(error)
      }
      const late = (): void => giveUp(refusal('store.busy', {}))
      const gone = (): void => giveUp(abortReason(context.signal))
      const timer = setTimeout(late, Math.max(0, Math.min(context.deadline - Date.now(), 0x7fffffff)))
      const leave = (): void => {
        clearTimeout(timer)
        context.signal?.removeEventListener('abort', gone)
      }
      const enter = (): void => {
        leave()
        resolve()
      }
      context.signal?.addEventListener('abort', gone, { once: true })
      this.#waiting.push(enter)
    })
  }

  release(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#busy = false
    else next()
  }
}
