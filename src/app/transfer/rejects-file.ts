/** The lines that an import has refused, as they came, with number and reason: to be mended and imported again as they are. */
import { closeSync, existsSync, realpathSync, writeSync } from 'node:fs'
import { type ErrorDetail, refusal } from '../../error/index.ts'
import { isObject } from '../../lib/index.ts'
import { cellPrinter, textCell } from './csv-cell.ts'
import { errorColumn, lineColumn } from './field-names.ts'
import { openForWriting } from './output-file.ts'
import type { RowSource, SourceRecord } from './source-record.ts'

/** What of a record is told with the reason. */
export type RefusedRecord = Pick<SourceRecord, 'line' | 'original' | 'mistakes'>

export interface RejectsFile extends Disposable {
  write(record: RefusedRecord): void
}

export function rejectsFile(file: string, input: string | null, source: RowSource, delimiter: string): RejectsFile {
  if (input !== null && existsSync(file) && realpathSync(file) === realpathSync(input))
    throw refusal('transfer.option-invalid', { option: '--rejects', reason: 'it is the file that is imported' })
  const handle = openForWriting(file)
  const print = source.columns === null ? jsonLine : csvLine(source.columns, delimiter)
  if (source.columns !== null) {
    const columns = source.columns.filter(column => column !== lineColumn && column !== errorColumn)
    writeSync(
      handle,
      `${[lineColumn, errorColumn, ...columns].map(each => textCell(each, delimiter)).join(delimiter)}\n`,
    )
  }
  return {
    write: record => void writeSync(handle, `${print(record)}\n`),
    [Symbol.dispose]: () => closeSync(handle),
  }
}

type Print = (record: RefusedRecord) => string

/** Mistakes as one sentence after the other. */
function reasonsOf(mistakes: readonly ErrorDetail[]): string {
  return mistakes
    .map(({ pointer, message }) => (pointer === '' ? message : `${pointer.slice(1)}: ${message}`))
    .join(' ')
}

function csvLine(columns: readonly string[], delimiter: string): Print {
  const cell = cellPrinter('text', delimiter)
  const skipped = new Set(
    columns.flatMap((name, index) => (name === lineColumn || name === errorColumn ? [index] : [])),
  )
  return ({ line, original, mistakes }) => {
    const cells = (original ?? []) as readonly (string | null)[]
    const own = cells.filter((_, index) => !skipped.has(index))
    return [String(line), cell(reasonsOf(mistakes)), ...own.map(each => cell(each))].join(delimiter)
  }
}

const jsonLine: Print = ({ line, original, mistakes }) => {
  const notes = { [lineColumn]: line, [errorColumn]: reasonsOf(mistakes) }
  return JSON.stringify(isObject(original) ? { ...original, ...notes } : { ...notes, _text: original })
}
