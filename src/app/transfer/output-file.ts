/** Where an export goes: to standard output, or to a file that takes its place when it is whole. */
import { once } from 'node:events'
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { refusal } from '../../error/index.ts'

export interface OutputFile {
  /** False: nobody reads any more. */
  write(text: string): Promise<boolean>
  /** Whole: it is where it was to be. */
  finish(): void | Promise<void>
  /** Nothing of it is left. */
  abandon(): void
}

/** `file` is null for `standard`. */
export function outputFile(file: string | null, standard: Writable): OutputFile {
  return file === null
    ? standardOutput(standard)
    : existsSync(file) && !statSync(file).isFile()
      ? direct(file)
      : whole(file)
}

function standardOutput(stream: Writable): OutputFile {
  let open = true
  let failure: Error | null = null
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false
    // Whoever reads may have had enough: `plinth export Article | head`.
    if (error.code !== 'EPIPE') failure = unwritable('Standard output', error)
  })
  const requireWritten = (): void => {
    if (failure !== null) throw failure
  }
  return {
    async write(text) {
      if (open && !stream.write(text))
        await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => {})
      requireWritten()
      return open
    },
    async finish() {
      // What has not been written yet may still fail.
      if (open) await new Promise(resolve => stream.write('', resolve))
      requireWritten()
    },
    abandon: () => {},
  }
}

/** A pipe or a device. */
function direct(file: string): OutputFile {
  const handle = openForWriting(file)
  return {
    write: text => written(handle, file, text),
    finish: () => closeSync(handle),
    abandon: () => closeSync(handle),
  }
}

function whole(file: string): OutputFile {
  const part = `${file}.part`
  const handle = openForWriting(part, file)
  return {
    write: text => written(handle, file, text),
    finish() {
      closeSync(handle)
      renameSync(part, file)
    },
    abandon() {
      closeSync(handle)
      rmSync(part, { force: true })
    },
  }
}

/** Opens a file that only its owner can read. `file`: what it is called in messages. */
export function openForWriting(path: string, file = path): number {
  try {
    return openSync(path, 'w', 0o600)
  } catch (error) {
    throw unwritable(file, error)
  }
}

function written(handle: number, file: string, text: string): Promise<boolean> {
  const bytes = Buffer.from(text)
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
    return Promise.resolve(true)
  } catch (error) {
    return Promise.reject(unwritable(file, error))
  }
}

function unwritable(file: string, error: unknown): Error {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'its folder does not exist',
    EACCES: 'that is not allowed',
    ENOSPC: 'the disk is full',
    EFBIG: 'the disk is full',
    EISDIR: 'it is a folder',
  }
  const { code = '', message } = error as NodeJS.ErrnoException
  return refusal('transfer.file-unwritable', { file, reason: reasons[code] ?? message }, { cause: error })
}
