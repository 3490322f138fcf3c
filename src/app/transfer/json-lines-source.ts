/** JSON lines: one JSON object a line (jsonlines.org). A line that is none, or too long, costs only itself. */
import { isUtf8 } from 'node:buffer'
import { detail, type ErrorDetail, PlinthError } from '../../error/index.ts'
import { parseJson } from '../../surface/http/index.ts'
import type { FieldNames } from './field-names.ts'
import type { RowSource, SourceRecord } from './source-record.ts'
import { jsonDepth, mostRowBytes } from './transfer-limits.ts'
import { notUtf8 } from './utf8.ts'

const newline = 0x0a

export function jsonLinesSource(chunks: AsyncIterable<Buffer>, names: FieldNames): RowSource {
  return {
    form: 'json',
    columns: null,
    fields: null,
    async *records() {
      for await (const lines of linesOf(chunks)) yield lines.flatMap(line => recordOf(line, names))
    },
  }
}

interface Line {
  readonly number: number
  /** Null: it is too long, and its bytes are gone. */
  readonly bytes: Buffer | null
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  let number = 1
  /** The pieces of a line that has not ended yet, and how long it is; a line that is too long has no pieces. */
  let pieces: Buffer[] = []
  let length = 0
  const take = (piece: Buffer): void => {
    length += piece.length
    if (length <= mostRowBytes) pieces.push(piece)
    else pieces = []
  }
  const finish = (): Line => {
    const [only] = pieces
    const whole = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces)
    const line = { number: number++, bytes: length <= mostRowBytes ? whole : null }
    pieces = []
    length = 0
    return line
  }
  for await (const chunk of chunks) {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, end))
      lines.push(finish())
      start = end + 1
    }
    if (start < chunk.length) take(chunk.subarray(start))
    yield lines
  }
  if (length > 0) yield [finish()]
}

function recordOf({ number, bytes }: Line, names: FieldNames): SourceRecord[] {
  if (bytes === null)
    return [bad(number, mostRowBytes, detail('transfer.line-too-long', { limit: mostRowBytes }, ''), null)]
  if (!isUtf8(bytes)) return [bad(number, bytes.length, notUtf8(bytes), bytes.toString('utf8'))]
  const text = bytes.toString('utf8')
  // Blank lines stand between rows and at the end; of CRLF the CR is left over.
  if (text.trim() === '') return []
  try {
    const original = parseJson(text, jsonDepth)
    return [{ line: number, size: bytes.length, row: names.rename(original), mistakes: [], original }]
  } catch (error) {
    if (!(error instanceof PlinthError)) throw error
    return [bad(number, bytes.length, mistakeOf(error), text)]
  }
}

function mistakeOf({ code, message, hint, pointer, parameters }: PlinthError): ErrorDetail {
  if (code === 'request.body-malformed') {
    const { reason = '', position = 0 } = parameters
    return detail('transfer.not-json', { reason, position: Number(position) + 1 }, '')
  }
  return { code, message, pointer: pointer ?? '', ...(hint === undefined ? {} : { hint }) }
}

const bad = (line: number, size: number, mistake: ErrorDetail, original: string | null): SourceRecord => ({
  line,
  size,
  row: null,
  mistakes: [mistake],
  original,
})
