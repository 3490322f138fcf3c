/** A statement ends when its time is over or its client has gone: the server is asked to stop, and a silent one is left. */
import { abortReason, refusal } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { ServerConnection } from './connection.ts'

/** Milliseconds that the server has to answer after it was asked to stop, unless the bounds say it. */
const shortGrace = 1000

export interface Bounds {
  /** Milliseconds of the epoch. */
  readonly deadline: number
  readonly signal: ExecutionContext['signal']
  /** Milliseconds, for the message. */
  readonly limit: number
  /** Milliseconds that the server has to answer after it was asked to stop. */
  readonly grace?: number
}

/** The bounds of a request's own statement. */
export const boundsOf = ({ deadline, signal }: ExecutionContext): Bounds => ({
  deadline,
  signal,
  limit: Math.max(0, deadline - Date.now()),
})

export async function watched<T>(connection: ServerConnection, bounds: Bounds, work: Promise<T>): Promise<T> {
  let stopped: (() => Error) | null = null
  let silence: NodeJS.Timeout | null = null
  let cancelling: Promise<void> | null = null
  const { promise: silent, reject } = Promise.withResolvers<never>()
  const stop = (reason: () => Error): void => {
    if (stopped !== null) return
    stopped = reason
    cancelling = connection.cancel().catch(() => connection.destroy())
    silence = setTimeout(() => {
      connection.destroy()
      reject(reason())
    }, bounds.grace ?? shortGrace)
  }
  const late = setTimeout(
    () => stop(() => refusal('store.time-limit', { limit: Math.round(bounds.limit) })),
    Math.max(0, bounds.deadline - Date.now()),
  )
  const gone = (): void => stop(() => abortReason(bounds.signal))
  if (bounds.signal?.aborted === true) gone()
  else bounds.signal?.addEventListener('abort', gone, { once: true })
  try {
    return await Promise.race([work, silent])
  } catch (error) {
    throw (stopped as (() => Error) | null)?.() ?? error
  } finally {
    clearTimeout(late)
    if (silence !== null) clearTimeout(silence)
    bounds.signal?.removeEventListener('abort', gone)
    work.catch(() => undefined)
    // Whoever gets the connection next must not be stopped in our place.
    if (connection.usable) await (cancelling as Promise<void> | null)
  }
}
