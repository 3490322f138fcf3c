/**
 * Generated columns that only indexes need, since an index of MariaDB is over columns and over all rows: what is not said of a row in its own
 * columns is said in one of these. `select *` does not show them.
 */
import { shortName } from '../../lib/index.ts'
import type { FieldNode } from '../../model/index.ts'
import { type HelperColumn, identifier, type IndexShape, storageOf, type TableShape } from '../sql/index.ts'
import { inCase, lowerCaseOf } from './letters.ts'
import { nativeForm } from './native-form.ts'
import { textSet, type Variety } from './variety.ts'

/** There are no partial indexes: this column is 1 in rows that are not deleted, and null, which is equal to nothing, in others. */
export const liveColumn = 'plinth_live'

const live = (deleted: FieldNode): HelperColumn => ({
  name: liveColumn,
  of: deleted.column,
  type: 'tinyint(1)',
  stored: false,
  definition: `${identifier(liveColumn)} tinyint(1) generated always as (if(${identifier(deleted.column)} is null, 1, null)) virtual invisible`,
})

const foldedStart = 'plinth_folded_'

/** The column that holds a text in lower case. */
export const foldedName = (column: string): string => shortName(`${foldedStart}${column}`, 63)

/** Texts up to this length are all kept alike, so that a longer one needs no other column. */
const shortText = 255

/** `type`: that of the column itself. */
function folded(field: FieldNode, type: string, variety: Variety): HelperColumn {
  const name = foldedName(field.column)
  const kept = `${isLongText(type) ? 'longtext' : `varchar(${shortText})`} ${textSet(variety)}`
  const column = identifier(field.column)
  const lower = inCase('lower', nativeForm(field, variety)?.read(column) ?? column, variety)
  const stored = !variety.indexesVirtual
  const definition = `${identifier(name)} ${kept} generated always as (${lower}) ${stored ? 'stored' : 'virtual'} invisible`
  return { name, of: field.column, type: kept, stored, definition }
}

/** A text that an index does not hold as a whole. */
export function isLongText(type: string): boolean {
  const characters = /^(?:var)?char\((\d+)\)/u.exec(type)?.[1]
  return characters === undefined ? /^(?:tiny|medium|long)?text\b/u.test(type) : Number(characters) > shortText
}

/** What the indexes of a table need, each once. */
export function helperColumns(
  shape: TableShape,
  typeOf: (field: FieldNode) => string,
  variety: Variety,
): readonly HelperColumn[] {
  const helpers = shape.indexes.flatMap(index => helpersOf(index, typeOf, variety))
  return [...new Map(helpers.map(helper => [helper.name, helper])).values()]
}

export function helpersOf(
  { columns, liveOnly }: IndexShape,
  typeOf: (field: FieldNode) => string,
  variety: Variety,
): readonly HelperColumn[] {
  const texts = columns.filter(({ field, ignoreCase }) => ignoreCase && storageOf(field.type) === 'text')
  return [
    ...texts.map(({ field }) => folded(field, typeOf(field), variety)),
    ...(liveOnly === null ? [] : [live(liveOnly)]),
  ]
}

/** The column whose text such a one holds in lower case, by its name and what the catalogue prints of it; null where it holds something else. */
export const foldedSource = (name: string, generated: string, variety: Variety): string | null =>
  name.startsWith(foldedStart) ? lowerCaseOf(generated, variety) : null
