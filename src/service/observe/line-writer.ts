/** Writes lines to a file descriptor in batches: one system call for many lines, never waiting for a slow reader. */
import { write, writeSync } from 'node:fs'

export interface LineWriter {
  /** Takes a line without its line break. */
  line(text: string): void
  /** Resolves when everything taken so far is written. */
  flush(): Promise<void>
  /** Flushes and lets go of the process. */
  close(): Promise<void>
}

const batchSize = 64 * 1024
const longestDelay = 100
/** What may wait for a reader that has stopped reading; beyond it lines are dropped and counted. */
const mostPending = 8 * 1024 * 1024
const retryDelay = 10

export function lineWriter(fileDescriptor: number): LineWriter {
  let pending = ''
  let dropped = 0
  let timer: NodeJS.Timeout | null = null
  let underWay: Promise<void> | null = null

  function schedule(): void {
    if (timer !== null || underWay !== null) return
    timer = setTimeout(start, longestDelay)
    timer.unref()
  }

  function start(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (underWay !== null || (pending === '' && dropped === 0)) return
    underWay = writeAll(fileDescriptor, Buffer.from(take())).finally(() => {
      underWay = null
      if (pending !== '') schedule()
    })
  }

  function take(): string {
    const text = dropped === 0 ? pending : `${pending}{"level":"warn","event":"log-lines-dropped","count":${dropped}}\n`
    pending = ''
    dropped = 0
    return text
  }

  // Whatever ends the process, lines that were taken are written. A batch that is under way is with the system already.
  const atExit = (): void => {
    if (pending !== '') writeAllNow(fileDescriptor, Buffer.from(take()))
  }
  process.once('exit', atExit)

  async function flush(): Promise<void> {
    while (pending !== '' || underWay !== null) {
      start()
      if (underWay !== null) await underWay
    }
  }

  return {
    line(text) {
      if (pending.length > mostPending) {
        dropped++
        return
      }
      pending += `${text}\n`
      if (pending.length >= batchSize) start()
      else schedule()
    },
    flush,
    async close() {
      await flush()
      process.off('exit', atExit)
    },
  }
}

/** Resolves also when the reader has gone: a log that nobody reads must not stop the server. */
function writeAll(fileDescriptor: number, bytes: Buffer): Promise<void> {
  return new Promise(resolve => {
    const next = (offset: number): void => {
      write(fileDescriptor, bytes, offset, bytes.length - offset, null, (error, written) => {
        // A pipe that some other process made non-blocking answers EAGAIN when it is full.
        if (error?.code === 'EAGAIN') setTimeout(next, retryDelay, offset)
        else if (error !== null || offset + written >= bytes.length) resolve()
        else next(offset + written)
      })
    }
    next(0)
  })
}

function writeAllNow(fileDescriptor: number, bytes: Buffer): void {
  let offset = 0
  let attempts = 0
  while (offset < bytes.length && attempts < 1000) {
    try {
      offset += writeSync(fileDescriptor, bytes, offset)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      attempts++
    }
  }
}
