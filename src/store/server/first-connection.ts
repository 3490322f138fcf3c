/** The first connection to a server, by which it is found out whether it can be used: what goes wrong is told to whoever starts the application. */
import { PlinthError, refusal } from '../../error/index.ts'
import type { ServerConnection, ServerDriver } from './connection.ts'

/** Lends the first connection to `look`. */
export async function withFirstConnection<Connection extends ServerConnection, T>(
  driver: ServerDriver & { connect(purpose: 'tables'): Promise<Connection> },
  look: (connection: Connection) => Promise<T>,
): Promise<T> {
  let connection: Connection | null = null
  try {
    connection = await driver.connect('tables')
    return await look(connection)
  } catch (error) {
    throw bootError(driver, error)
  } finally {
    connection?.destroy()
  }
}

function bootError(driver: ServerDriver, error: unknown): unknown {
  const failure = driver.failureOf(error)
  if (failure.kind === 'misconfigured') return failure.error
  const reason = error instanceof Error && error.message !== '' ? error.message : 'nothing answers there'
  const cause = error instanceof Error ? { cause: error } : {}
  return error instanceof PlinthError
    ? error
    : refusal('boot.database-unreachable', { reason, advice: 'Start it, or check the host and the port.' }, cause)
}

/** A server that can be reached and cannot be used. */
export const unusable = (reason: string, advice: string): PlinthError =>
  refusal('boot.database-unreachable', { reason, advice })
