/** Rows as the text of a file. */
import type { ModelNode, Value } from '../../model/index.ts'
import type { OutputRequest } from '../../query/index.ts'
import { cellPrinter, textCell } from './csv-cell.ts'
import type { FileFormat } from './file-format.ts'

export interface RowPrinter {
  /** Before the first row; empty when nothing is. */
  readonly head: string
  print(rows: readonly Readonly<Record<string, Value>>[]): string
}

export function rowPrinter(
  format: FileFormat,
  model: ModelNode,
  outputs: readonly OutputRequest[],
  delimiter: string,
): RowPrinter {
  if (format === 'jsonl') return { head: '', print: rows => rows.map(row => `${JSON.stringify(row)}\n`).join('') }
  const columns = outputs.map(output => ({ name: output.output, print: cellPrinter(kindOf(model, output), delimiter) }))
  return {
    head: `${columns.map(({ name }) => textCell(name, delimiter)).join(delimiter)}\n`,
    print: rows => rows.map(row => `${columns.map(({ name, print }) => print(row[name])).join(delimiter)}\n`).join(''),
  }
}

/** The kind of a field or a computed field; null for rows of relations. */
function kindOf(model: ModelNode, output: OutputRequest): string | null {
  if (output.kind !== 'field') return null
  return (model.fields[output.field] ?? model.computed[output.field])?.type.kind ?? null
}
