/**
 * How MySQL changes tables. It looks at all rows for each check that it is to keep to, by a copy of the table; so a check that comes beside a
 * running version is written down first, and kept to from the second half on.
 */
import {
  columnOf,
  definitionOf,
  factsOf,
  identifier,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalIndex,
  type PhysicalTable,
  stepOf,
} from '../sql/index.ts'
import { type Alterations, atOnce, byCopy, definitionWith, formOf, hashesTexts, inPlace } from './alterations.ts'
import { commandOn } from './altered-table.ts'
import { foldedName } from './helper-columns.ts'
import { unenforced } from './schema-dialect.ts'
import { defaultText, indexedText, tableOptions } from './table.ts'
import { mysql } from './variety.ts'

const definition = (column: PhysicalColumn): string => definitionWith(column, textOfDefault)
const textOfDefault = (value: string, type: string): string => defaultText(value, type, mysql)

/** A text without a bound has its default as an expression, which comes with a copy. */
const isExpression = ({ type, default: value }: PhysicalColumn): boolean =>
  value !== null && textOfDefault(value, type).startsWith('(')

/** A check as it is written down before anybody keeps to it. */
export const unproven = (constraint: PhysicalConstraint): PhysicalConstraint => ({
  ...constraint,
  text: `${constraint.text}${unenforced}`,
})

const isUnproven = ({ text }: PhysicalConstraint): boolean => text.endsWith(unenforced)

/** The words that add an index, where a column of it has become a text without a bound. */
function ofLongText({ name, unique, create, ignoreCase }: PhysicalIndex, column: string): string {
  const head = `${unique ? 'unique index' : 'index'} ${identifier(name)} (`
  const parts = create.slice(create.indexOf(head) + head.length)
  const own = ignoreCase.includes(column) ? foldedName(column) : column
  return `add ${head}${parts.replace(identifier(own), indexedText(own, unique).join(', '))}`
}

/** A table with a check of a text without a bound is copied when any column of it changes: MySQL takes such a text for changed, too. */
const checksLongTexts = ({ columns, constraints }: PhysicalTable): boolean => {
  const long = columns.filter(({ type }) => type.startsWith('long')).map(({ name }) => identifier(name))
  return constraints.some(
    constraint =>
      constraint.kind !== 'reference' && !isUnproven(constraint) && long.some(name => constraint.text.includes(name)),
  )
}

export const mysqlAlterations: Alterations = {
  tableOptions: tableOptions(mysql),
  anyWay: (_tables, wanted) => wanted,
  renameColumn({ before, table }, from, to) {
    const rename = `rename column ${identifier(from)} to ${identifier(to)}`
    const [old, fresh] = [formOf(before, from), formOf(table, to)]
    if (old === undefined || fresh === undefined) return { text: rename, way: atOnce }
    // A column that a check speaks of keeps its name.
    return { text: `drop constraint ${identifier(old.name)}, ${rename}, add ${definitionOf(fresh)}`, way: byCopy }
  },
  addColumn(_tables, column, form) {
    const isAtOnce = !isExpression(column) && (form === undefined || isUnproven(form))
    const check = form === undefined ? '' : `, add ${definitionOf(form)}`
    return { text: `add column ${definition(column)}${check}`, way: isAtOnce ? atOnce : byCopy }
  },
  // Its check is gone by then: the column could not go before.
  dropColumn: (_tables, name) => ({ text: `drop column ${identifier(name)}`, way: atOnce }),
  modify: column => `modify column ${definition(column)}`,
  indexesWith({ before }, { name, type }) {
    const wholly = type.startsWith('longtext')
      ? before.indexes.filter(
          index => index.columns.includes(name) && columnOf(before, name)?.type.startsWith('varchar') === true,
        )
      : []
    return {
      drop: wholly.map(index => `drop index ${identifier(index.name)}, `).join(''),
      add: wholly.map(index => `, ${ofLongText(index, name)}`).join(''),
    }
  },
  modifyWay: ({ before, table }, wanted) => ([before, table].some(checksLongTexts) ? byCopy : wanted),
  // An index of a hash is a hidden virtual column, and two of them do not come one by one.
  virtualWay: ({ before, table }) => ([before, table].some(hashesTexts) ? byCopy : atOnce),
  dropHelperWay(tables) {
    const way = mysqlAlterations.virtualWay(tables)
    // Other virtual columns that are indexed would have another place then.
    return way === atOnce && tables.before.helpers.length > 1 ? inPlace : way
  },
  lengthen: inPlace,
  changeDefault(tables, column) {
    const { name, type, default: value } = column
    // `set default` takes no expression for a text without a bound.
    if (isExpression(column))
      return { text: `modify column ${definition(column)}`, way: mysqlAlterations.modifyWay(tables, atOnce) }
    const text = value === null ? 'drop default' : `set default ${textOfDefault(value, type)}`
    return { text: `alter column ${identifier(name)} ${text}`, way: atOnce }
  },
  isExpression,
  dropConstraint: ({ name, kind }) =>
    kind === 'reference'
      ? { text: `drop foreign key ${identifier(name)}`, way: inPlace }
      : { text: `drop constraint ${identifier(name)}`, way: atOnce },
  referFromNew({ table }, constraint) {
    const add = commandOn(table, { text: `add ${definitionOf(constraint)}`, way: inPlace })
    return {
      ...add,
      sql: ['set session foreign_key_checks = 0', add.sql, 'set session foreign_key_checks = 1'].join(';\n'),
    }
  },
  replaceConstraint({ before, table }, { constraint }) {
    if (constraint.kind === 'reference') return replaceReference(table, constraint)
    const { name } = constraint
    const { table: on } = factsOf(table)
    const old = before.constraints.find(one => one.name === name)
    if (old?.text === unproven(constraint).text) {
      const about = `Keep to the constraint "${name}" of "${table.name}"`
      const text = `alter check ${identifier(name)} enforced`
      return [stepOf('restrict', on, { about, ...commandOn(table, { text, way: byCopy }) })]
    }
    const text = `drop constraint ${identifier(name)}, add ${definitionOf(constraint)}`
    const way = isUnproven(constraint) ? atOnce : byCopy
    return [stepOf('change', on, { about: changeOf(table, constraint), ...commandOn(table, { text, way }) })]
  },
  defaultText: textOfDefault,
}

const changeOf = (table: PhysicalTable, { name }: PhysicalConstraint): string =>
  `Change the constraint "${name}" of "${table.name}"`

function replaceReference(table: PhysicalTable, reference: PhysicalConstraint): readonly MigrationStep[] {
  const { name } = reference
  const facts = factsOf(table)
  const about = changeOf(table, reference)
  return [
    stepOf('release', facts.table, {
      about: `${about}: drop it`,
      ...commandOn(table, { text: `drop foreign key ${identifier(name)}`, way: inPlace }),
      unless: facts.lacks('constraint', name),
    }),
    stepOf('refer', facts.table, {
      about: `${about}: add it`,
      ...commandOn(table, { text: `add ${definitionOf(reference)}`, way: byCopy }),
      unless: facts.has('constraint', name),
    }),
  ]
}
