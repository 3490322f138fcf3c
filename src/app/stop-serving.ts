/** The end of serving: readiness fails first, then nobody new is let in, and whoever is being served is served to the end. */
import type { HttpServer } from '../surface/http/index.ts'

export interface StopOptions {
  /** Milliseconds in which the server still listens: load balancers see that it is not ready, and answers tell connections to end. */
  readonly delay: number
  /** Milliseconds that requests in flight get after that. */
  readonly grace: number
  /** Resolves when somebody will not wait any longer. */
  readonly hurry: Promise<void>
}

/** Resolves to whether every request could finish. Call it when readiness fails already. */
export async function stopServing(http: HttpServer, { delay, grace, hurry }: StopOptions): Promise<boolean> {
  http.drain()
  await pause(delay, hurry)
  const closed = http.close().then(() => true)
  // A connection whose last answer was a foreign handler's may be kept alive by it; idle, it holds nothing up.
  const sweeping = setInterval(() => http.closeIdle(), 50)
  const inTime = await Promise.race([closed, pause(grace, hurry).then(() => false)])
  if (!inTime) {
    http.cut()
    await closed
  }
  clearInterval(sweeping)
  return inTime
}

/** Over at once when somebody will not wait any longer. */
export function pause(milliseconds: number, hurry: Promise<void>): Promise<void> {
  if (milliseconds <= 0) return Promise.resolve()
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    void hurry.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
