/** CSV (RFC 4180) with a header: rows of texts by field. */
import { CsvError, type Options, parse } from 'csv-parse'
import { detail, type ErrorDetail, refusal } from '../../error/index.ts'
import { uncapitalise } from '../../lib/index.ts'
import type { ModelNode } from '../../model/index.ts'
import { type CellReader, cellReader } from './csv-cell.ts'
import type { FieldNames } from './field-names.ts'
import { type RowSource, SourceBroken, type SourceRecord } from './source-record.ts'
import { mostRowBytes } from './transfer-limits.ts'
import { Utf8Watch } from './utf8.ts'

/** A row as the parser gives it; an empty cell without quotes is null. */
interface CsvRow {
  readonly line: number
  readonly size: number
  readonly cells: readonly (string | null)[]
  readonly mistake: ErrorDetail | null
}

interface Column {
  readonly field: string
  readonly read: CellReader
}

/** Reads the header, and then gives the rows as they come. */
export async function csvSource(
  chunks: AsyncIterable<Buffer>,
  model: ModelNode,
  names: FieldNames,
  delimiter: string,
): Promise<RowSource> {
  const pieces = rowsOf(chunks, delimiter)
  const [header, ...begun] = await firstRows(pieces)
  if (header === undefined) throw refusal('transfer.header-missing', {})
  if (header.mistake !== null) throw headerUnreadable(header.mistake)
  const titles = header.cells.map(cell => cell ?? '')
  const fields = names.fieldsOf(titles, delimiter)
  const columns = fields.map((field): Column | null => {
    const node = field === null ? undefined : model.fields[field]
    return node === undefined ? null : { field: node.name, read: cellReader(node) }
  })
  return {
    form: 'text',
    columns: titles,
    fields: fields.filter(field => field !== null),
    async *records() {
      // Which row is the last one shows only when nothing comes behind it.
      let last = begun.at(-1)
      yield begun.slice(0, -1).flatMap(row => recordOf(row, columns, false))
      try {
        for await (const rows of pieces) {
          if (rows.length === 0) continue
          const before = last === undefined ? rows : [last, ...rows]
          last = rows.at(-1)
          yield before.slice(0, -1).flatMap(row => recordOf(row, columns, false))
        }
      } catch (error) {
        if (last !== undefined) yield recordOf(last, columns, false)
        throw error
      }
      if (last !== undefined) yield recordOf(last, columns, true)
    },
  }
}

async function firstRows(pieces: AsyncGenerator<readonly CsvRow[], undefined>): Promise<readonly CsvRow[]> {
  for (;;) {
    // What is broken before the first row is in the header.
    const next: IteratorResult<readonly CsvRow[], undefined> = await pieces.next().catch((error: unknown) => {
      throw error instanceof SourceBroken ? headerUnreadable(error.mistake) : error
    })
    if (next.done === true) return []
    if (next.value.length > 0) return next.value
  }
}

const headerUnreadable = ({ message }: ErrorDetail): Error =>
  refusal('transfer.header-unreadable', { reason: uncapitalise(message).replace(/\.$/, '') })

function recordOf(
  { line, size, cells, mistake }: CsvRow,
  columns: readonly (Column | null)[],
  last: boolean,
): SourceRecord[] {
  // A line without anything in it is no row, unless rows have one cell.
  if (cells.length === 1 && cells[0] === null && columns.length > 1) return []
  const found = mistake ?? cellsMistake(cells.length, columns.length, last)
  if (found !== null) return [{ line, size, row: null, mistakes: [found], original: cells }]
  const row: Record<string, string | null> = {}
  for (const [index, column] of columns.entries()) {
    if (column === null) continue
    const value = column.read(cells[index] ?? null)
    if (value !== undefined) row[column.field] = value
  }
  return [{ line, size, row, mistakes: [], original: cells }]
}

function cellsMistake(count: number, expected: number, last: boolean): ErrorDetail | null {
  if (count === expected) return null
  return detail(last && count < expected ? 'transfer.cells-cut-off' : 'transfer.cells', { count, expected }, '')
}

async function* rowsOf(chunks: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<readonly CsvRow[], undefined> {
  const watch = new Utf8Watch()
  let rows: CsvRow[] = []
  let line = 1
  let end = 0
  const options: Options = {
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: mostRowBytes,
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
    on_record: (cells: (string | null)[], { bytes }) => {
      rows.push({ line, size: bytes - end, cells, mistake: watch.before(bytes) })
      line += 1 + newlinesIn(cells)
      end = bytes
      // Nothing goes on to the stream: the rows are taken as they are found, so none is lost when the next one is broken.
      return null
    },
  }
  const parser = parse(options)
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  parser.on('error', error => broken.reject(error))
  parser.resume()
  const taken = (): readonly CsvRow[] => {
    const some = rows
    rows = []
    return some
  }
  try {
    for await (const chunk of chunks) {
      watch.push(chunk)
      await Promise.race([written(parser, chunk), broken.promise])
      yield taken()
    }
    watch.end()
    await Promise.race([ended(parser), broken.promise])
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    yield taken()
    throw new SourceBroken(line, mistakeOf(error))
  } finally {
    parser.destroy()
  }
  yield taken()
}

const written = (parser: NodeJS.WritableStream, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => parser.write(chunk, error => (error instanceof Error ? reject(error) : resolve())))

const ended = (parser: NodeJS.WritableStream): Promise<void> => new Promise(resolve => parser.end(resolve))

function newlinesIn(cells: readonly (string | null)[]): number {
  let count = 0
  for (const cell of cells) {
    for (let at = cell?.indexOf('\n') ?? -1; at !== -1; at = cell?.indexOf('\n', at + 1) ?? -1) count++
  }
  return count
}

function mistakeOf({ code }: CsvError): ErrorDetail {
  switch (code) {
    case 'CSV_MAX_RECORD_SIZE':
      return detail('transfer.line-too-long', { limit: mostRowBytes }, '')
    case 'CSV_QUOTE_NOT_CLOSED':
      return detail('transfer.quote-open', {}, '')
    default:
      return detail('transfer.quote', {}, '')
  }
}
