/** Liveness and readiness, for whatever watches the process. */
import { refusal } from '../error/index.ts'
import { anonymous, type ExecutionContext } from '../query/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { Route } from '../surface/contract/index.ts'

export interface HealthOptions {
  readonly store: Store
  /** The process has been asked to stop: no more requests should be sent here. */
  readonly stopping: () => boolean
}

const type = 'application/json'
const uncached = { 'Cache-Control': 'no-store' }
const answer = (body: string) => ({ status: 200, type, body, headers: uncached })

/** How long the store may take to answer before the process counts as not ready. */
const pingTime = 2000

/** `/health/live`: the process runs. `/health/ready`: it can serve, its database answers, and it has not been asked to stop. */
export function healthRoutes({ store, stopping }: HealthOptions): readonly Route[] {
  const route = (path: string, handler: Route['handler']): Route => ({
    method: 'GET',
    path,
    caller: 'ignored',
    consumes: null,
    produces: [type],
    handler,
  })
  return [
    route('/health/live', () => answer('{"status":"live"}')),
    route('/health/ready', async ({ context }) => {
      if (stopping()) throw refusal('server.stopping', {})
      await ping(store, context)
      return answer('{"status":"ready"}')
    }),
  ]
}

async function ping(store: Store, request: ExecutionContext): Promise<void> {
  const signal = AbortSignal.timeout(pingTime)
  const context: ExecutionContext = { ...request, caller: anonymous, deadline: Date.now() + pingTime, signal }
  const late = Promise.withResolvers<never>()
  const tooLate = (): void =>
    late.reject(refusal('store.unavailable', {}, { cause: new Error(`no answer to a ping in ${pingTime} ms`) }))
  signal.addEventListener('abort', tooLate)
  try {
    await Promise.race([store.ping(context), late.promise])
  } catch (error) {
    throw refusal('store.unavailable', {}, { cause: error })
  } finally {
    signal.removeEventListener('abort', tooLate)
  }
}
