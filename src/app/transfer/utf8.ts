/** Where bytes are no UTF-8 (RFC 3629). Decoders put a replacement there without a word, and the text would be another one. */
import { isUtf8 } from 'node:buffer'
import { detail, type ErrorDetail, refusal } from '../../error/index.ts'
import { codePointLength } from '../../lib/index.ts'

/** The bytes without the mark that some programs put before UTF-8. Files in UTF-16 are recognised by theirs, and refused. */
export async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (head === null) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < 3) continue
    yield afterMark(head)
    head = null
  }
  if (head !== null && head.length > 0) yield afterMark(head)
}

function afterMark(head: Buffer): Buffer {
  if (head[0] === 0xff && head[1] === 0xfe) throw refusal('transfer.encoding', { encoding: 'UTF-16LE' })
  if (head[0] === 0xfe && head[1] === 0xff) throw refusal('transfer.encoding', { encoding: 'UTF-16BE' })
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head
}

/** What is wrong with the bytes of a line that are no UTF-8. `before`: characters of the line that come before them. */
export function notUtf8(bytes: Buffer, before = 0): ErrorDetail {
  const text = bytes.toString('utf8')
  const replacement = '\ufffd'
  for (let at = text.indexOf(replacement); at !== -1; at = text.indexOf(replacement, at + 1)) {
    const offset = Buffer.byteLength(text.slice(0, at))
    // The replacement character may also stand there by itself.
    if (bytes.subarray(offset, offset + 3).equals(Buffer.from(replacement))) continue
    const byte = `0x${(bytes[offset] ?? 0).toString(16).padStart(2, '0').toUpperCase()}`
    return detail('transfer.not-utf8', { byte, position: before + codePointLength(text.slice(0, at)) + 1 }, '')
  }
  return detail('transfer.not-utf8', { byte: 'at the end', position: before + text.length }, '')
}

interface BadPlace {
  /** Bytes from the beginning. */
  readonly offset: number
  readonly mistake: ErrorDetail
}

const newline = 0x0a

/** Looks at bytes on their way to a parser that does not, and remembers the lines that are no UTF-8. */
export class Utf8Watch {
  readonly #bad: BadPlace[] = []
  /** The beginning of a character whose rest has not come yet. */
  #open: Buffer = Buffer.alloc(0)
  #seen = 0
  /** Characters that the line at hand has so far. */
  #column = 0

  push(chunk: Buffer): void {
    const bytes = this.#open.length === 0 ? chunk : Buffer.concat([this.#open, chunk])
    const end = bytes.length - openBytes(bytes)
    this.#look(bytes.subarray(0, end))
    this.#open = bytes.subarray(end)
  }

  end(): void {
    this.#look(this.#open)
    this.#open = Buffer.alloc(0)
  }

  /** What is wrong with the bytes before `offset` that nobody has asked for yet. */
  before(offset: number): ErrorDetail | null {
    const next = this.#bad.findIndex(place => place.offset >= offset)
    const [first] = this.#bad.splice(0, next === -1 ? this.#bad.length : next)
    return first?.mistake ?? null
  }

  #look(bytes: Buffer): void {
    if (!isUtf8(bytes)) {
      for (let start = 0; start < bytes.length;) {
        const next = bytes.indexOf(newline, start)
        const end = next === -1 ? bytes.length : next
        const line = bytes.subarray(start, end)
        if (!isUtf8(line)) {
          const mistake = notUtf8(line, start === 0 ? this.#column : 0)
          this.#bad.push({ offset: this.#seen + start, mistake })
        }
        start = end + 1
      }
    }
    const last = bytes.lastIndexOf(newline)
    const rest = codePointLength(bytes.toString('utf8', last + 1))
    this.#column = last === -1 ? this.#column + rest : rest
    this.#seen += bytes.length
  }
}

/** How many bytes at the end begin a character that is longer. */
function openBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > back ? back : 0
  }
  return 0
}
