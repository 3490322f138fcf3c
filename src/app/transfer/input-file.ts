/** The bytes of a file or of standard input, counted as they are read. */
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { refusal } from '../../error/index.ts'
import { removeTemporaryFolder, temporaryFolder } from '../../lib/index.ts'

export interface InputFile extends Disposable {
  readonly chunks: AsyncIterable<Buffer>
  /** Bytes in all; null when that is not known. */
  readonly size: number | null
  /** Bytes so far. */
  read(): number
}

const chunkBytes = 256 * 1024

/**
 * `file` is null for `standard`. `first`: standard input is read to its end before anything else happens, into a temporary file, so that
 * nobody's slowness holds up a database.
 */
export async function inputFile(
  file: string | null,
  standard: Readable,
  { first, signal }: { readonly first: boolean; readonly signal: AbortSignal },
): Promise<InputFile> {
  if (file !== null) return opened(file, signal, () => {})
  if (!first) return counted(standard, null, signal, () => {})
  const folder = temporaryFolder()
  const remove = (): void => removeTemporaryFolder(folder)
  const kept = join(folder, 'input')
  try {
    await pipeline(standard, createWriteStream(kept, { mode: 0o600 }), { signal })
    return opened(kept, signal, remove)
  } catch (error) {
    remove()
    throw error
  }
}

function opened(file: string, signal: AbortSignal, dispose: () => void): InputFile {
  let size: number | null
  try {
    const found = statSync(file)
    if (found.isDirectory()) throw new Error('it is a folder')
    // A pipe or a device has no size.
    size = found.isFile() ? found.size : null
  } catch (error) {
    throw unreadable(file, error)
  }
  return counted(createReadStream(file, { highWaterMark: chunkBytes }), size, signal, dispose, file)
}

function counted(
  stream: Readable,
  size: number | null,
  signal: AbortSignal,
  dispose: () => void,
  file = 'Standard input',
): InputFile {
  let read = 0
  const stop = (): void => void stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        read += chunk.length
        yield chunk
      }
    } catch (error) {
      if (!signal.aborted) throw unreadable(file, error)
    }
  }
  return {
    chunks: chunks(),
    size,
    read: () => read,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', stop)
      stream.destroy()
      dispose()
    },
  }
}

function unreadable(file: string, error: unknown): Error {
  const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EACCES: 'it may not be read' }
  const { code = '', message } = error as NodeJS.ErrnoException
  return refusal('transfer.file-unreadable', { file, reason: reasons[code] ?? message }, { cause: error })
}
