/** A queue with a fixed number of workers and a bounded line in front of them. */

export interface WorkQueue {
  /** Runs the work when a worker is free; calls `refuse` at once when the line is full. */
  run<T>(work: () => Promise<T>, refuse: () => Error): Promise<T>
}

export function workQueue(workers: number, line: number): WorkQueue {
  let running = 0
  const waiting: (() => void)[] = []

  const finished = (): void => {
    const next = waiting.shift()
    // The place is handed on, not given back: otherwise a newcomer could take it before the one who waited.
    if (next === undefined) running--
    else next()
  }

  return {
    async run(work, refuse) {
      if (running >= workers) {
        if (waiting.length >= line) throw refuse()
        await new Promise<void>(resolve => waiting.push(resolve))
      } else {
        running++
      }
      try {
        return await work()
      } finally {
        finished()
      }
    },
  }
}
