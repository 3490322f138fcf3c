/** From the names in a file to the fields of a model. */
import { refusal } from '../../error/index.ts'
import { isObject, nearest, perhaps } from '../../lib/index.ts'
import type { ModelNode } from '../../model/index.ts'

/** What a file of refused rows has beside the fields, so that it can be mended and imported again. */
export const lineColumn = '_line'
export const errorColumn = '_error'
const notes: readonly string[] = [lineColumn, errorColumn]

export interface FieldNames {
  /** The fields of CSV columns; null for one that is passed over. */
  fieldsOf(columns: readonly string[], delimiter: string): readonly (string | null)[]
  /** A row in JSON with the names of its fields; what is no object stays what it is. */
  rename(row: unknown): unknown
}

export interface NameOptions {
  /** Names in the file → names of fields. */
  readonly map: Readonly<Record<string, string>>
  /** Names in the file that are passed over. */
  readonly ignore: readonly string[]
}

export function fieldNames(model: ModelNode, { map, ignore }: NameOptions): FieldNames {
  const fields = Object.keys(model.fields)
  for (const name of Object.values(map)) {
    if (fields.includes(name) || Object.hasOwn(model.relations, name)) continue
    throw refusal('request.unknown-field', { model: model.name, name, nearest: nearest(name, fields) })
  }
  const renames = new Map(Object.entries(map))
  const passed = new Set([...ignore, ...notes])
  return {
    fieldsOf(titles, delimiter) {
      requireCells(titles, delimiter)
      // Spaces around a name are how somebody likes to write a list.
      const columns = titles.map(title => title.trim())
      const found = columns.map(column => {
        if (passed.has(column)) return null
        const name = renames.get(column) ?? column
        const given = Object.hasOwn(model.fields, name) ? model.fields[name]?.default : undefined
        // An export has them. What is only counted would come back with other values, so it is not passed over without a word.
        if (given?.from === 'database' && given.always)
          throw refusal('transfer.column-generated', { column, written: column.replaceAll(',', '\\,') })
        if (Object.hasOwn(model.fields, name)) return name
        throw refusal('transfer.column-unknown', {
          column: column.slice(0, 80),
          written: column.slice(0, 80).replaceAll(',', '\\,'),
          model: model.name,
          nearest: nearest(name, fields),
        })
      })
      const used = found.filter(name => name !== null)
      const twice = used.find((name, index) => used.indexOf(name) < index)
      if (twice !== undefined) throw refusal('transfer.column-repeated', { name: twice })
      requireMet([...renames.keys(), ...ignore], columns)
      return found
    },
    rename(row) {
      if (!isObject(row)) return row
      const entries = Object.entries(row).filter(([name]) => !passed.has(name))
      return Object.fromEntries(entries.map(([name, value]) => [renames.get(name) ?? name, value]))
    },
  }
}

/** A header in one piece that holds the separators of other programs was separated by these. */
function requireCells(columns: readonly string[], delimiter: string): void {
  const [column = ''] = columns
  const other = [';', '\t', '|', ','].find(each => each !== delimiter && column.includes(each))
  if (columns.length > 1 || other === undefined) return
  const shown = column.slice(0, 80)
  throw refusal('transfer.delimiter', { column: shown, delimiter, other: other === '\t' ? 'tab' : other })
}

/** A name that was mapped or passed over and is not there was meant otherwise. */
function requireMet(names: readonly string[], columns: readonly string[]): void {
  const lost = names.find(name => !columns.includes(name))
  if (lost === undefined) return
  const reason = `the file has no column "${lost}"${perhaps(lost, columns)}`
  throw refusal('transfer.option-invalid', { option: '--map or --ignore', reason })
}
