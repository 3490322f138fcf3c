/**
 * How MySQL changes tables. It looks at all rows for each check that it is to keep to, by a copy of the table; so a check that comes beside a
 * running version is written down first, and kept to from the second half on.
 */
import {
  columnOf,
  definitionOf,
  factsOf,
  identifier,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalIndex,
  type PhysicalTable,
  stepOf,
} from '../sql/index.ts'
import {
  type Alterations,
  alterTable,
  atOnce,
  byCopy,
  definitionWith,
  formOf,
  hashesTexts,
  inPlace,
} from './alterations.ts'
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
  renameColumn(before, after, from, to) {
    const rename = `rename column ${identifier(from)} to ${identifier(to)}`
    const [old, fresh] = [formOf(before, from), formOf(after, to)]
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
    const { words, lock, work } = inPlace
    const add = `${alterTable(table)} add ${definitionOf(constraint)}, ${words}`
    const sql = ['set session foreign_key_checks = 0', add, 'set session foreign_key_checks = 1'].join(';\n')
    return { sql, lock, work }
  },
  replaceConstraint({ before, table }, { constraint }) {
    const name = identifier(constraint.name)
    const alter = alterTable(table)
    const about = `Change the constraint "${constraint.name}" of "${table.name}"`
    const facts = factsOf(table)
    const { words, lock, work } = byCopy
    if (constraint.kind === 'reference') {
      const sql = `${alter} drop foreign key ${name}, ${inPlace.words}`
      return [
        stepOf('release', facts.table, {
          about: `${about}: drop it`,
          sql,
          unless: facts.lacks('constraint', constraint.name),
        }),
        stepOf('refer', facts.table, {
          about: `${about}: add it`,
          sql: `${alter} add ${definitionOf(constraint)}, ${words}`,
          lock,
          work,
          unless: facts.has('constraint', constraint.name),
        }),
      ]
    }
    const old = before.constraints.find(one => one.name === constraint.name)
    if (old?.text === unproven(constraint).text) {
      const sql = `${alter} alter check ${name} enforced, ${words}`
      return [
        stepOf('restrict', facts.table, {
          about: `Keep to the constraint "${constraint.name}" of "${table.name}"`,
          sql,
          lock,
          work,
        }),
      ]
    }
    const way = isUnproven(constraint) ? atOnce : byCopy
    const sql = `${alter} drop constraint ${name}, add ${definitionOf(constraint)}, ${way.words}`
    return [stepOf('change', facts.table, { about, sql, lock: way.lock, work: way.work })]
  },
  defaultText: textOfDefault,
}
