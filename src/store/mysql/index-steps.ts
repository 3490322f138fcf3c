/** The steps by which MariaDB and MySQL change the indexes of a table, and the columns that are made of others for them. */
import {
  factsOf,
  type HelperColumn,
  identifier,
  type MigrationStep,
  type PhysicalIndex,
  type PhysicalTable,
  stepOf,
  stepsOn,
} from '../sql/index.ts'
import { byCopy, isHashed, reading, type Way } from './alterations.ts'
import { type AlteredTable, command, commandOn } from './altered-table.ts'

export const createIndex = (altered: AlteredTable, index: PhysicalIndex): readonly MigrationStep[] => [
  ...addHelpers(altered, index),
  stepsOn(altered.table).createIndex(
    index,
    command(altered, { text: addIndexText(index), way: wayOf(altered.table, index) }),
  ),
]

export const replaceIndex = (altered: AlteredTable, index: PhysicalIndex): readonly MigrationStep[] => [
  ...addHelpers(altered, index),
  stepsOn(altered.table).replaceIndex(
    index,
    command(altered, { text: `${dropIndexText(index)}, ${addIndexText(index)}`, way: wayOf(altered.table, index) }),
  ),
]

export const dropIndex = (altered: AlteredTable, index: PhysicalIndex): MigrationStep =>
  stepsOn(altered.table).dropIndex(
    index,
    command(altered, { text: dropIndexText(index), way: wayOf(altered.before, index) }),
  )

/** The columns that an index needs, each in a command of its own: at once if it is virtual, by a copy if it is stored. */
function addHelpers(altered: AlteredTable, { helpers }: PhysicalIndex): readonly MigrationStep[] {
  const { table, by } = altered
  const facts = factsOf(table)
  return table.helpers
    .filter(({ name }) => helpers.includes(name))
    .map(({ name, definition, stored }) => {
      const way = stored ? byCopy : by.anyWay(altered, by.virtualWay(altered))
      return stepOf('index', facts.table, {
        about: `Add the column "${name}" of "${table.name}", which is for indexes alone`,
        ...commandOn(table, { text: `add column ${definition}`, way }),
        unless: facts.has('column', name),
      })
    })
}

export function dropHelper(altered: AlteredTable, helper: HelperColumn): MigrationStep {
  const { table, by } = altered
  const facts = factsOf(table)
  return stepOf('release', facts.table, {
    about: `Drop the column "${helper.name}" of "${table.name}", which no index needs any more`,
    ...command(altered, { text: dropColumnText(helper), way: by.dropHelperWay(altered) }),
    unless: facts.lacks('column', helper.name),
  })
}

/** Columns that are made of another one for indexes, and these indexes. */
export function madeOf({ helpers, indexes }: PhysicalTable, column: string) {
  const made = helpers.filter(({ of }) => of === column)
  return { helpers: made, indexes: indexes.filter(index => made.some(({ name }) => index.helpers.includes(name))) }
}

/** A long text is unique by a hidden column with its hash, which takes a copy. */
const wayOf = (table: PhysicalTable, index: PhysicalIndex): Way => (isHashed(table, index) ? byCopy : reading)

export const addIndexText = ({ create }: PhysicalIndex): string => create.replace(/^alter table "(?:[^"]|"")+" /u, '')
export const dropIndexText = ({ name }: PhysicalIndex): string => `drop index ${identifier(name)}`
export const dropColumnText = ({ name }: HelperColumn): string => `drop column ${identifier(name)}`
