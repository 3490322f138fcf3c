/** The steps by which MariaDB and MySQL change the columns of a table. */
import {
  factsOf,
  type MigrationStep,
  type PhysicalColumn,
  type SchemaFact,
  stepOf,
  stepsOn,
  typeChange,
} from '../sql/index.ts'
import { type Alteration, beside, byCopy, formOf, type Tables, type Way } from './alterations.ts'
import { type AlteredTable, command } from './altered-table.ts'
import { charactersOf } from './column-type.ts'
import { addIndexText, dropColumnText, dropHelper, dropIndexText, madeOf } from './index-steps.ts'
import { editWords } from './kept-definition.ts'

export const addColumn = (altered: AlteredTable, column: PhysicalColumn): MigrationStep =>
  stepsOn(altered.table).addColumn(
    column,
    command(altered, altered.by.addColumn(altered, column, formOf(altered.table, column.name))),
  )

export const dropColumn = (altered: AlteredTable, column: PhysicalColumn): readonly MigrationStep[] => [
  ...altered.before.helpers.filter(({ of }) => of === column.name).map(helper => dropHelper(altered, helper)),
  stepsOn(altered.table).dropColumn(
    column,
    command(altered, altered.by.dropColumn(altered, column.name, formOf(altered.before, column.name))),
  ),
]

/** What is made of the column for indexes is called after it and holds on to its name, so it goes before and comes again. */
export function renameColumn(altered: AlteredTable, from: string, to: string): readonly MigrationStep[] {
  const { before, table, by } = altered
  const facts = factsOf(table)
  const [old, fresh] = [madeOf(before, from), madeOf(table, to)]
  return [
    ...besideRename(altered, {
      about: `Drop the indexes that are made of the column "${from}" of "${table.name}"`,
      texts: [...old.indexes.map(dropIndexText), ...old.helpers.map(dropColumnText)],
      unless: facts.lacks('column', old.helpers[0]?.name ?? ''),
    }),
    stepsOn(table).renameColumn(from, to, command(altered, by.renameColumn(altered, from, to))),
    ...besideRename(altered, {
      about: `Make the indexes of the column "${to}" of "${table.name}" again`,
      texts: [...fresh.helpers.map(({ definition }) => `add column ${definition}`), ...fresh.indexes.map(addIndexText)],
      unless: facts.has('column', fresh.helpers[0]?.name ?? ''),
    }),
  ]
}

function besideRename(
  altered: AlteredTable,
  { about, texts, unless }: { readonly about: string; readonly texts: readonly string[]; readonly unless: SchemaFact },
): readonly MigrationStep[] {
  if (texts.length === 0) return []
  const own = command(altered, { text: texts.join(', '), way: byCopy })
  return [stepOf('release', factsOf(altered.table).table, { about, ...own, unless, downtime: true })]
}

export const allowNull = (altered: AlteredTable, column: PhysicalColumn): MigrationStep =>
  stepsOn(altered.table).allowNull(
    column,
    command(altered, modified(altered, { ...column, nullable: true }, editWords.dropNotNull(column.name), beside)),
  )

export const refuseNull = (altered: AlteredTable, column: PhysicalColumn): MigrationStep =>
  stepsOn(altered.table).refuseNull(
    column,
    command(altered, modified(altered, { ...column, nullable: false }, editWords.setNotNull(column.name), beside)),
  )

export function changeDefault(altered: AlteredTable, column: PhysicalColumn): MigrationStep {
  const { table, by } = altered
  const { name, type, default: value } = column
  const alteration = by.changeDefault(altered, column)
  // An expression is taken with the whole column alone.
  const isEdit = value !== null && by.isExpression(column) && hasUnknownParts(altered, column)
  return stepsOn(table).changeDefault(
    column,
    command(
      altered,
      isEdit
        ? { ...alteration, kind: 'edit', text: editWords.setDefault(name, by.defaultText(value, type)) }
        : alteration,
    ),
  )
}

export function changeType(altered: AlteredTable, from: PhysicalColumn, to: PhysicalColumn): MigrationStep {
  const { table, by } = altered
  const { text, way, kind } = modified(
    altered,
    to,
    typeWords(altered, from, to),
    isInPlace(from.type, to.type) ? by.lengthen : byCopy,
  )
  const indexes = by.indexesWith(altered, to)
  const helpers = changedHelpers(altered, to)
  return stepsOn(table).changeType(to, to.type.replace(/ character set .*$/u, ''), {
    ...command(altered, {
      text: `${indexes.drop}${text}${helpers}${indexes.add}`,
      way: helpers === '' ? way : byCopy,
      kind,
    }),
    // Of columns that hang on this one its type says nothing.
    unless: helpers === '' ? factsOf(table).isOfType(to.name, to.type) : null,
    downtime: typeChange(from.field.type, to.field.type) === 'converts',
  })
}

/**
 * The column as it is to be: all that Plinth has ever said of it, or, where more may be said of it than Plinth knows, the change alone, in the words
 * of an edit.
 */
const modified = (altered: AlteredTable, column: PhysicalColumn, edit: string, way: Way): Required<Alteration> => ({
  ...(hasUnknownParts(altered, column)
    ? { kind: 'edit', text: edit }
    : { kind: 'statement', text: altered.by.modify(column, formOf(altered.table, column.name)) }),
  way: altered.by.modifyWay(altered, way),
})

/** The table was there before its model, or the database gives values by itself. What MariaDB has a check for in the definition is Plinth's own. */
const hasUnknownParts = ({ before, table }: Tables, { name, field }: PhysicalColumn): boolean =>
  [before, table].every(one => formOf(one, name) === undefined) &&
  ((before.adopted && table.adopted) || field.native?.['mysql'] !== undefined || field.default?.from === 'database')

const setForm = / character set \S+ collate \S+$/u

/** A default that the new type would not take, or not in these words, changes with it. */
function typeWords({ by }: AlteredTable, from: PhysicalColumn, to: PhysicalColumn): string {
  const [old, fresh] = [from, to].map(({ default: value, type }) =>
    value === null ? null : by.defaultText(value, type),
  )
  const [set] = setForm.exec(to.type) ?? []
  const isSameSet = set !== undefined && from.type.endsWith(set)
  const type = editWords.changeType(to.name, isSameSet ? to.type.slice(0, -set.length) : to.type)
  if (old === fresh) return type
  return `${type}, ${fresh === null || fresh === undefined ? editWords.dropDefault(to.name) : editWords.setDefault(to.name, fresh)}`
}

/** Bytes up to which a text's length takes one byte: beyond them it takes two, and the rows have to be written anew. */
const shortBytes = 255
const characterBytes = 4

function isInPlace(from: string, to: string): boolean {
  const [old, fresh] = [charactersOf(from), charactersOf(to)]
  if (!Number.isFinite(old) || !Number.isFinite(fresh) || fresh < old) return false
  const isShort = (characters: number): boolean => characters * characterBytes <= shortBytes
  return isShort(old) === isShort(fresh)
}

/** A column that is made of one which becomes longer has to have room, too. */
const changedHelpers = ({ before, table }: Tables, { name: of }: PhysicalColumn): string =>
  table.helpers
    .filter(helper => {
      const old = before.helpers.find(({ name }) => name === helper.name)
      return helper.of === of && old !== undefined && old.definition !== helper.definition
    })
    .map(({ definition }) => `, modify column ${definition}`)
    .join('')
