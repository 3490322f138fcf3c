/** What was started is stopped in reverse order, each part once, whatever the others do. */

export interface Lifecycle {
  /** Runs `start`; when it has worked, `stop` is owed. When it throws, all that was started before is stopped, and the error goes on. */
  start<T>(name: string, start: () => T | Promise<T>, stop?: (started: T) => unknown): Promise<T>
  /** Stops everything, last first; calling it again gives the same promise. What fails is told to `failed` and does not hold up others. */
  stop(): Promise<void>
  /** The name of what is being stopped; null: nothing is. */
  stopping(): string | null
}

export function lifecycle(failed: (name: string, error: unknown) => void): Lifecycle {
  const owed: { readonly name: string; readonly stop: () => unknown }[] = []
  let stopping: Promise<void> | null = null
  let current: string | null = null

  async function stopAll(): Promise<void> {
    for (let part = owed.pop(); part !== undefined; part = owed.pop()) {
      current = part.name
      try {
        await part.stop()
      } catch (error) {
        failed(part.name, error)
      }
    }
    current = null
  }

  return {
    async start(name, start, stop) {
      try {
        const started = await start()
        if (stop !== undefined) owed.push({ name, stop: () => stop(started) })
        return started
      } catch (error) {
        await stopAll()
        throw error
      }
    },
    stop: () => (stopping ??= stopAll()),
    stopping: () => current,
  }
}
