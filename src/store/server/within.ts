/** Bounds on the time of what a connection does while no request has it. */
import type { ServerConnection } from './connection.ts'

/** The connection ends when its answer has not come in so many milliseconds, or is an error. */
export async function within<T>(milliseconds: number, connection: ServerConnection, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => connection.destroy(), milliseconds)
  try {
    return await answer
  } catch (error) {
    connection.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Milliseconds that a connection may take to end in peace. */
const farewell = 1000

/** Ends a connection, in peace if the other end takes part. */
export async function endOf(connection: ServerConnection): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, farewell)
  try {
    await Promise.race([connection.close(), late])
  } catch {
    // It is ended below.
  } finally {
    clearTimeout(timer)
    connection.destroy()
  }
}
