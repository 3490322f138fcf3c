/**
 * Cells of CSV and values of fields. A cell without anything in it is nothing, and `""` is the empty text, as in PostgreSQL's COPY: so
 * what is written is read back as it was.
 */
import { type FieldNode, kindOf, type Value } from '../../model/index.ts'

/** An empty cell is null. */
export type CellReader = (cell: string | null) => string | null | undefined

/** Kinds whose values are structures: their cells hold JSON. */
const isJson = (kind: string): boolean => kind === 'json' || kind === 'array'

const spellings: Readonly<Record<string, string>> = {
  true: 'true',
  t: 'true',
  '1': 'true',
  false: 'false',
  f: 'false',
  '0': 'false',
}

/** The text of a value from a cell; undefined: nothing is given, and the field's default counts. */
export function cellReader(field: FieldNode): CellReader {
  const nothing = field.nullable ? null : undefined
  // Programs that quote every cell write nothing as "" too: it is the empty text only for fields that have one.
  const takesEmpty = kindOf(field.type).parseText('', field.type, '').ok
  const isBoolean = field.type.kind === 'boolean'
  return cell => {
    if (cell === null) return nothing
    if (cell === '') return takesEmpty ? cell : nothing
    return isBoolean ? (spellings[cell.toLowerCase()] ?? cell) : cell
  }
}

/** The cell of a value. `kind`: that of its field; null for what is no field, such as an included row. */
export function cellPrinter(kind: string | null, delimiter: string): (value: Value | undefined) => string {
  const special = new RegExp(`["\\r\\n${delimiter === '\t' ? '\\t' : `\\${delimiter}`}]|^\\s|\\s$`)
  const quoted = (text: string): string =>
    text === '' || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  if (kind === null || isJson(kind))
    return value => (value === null || value === undefined ? '' : quoted(JSON.stringify(value)))
  return value => {
    if (value === null || value === undefined) return ''
    return quoted(typeof value === 'string' ? value : JSON.stringify(value))
  }
}

/** A cell of text, as in a header. */
export const textCell = (text: string, delimiter: string): string => cellPrinter('text', delimiter)(text)
