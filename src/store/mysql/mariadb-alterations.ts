/** How MariaDB changes tables. A check that stands in the definition of its column comes and goes with it, without a look at the rows. */
import {
  columnOf,
  type Command,
  definitionOf,
  factsOf,
  identifier,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalTable,
  stepOf,
} from '../sql/index.ts'
import {
  type Alterations,
  alterTable,
  atOnce,
  beside,
  byCopy,
  definitionWith,
  formOf,
  hashesTexts,
} from './alterations.ts'
import { commandOn } from './altered-table.ts'
import { tableOptions } from './table.ts'
import { mariadb } from './variety.ts'

const definition = (column: PhysicalColumn): string => definitionWith(column, value => value)

const dropForm = (form: PhysicalConstraint | undefined): string =>
  form === undefined ? '' : `drop constraint if exists ${identifier(form.name)}, `

/** No column comes or goes at once beside a virtual one that is indexed. */
const hasVirtual = ({ helpers }: PhysicalTable): boolean => helpers.some(({ stored }) => !stored)

export const mariadbAlterations: Alterations = {
  tableOptions: tableOptions(mariadb),
  anyWay({ before, table }, wanted) {
    const tables = [before, table]
    // The hash is a hidden virtual column, beside which nothing is changed in place; and with a generated column no table is rebuilt beside its writers.
    const isHindered =
      tables.some(hashesTexts) || (wanted === beside && tables.some(({ helpers }) => helpers.length > 0))
    return isHindered ? byCopy : wanted
  },
  renameColumn: (_tables, from, to) => ({
    text: `rename column ${identifier(from)} to ${identifier(to)}`,
    way: atOnce,
  }),
  // As a part of the column its check comes at once; added by itself it would copy the table.
  addColumn: ({ before }, column, form) => ({
    text: `add column ${definition(column)}${form === undefined ? '' : ` ${form.text}`}`,
    // A text without a bound that has a default is written into all rows.
    way: hasVirtual(before) ? byCopy : column.default !== null && column.type.startsWith('long') ? beside : atOnce,
  }),
  dropColumn: ({ before }, name, form) => ({
    text: `${dropForm(form)}drop column ${identifier(name)}`,
    way: hasVirtual(before) ? byCopy : atOnce,
  }),
  // A check that stands in its definition would be gone if it were not said again, and one of a name of its own is not needed beside it.
  modify: (column, form) =>
    form === undefined
      ? `modify column ${definition(column)}`
      : `${dropForm(form)}modify column ${definition(column)} ${form.text}`,
  indexesWith: () => ({ drop: '', add: '' }),
  modifyWay: (_tables, wanted) => wanted,
  virtualWay: () => atOnce,
  dropHelperWay: () => atOnce,
  lengthen: atOnce,
  changeDefault: (_tables, { name, default: value }) => ({
    text: `alter column ${identifier(name)} ${value === null ? 'drop default' : `set default ${value}`}`,
    way: atOnce,
  }),
  isExpression: () => false,
  dropConstraint: ({ name, kind }) => ({
    text: `drop ${kind === 'reference' ? 'foreign key' : 'constraint'} if exists ${identifier(name)}`,
    way: atOnce,
  }),
  referFromNew(tables, constraint) {
    const way = mariadbAlterations.anyWay(tables, atOnce)
    const add = commandOn(tables.table, { text: `add ${definitionOf(constraint)}`, way })
    return { ...add, sql: `set statement foreign_key_checks = 0 for ${add.sql}` }
  },
  replaceConstraint(tables, { constraint, narrows }) {
    const { table } = tables
    const name = identifier(constraint.name)
    const add = `add ${definitionOf(constraint)}`
    const about = `Change the constraint "${constraint.name}" of "${table.name}"`
    const step = (phase: MigrationStep['phase'], command: Command) => [
      stepOf(phase, factsOf(table).table, { about, ...command }),
    ]
    if (constraint.kind === 'reference') {
      // Two commands: in one, the new one would meet the old one's name.
      const added = commandOn(table, { text: add, way: byCopy })
      return step('refer', { ...added, sql: `${alterTable(table)} drop foreign key if exists ${name};\n${added.sql}` })
    }
    const column = constraint.kind === 'form' ? columnOf(table, constraint.columns[0] ?? '') : undefined
    if (column !== undefined && !narrows) {
      // As a part of the column a check is taken over without a look at the rows: all of them keep to one that allows more.
      const text = mariadbAlterations.modify(column, formOf(table, column.name))
      return step('change', commandOn(table, { text, way: mariadbAlterations.anyWay(tables, atOnce) }))
    }
    const plain = column === undefined ? '' : `modify column ${definition(column)}, `
    const text = `drop constraint if exists ${name}, ${plain}${add}`
    return step('change', commandOn(table, { text, way: byCopy }))
  },
  defaultText: value => value,
}
