/** The row of values that bounds a list with a limit: a JSON text that becomes a table, the one source that may look at the row around it. */
import type { FieldType } from '../../model/index.ts'
import { flatTableName, identifier, type ListEnds, type SqlDialect, type SqlValue, storageOf } from '../sql/index.ts'
import { columnTypeOf, lengthOf, longestInRow } from './column-type.ts'
import { quotedText } from './json-text.ts'
import type { KnownIndexes } from './known-indexes.ts'
import type { Variety } from './variety.ts'

/** The value as JSON from which the column takes it; numbers as text, so that none of their digits is lost. */
function jsonText({ sql, type, nullable, checked }: SqlValue, variety: Variety): string {
  const isText = storageOf(type) === 'text' || (storageOf(type) === 'uuid' && !checked)
  const quoted = isText ? quotedText(sql, variety) : `concat('"',${sql},'"')`
  return nullable ? `ifnull(${quoted},'null')` : quoted
}

/** Bytes have no text of their own, and the text of a float is not always the float. */
const isExact = (type: FieldType): boolean => !['float', 'bytes', 'json', 'array'].includes(storageOf(type))

export const listIndexOf =
  (indexes: KnownIndexes): NonNullable<SqlDialect['listIndex']> =>
  (model, equal, order) => {
    const columns = (fields: readonly string[]): string[] => fields.map(name => model.fields[name]?.column ?? name)
    const name = indexes.serving(flatTableName(model), columns(equal), columns(order))
    return name === null ? null : `force index (${identifier(name)})`
  }

export const mysqlListEnds = (variety: Variety): ListEnds =>
  Object.freeze({
    row(columns, alias) {
      const cells = columns.map(({ value }) => jsonText(value, variety)).join(",',',")
      const types = columns.map(
        ({ name, value }, index) => `${name} ${columnTypeOf(value.type, longestInRow, variety)} path '$[${index}]'`,
      )
      return `json_table(concat('[[',${cells},']]'), '$[*]' columns (${types.join(', ')})) ${alias}`
    },
    // A text of a table that was there before may be compared in another way.
    holds: (model, field) =>
      isExact(field.type) && (storageOf(field.type) !== 'text' || (!model.adopted && lengthOf(model, field) !== null)),
  } satisfies ListEnds)
