/** The steps by which MariaDB and MySQL change a table, each with the algorithm and the lock that it is to be carried out by. */
import {
  type ChangedTable,
  columnOf,
  type Command,
  definitionOf,
  factsOf,
  type HelperColumn,
  identifier,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalIndex,
  type PhysicalTable,
  stepOf,
  stepsOn,
  type TableChange,
  typeChange,
} from '../sql/index.ts'
import {
  type Alteration,
  type Alterations,
  alterTable,
  beside,
  byCopy,
  definitionWith,
  formOf,
  isHashed,
  reading,
  type Tables,
  type Way,
} from './alterations.ts'
import { editWords } from './kept-definition.ts'

export const stepsBy =
  (by: Alterations) =>
  (changed: ChangedTable): readonly MigrationStep[] =>
    stepsOf(changed, by)

function stepsOf({ before, after, changes }: ChangedTable, by: Alterations): readonly MigrationStep[] {
  const table = after ?? before
  if (table === null) return []
  const added = new Set(changes.flatMap(change => (change.kind === 'addColumn' ? [change.column.name] : [])))
  return changes.flatMap(change => {
    if (change.kind !== 'addConstraint') return stepsOfChange({ table, before: before ?? table }, change, by)
    const { constraint } = change
    if (comesWithColumn(constraint, added)) return []
    // No row of a table that is new can break what is said of it.
    if (before === null) return [{ ...addConstraint(table, constraint), lock: 'moment', work: 'instant' }]
    return [
      refersFromNew(table, constraint, added)
        ? addFromNew({ table, before: before ?? table }, constraint, by)
        : addConstraint(table, constraint),
    ]
  })
}

/** Nothing refers to anything from columns that are new and empty: nobody has to look. A default refers from every row. */
const refersFromNew = (
  table: PhysicalTable,
  { kind, columns }: PhysicalConstraint,
  added: ReadonlySet<string>,
): boolean => kind === 'reference' && columns.every(name => added.has(name) && columnOf(table, name)?.default === null)

const addFromNew = (tables: Tables, constraint: PhysicalConstraint, by: Alterations): MigrationStep => ({
  ...addConstraint(tables.table, constraint),
  ...by.referFromNew(tables, constraint),
})

const comesWithColumn = ({ kind, columns }: PhysicalConstraint, added: ReadonlySet<string>): boolean =>
  kind === 'form' && columns.every(column => added.has(column))

function stepsOfChange(tables: Tables, change: TableChange, by: Alterations): readonly MigrationStep[] {
  const { table, before } = tables
  const facts = factsOf(table)
  const steps = stepsOn(table)
  const of = `of "${table.name}"`
  const command = ({ text, way }: Alteration): Command => {
    const { words, lock, work } = by.anyWay(tables, way)
    return { sql: `${alterTable(table)} ${text}, ${words}`, lock, work }
  }
  const modified = (column: PhysicalColumn, way: Way): Alteration => ({
    text: by.modify(column, formOf(table, column.name)),
    way: by.modifyWay(tables, way),
  })
  /** The change alone, where more may be said of the column than is known here; else all that Plinth has ever said of it. */
  const changed = (column: PhysicalColumn, words: string, whole: PhysicalColumn, way: Way) =>
    isKept(tables, column)
      ? { alteration: { text: words, way: by.modifyWay(tables, way) }, kind: 'edit' as const }
      : { alteration: modified(whole, way), kind: 'statement' as const }
  const dropHelper = ({ name }: HelperColumn): MigrationStep =>
    stepOf('release', facts.table, {
      about: `Drop the column "${name}" ${of}, which no index needs any more`,
      ...command({ text: dropText({ name }), way: by.dropHelperWay(tables) }),
      unless: facts.lacks('column', name),
    })
  const dropConstraint = (constraint: PhysicalConstraint): MigrationStep =>
    steps.dropConstraint(constraint, command(by.dropConstraint(constraint)))
  switch (change.kind) {
    case 'createTable':
      return createTable(table, by)
    case 'dropTable':
      return [
        // Of two tables that go, the one that the other refers to may be the first.
        ...table.constraints.filter(({ kind }) => kind === 'reference').map(dropConstraint),
        steps.dropTable(),
      ]
    case 'renameTable':
      return [steps.renameTable(change.from, `rename table ${identifier(change.from)} to ${identifier(table.name)}`)]
    case 'renameColumn': {
      // What is made of the column is called after it, and holds on to its name.
      const [old, fresh] = [madeOf(before, change.from), madeOf(table, change.to)]
      const gone = [...old.indexes.map(({ name }) => `drop index ${identifier(name)}`), ...old.helpers.map(dropText)]
      const back = [
        ...fresh.helpers.map(({ definition }) => `add column ${definition}`),
        ...fresh.indexes.map(({ create }) => create.replace(alterHead, '')),
      ]
      const aside = (
        about: string,
        texts: readonly string[],
        unless: MigrationStep['unless'],
      ): readonly MigrationStep[] =>
        texts.length === 0
          ? []
          : [
              stepOf('release', facts.table, {
                about,
                ...command({ text: texts.join(', '), way: byCopy }),
                unless,
                downtime: true,
              }),
            ]
      const [first, last] = [old.helpers[0]?.name ?? '', fresh.helpers[0]?.name ?? '']
      return [
        ...aside(
          `Drop the indexes that are made of the column "${change.from}" ${of}`,
          gone,
          facts.lacks('column', first),
        ),
        steps.renameColumn(change.from, change.to, command(by.renameColumn(before, table, change.from, change.to))),
        ...aside(`Make the indexes of the column "${change.to}" ${of} again`, back, facts.has('column', last)),
      ]
    }
    case 'addColumn': {
      const { column } = change
      return [steps.addColumn(column, command(by.addColumn(tables, column, formOf(table, column.name))))]
    }
    case 'dropColumn': {
      const { name } = change.column
      return [
        ...before.helpers.filter(helper => helper.of === name).map(dropHelper),
        steps.dropColumn(change.column, command(by.dropColumn(tables, name, formOf(before, name)))),
      ]
    }
    case 'allowNull': {
      const { column } = change
      const whole = { ...column, nullable: true }
      const { alteration, kind } = changed(column, editWords.dropNotNull(column.name), whole, beside)
      return [steps.allowNull(column, { ...command(alteration), kind })]
    }
    case 'fill':
      return [steps.fill(change.column, 'none', next => next)]
    case 'refuseNull': {
      const { column } = change
      const whole = { ...column, nullable: false }
      const { alteration, kind } = changed(column, editWords.setNotNull(column.name), whole, beside)
      return [steps.refuseNull(column, { ...command(alteration), kind })]
    }
    case 'changeDefault': {
      const { column } = change
      const { name, default: value } = column
      const alteration = by.changeDefault(tables, column)
      // Where the server takes it with the whole column alone.
      if (value !== null && isKept(tables, column) && by.isExpression(column)) {
        const text = editWords.setDefault(name, by.defaultText(value, column.type))
        return [steps.changeDefault(column, { ...command({ ...alteration, text }), kind: 'edit' })]
      }
      return [steps.changeDefault(column, command(alteration))]
    }
    case 'changeType': {
      const { from, to } = change
      const way = isInPlace(from.type, to.type) ? by.lengthen : byCopy
      const {
        alteration: { text, way: taken },
        kind,
      } = changed(to, typeWords(from, to, by), to, way)
      const { drop, add } = by.indexesWith(tables, to)
      const helpers = changedHelpers(tables, to)
      return [
        steps.changeType(to, to.type.replace(/ character set .*$/u, ''), {
          ...command({ text: `${drop}${text}${helpers}${add}`, way: helpers === '' ? taken : byCopy }),
          kind,
          // A word of an enum may have a line of its own, which a fact has not; and of columns that hang on this one it says nothing.
          unless: to.type.includes('\n') || helpers !== '' ? null : facts.isOfType(to.name, to.type),
          downtime: typeChange(from.field.type, to.field.type) === 'converts',
        }),
      ]
    }
    case 'changeKey': {
      // Only a key counts its rows, and a key is never null.
      const columns = before.columns.filter(({ name, sequence, nullable }) =>
        table.key.includes(name) ? nullable : sequence,
      )
      const modified = columns.map(column => {
        const isKey = table.key.includes(column.name)
        const now = {
          ...(columnOf(table, column.name) ?? column),
          ...(isKey ? { nullable: false } : { sequence: false }),
        }
        return `${by.modify(now, formOf(table, now.name) ?? formOf(before, now.name))}, `
      })
      const key = table.key.length === 0 ? '' : `, add primary key (${table.key.map(identifier).join(', ')})`
      return [steps.changeKey(command({ text: `${modified.join('')}drop primary key${key}`, way: byCopy }))]
    }
    case 'dropHelper':
      return [dropHelper(change.helper)]
    case 'changeOptions':
      return []
    case 'addConstraint':
      return [addConstraint(table, change.constraint)]
    case 'replaceConstraint':
      return by.replaceConstraint(tables, change)
    case 'dropConstraint':
      return [dropConstraint(change.constraint)]
    case 'createIndex':
      return [...helpersFor(tables, change.index, by), createIndex(tables, change.index, by)]
    case 'dropIndex': {
      const text = `drop index ${identifier(change.index.name)}`
      return [steps.dropIndex(change.index, command({ text, way: wayOf(before, change.index) }))]
    }
    case 'replaceIndex': {
      const { index } = change
      const text = `drop index ${identifier(index.name)}, ${index.create.replace(alterHead, '')}`
      return [...helpersFor(tables, index, by), steps.replaceIndex(index, command({ text, way: wayOf(table, index) }))]
    }
    default:
      return change satisfies never
  }
}

/**
 * Whether more may be said of a column than Plinth knows: the table was there before its model, or the database gives it values by itself. What
 * MariaDB has a check for in the column's definition is Plinth's own.
 */
const isKept = ({ before, table }: Tables, { name, field }: PhysicalColumn): boolean =>
  [before, table].every(one => formOf(one, name) === undefined) &&
  ((before.adopted && table.adopted) || field.native?.['mysql'] !== undefined || field.default?.from === 'database')

const setForm = / character set \S+ collate \S+$/u

/** A default that the new type would not take, or not in these words, changes with it. */
function typeWords(from: PhysicalColumn, to: PhysicalColumn, by: Alterations): string {
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

const dropText = ({ name }: Pick<HelperColumn, 'name'>): string => `drop column ${identifier(name)}`

const alterHead = /^alter table "(?:[^"]|"")+" /u

/** Columns that are made of another one for indexes, and these indexes. */
function madeOf({ helpers, indexes }: PhysicalTable, column: string) {
  const made = helpers.filter(({ of }) => of === column)
  return { helpers: made, indexes: indexes.filter(index => made.some(({ name }) => index.helpers.includes(name))) }
}

function createTable(table: PhysicalTable, by: Alterations): readonly MigrationStep[] {
  const { columns, key, constraints, helpers, name } = table
  const steps = stepsOn(table)
  const lines = columns.map(column => definitionWith(column, by.defaultText))
  lines.push(...helpers.map(({ definition }) => definition))
  if (key.length > 0) lines.push(`primary key (${key.map(identifier).join(', ')})`)
  for (const constraint of constraints) if (constraint.kind !== 'reference') lines.push(definitionOf(constraint))
  return [
    steps.createTable({
      sql: `create table ${identifier(name)} (\n  ${lines.join(',\n  ')}\n) ${by.tableOptions}`,
      lock: 'none',
    }),
    ...steps.firstIndexes('none'),
  ]
}

const addConstraint = (table: PhysicalTable, constraint: PhysicalConstraint): MigrationStep =>
  stepsOn(table).addConstraint(constraint, {
    sql: `${alterTable(table)} add ${definitionOf(constraint)}, ${byCopy.words}`,
    lock: byCopy.lock,
    work: byCopy.work,
  })

/** The columns that an index needs, each in a command of its own: at once if it is virtual, by a copy if it is stored. */
function helpersFor(tables: Tables, { helpers }: PhysicalIndex, by: Alterations): readonly MigrationStep[] {
  const { table } = tables
  const facts = factsOf(table)
  return table.helpers
    .filter(({ name }) => helpers.includes(name))
    .map(({ name, definition, stored }) => {
      const { words, lock, work } = stored ? byCopy : by.anyWay(tables, by.virtualWay(tables))
      return stepOf('index', facts.table, {
        about: `Add the column "${name}" of "${table.name}", which is for indexes alone`,
        sql: `alter table ${identifier(table.name)} add column ${definition}, ${words}`,
        lock,
        work,
        unless: facts.has('column', name),
      })
    })
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

/** A long text is unique by a hidden column with its hash, which takes a copy. */
const wayOf = (table: PhysicalTable, one: PhysicalIndex): Way => (isHashed(table, one) ? byCopy : reading)

function createIndex(tables: Tables, index: PhysicalIndex, by: Alterations): MigrationStep {
  const { table } = tables
  const { words, lock, work } = by.anyWay(tables, wayOf(table, index))
  return stepsOn(table).createIndex(index, { sql: `${index.create}, ${words}`, lock, work })
}

/** The characters of a text, or of a long text. */
export const charactersOf = (type: string): number =>
  Number(/^varchar\((\d+)\)/u.exec(type)?.[1] ?? Number.POSITIVE_INFINITY)
