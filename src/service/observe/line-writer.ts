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
/** The most bytes that one character of a string takes in UTF-8. */
const widest = 3

export function lineWriter(fileDescriptor: number): LineWriter {
  // Lines are encoded as they come: a text that grows is a tree of all its parts, out of the processor's cache by the time it is written.
  let batch: Batch = { bytes: Buffer.allocUnsafeSlow(batchSize), used: 0 }
  let full: Uint8Array[] = []
  let pending = 0
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
    if (underWay !== null || (pending === 0 && dropped === 0)) return
    underWay = writeAll(fileDescriptor, take()).finally(() => {
      underWay = null
      if (pending > 0) schedule()
    })
  }

  function append(text: string): void {
    const most = text.length * widest + 1
    if (most > batch.bytes.length - batch.used) {
      if (batch.used > 0) full.push(batch.bytes.subarray(0, batch.used))
      batch = { bytes: Buffer.allocUnsafeSlow(Math.max(batchSize, most)), used: 0 }
    }
    const length = batch.bytes.write(text, batch.used) + 1
    batch.used += length
    batch.bytes[batch.used - 1] = lineBreak
    pending += length
  }

  function take(): readonly Uint8Array[] {
    if (dropped > 0) append(`{"level":"warn","event":"log-lines-dropped","count":${dropped}}`)
    const taken = [...full, batch.bytes.subarray(0, batch.used)]
    full = []
    batch = { bytes: Buffer.allocUnsafeSlow(batchSize), used: 0 }
    pending = 0
    dropped = 0
    return taken
  }

  // Whatever ends the process, lines that were taken are written. A batch that is under way is with the system already.
  const atExit = (): void => {
    if (pending > 0) for (const bytes of take()) writeAllNow(fileDescriptor, bytes)
  }
  process.once('exit', atExit)

  async function flush(): Promise<void> {
    while (pending > 0 || underWay !== null) {
      start()
      if (underWay !== null) await underWay
    }
  }

  return {
    line(text) {
      if (pending > mostPending) {
        dropped++
        return
      }
      append(text)
      if (pending >= batchSize - roomForLine) start()
      else schedule()
    },
    flush,
    async close() {
      await flush()
      process.off('exit', atExit)
    },
  }
}

interface Batch {
  readonly bytes: Buffer
  used: number
}

const lineBreak = 0x0a
/** A batch is written before the next line, of usual length, would not find room in it. */
const roomForLine = 4 * 1024

async function writeAll(fileDescriptor: number, batches: readonly Uint8Array[]): Promise<void> {
  for (const bytes of batches) await writeBytes(fileDescriptor, bytes)
}

/** Resolves also when the reader has gone: a log that nobody reads must not stop the server. */
function writeBytes(fileDescriptor: number, bytes: Uint8Array): Promise<void> {
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

function writeAllNow(fileDescriptor: number, bytes: Uint8Array): void {
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
