/** The steps by which MariaDB changes a table, each with the algorithm and the lock that it is to be carried out by. */
import {
  type ChangedTable,
  columnOf,
  factsOf,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalIndex,
  type PhysicalTable,
  stepOf,
  type TableChange,
  typeChange,
} from '../sql/index.ts'
import { identifier } from './encode.ts'
import { liveColumn, tableOptions } from './table.ts'

const instant = 'algorithm = instant'
const online = 'algorithm = inplace, lock = none'
const copying = 'algorithm = copy, lock = shared'

export function stepsOf({ before, after, changes }: ChangedTable): readonly MigrationStep[] {
  const table = after ?? before
  if (table === null) return []
  const added = new Set(changes.flatMap(change => (change.kind === 'addColumn' ? [change.column.name] : [])))
  return changes.flatMap(change => {
    if (change.kind !== 'addConstraint') return stepsOfChange(table, before ?? table, change)
    const { constraint } = change
    if (comesWithColumn(constraint, added)) return []
    // No row of a table that is new can break what is said of it.
    if (before === null) return [{ ...addConstraint(table, constraint), lock: 'moment', work: 'instant' }]
    return [refersFromNew(constraint, added) ? addFromNew(table, constraint) : addConstraint(table, constraint)]
  })
}

/** Nothing refers to anything from columns that are new: nobody has to look. */
const refersFromNew = ({ kind, columns }: PhysicalConstraint, added: ReadonlySet<string>): boolean =>
  kind === 'reference' && columns.every(column => added.has(column))

const addFromNew = (table: PhysicalTable, constraint: PhysicalConstraint): MigrationStep => ({
  ...addConstraint(table, constraint),
  sql: `set statement foreign_key_checks = 0 for alter table ${identifier(table.name)} add ${named(constraint)}, ${instant}`,
  lock: 'moment',
  work: 'instant',
})

const comesWithColumn = ({ kind, columns }: PhysicalConstraint, added: ReadonlySet<string>): boolean =>
  kind === 'form' && columns.every(column => added.has(column))

function definition({ name, type, nullable, sequence, default: value }: PhysicalColumn): string {
  const parts = [identifier(name), type, nullable ? 'null' : 'not null']
  if (sequence) parts.push('auto_increment')
  if (value !== null) parts.push(`default ${value}`)
  return parts.join(' ')
}

const named = ({ name, text }: PhysicalConstraint): string => `constraint ${identifier(name)} ${text}`
const formOf = (table: PhysicalTable, column: string): PhysicalConstraint | undefined =>
  table.constraints.find(({ kind, columns }) => kind === 'form' && columns[0] === column)

/** The server is asked for no more than it has to do. */
type Way = Pick<MigrationStep, 'lock' | 'work'> & { readonly words: string }
const atOnce: Way = { words: instant, lock: 'moment', work: 'instant' }
const beside: Way = { words: online, lock: 'none', work: 'rewrite' }
const reading: Way = { words: online, lock: 'none', work: 'scan' }
const byCopy: Way = { words: copying, lock: 'writes', work: 'rewrite' }

function stepsOfChange(table: PhysicalTable, before: PhysicalTable, change: TableChange): readonly MigrationStep[] {
  const facts = factsOf(table)
  const alter = `alter table ${identifier(table.name)}`
  const of = `of "${table.name}"`
  const step = (phase: MigrationStep['phase'], about: string, sql: string, way: Way, more: Partial<MigrationStep>) =>
    stepOf(phase, facts.table, { about, sql: `${alter} ${sql}, ${way.words}`, lock: way.lock, work: way.work, ...more })
  switch (change.kind) {
    case 'createTable':
      return createTable(table)
    case 'dropTable':
      return [
        stepOf('drop', facts.table, {
          about: `Drop the table "${table.name}" and its rows`,
          sql: `drop table ${identifier(table.name)}`,
          unless: facts.gone,
        }),
      ]
    case 'renameTable':
      return [
        stepOf(
          'release',
          { namespace: null, name: change.from },
          {
            about: `Rename the table "${change.from}" to "${table.name}"`,
            sql: `rename table ${identifier(change.from)} to ${identifier(table.name)}`,
            unless: facts.exists,
            downtime: true,
          },
        ),
      ]
    case 'renameColumn':
      return [
        step(
          'release',
          `Rename the column "${change.from}" ${of} to "${change.to}"`,
          `rename column ${identifier(change.from)} to ${identifier(change.to)}`,
          atOnce,
          { unless: facts.has('column', change.to), downtime: true },
        ),
      ]
    case 'addColumn': {
      const { name } = change.column
      // As a part of the column its check comes at once; added by itself it would copy the table.
      const form = formOf(table, name)
      const text = `add column ${definition(change.column)}${form === undefined ? '' : ` ${form.text}`}`
      return [step('create', `Add the column "${name}" ${of}`, text, atOnce, { unless: facts.has('column', name) })]
    }
    case 'dropColumn': {
      const { name } = change.column
      const form = formOf(before, name)
      const check = form === undefined ? '' : `drop constraint if exists ${identifier(form.name)}, `
      return [
        step(
          'drop',
          `Drop the column "${name}" ${of} and its values`,
          `${check}drop column ${identifier(name)}`,
          atOnce,
          { unless: facts.lacks('column', name) },
        ),
      ]
    }
    case 'allowNull': {
      const text = modify(table, { ...change.column, nullable: true })
      return [
        step('change', `Let the column "${change.column.name}" ${of} be null`, text, beside, {
          unless: facts.optional(change.column.name),
        }),
      ]
    }
    case 'fill':
      return [fill(table, change.column)]
    case 'refuseNull': {
      const text = modify(table, { ...change.column, nullable: false })
      return [
        step('restrict', `Make the column "${change.column.name}" ${of} not null`, text, beside, {
          unless: facts.required(change.column.name),
        }),
      ]
    }
    case 'changeDefault': {
      const { name, default: value } = change.column
      const text = `alter column ${identifier(name)} ${value === null ? 'drop default' : `set default ${value}`}`
      const about = `${value === null ? 'Drop the default' : 'Change the default'} of the column "${name}" ${of}`
      return [step('change', about, text, atOnce, {})]
    }
    case 'changeType': {
      const { from, to } = change
      const way = isInPlace(from.type, to.type) ? atOnce : byCopy
      const about = `Make the column "${to.name}" ${of} ${to.type.replace(/ character set .*$/u, '')}`
      const converts = typeChange(from.field.type, to.field.type) === 'converts'
      return [step('change', about, modify(table, to), way, { downtime: converts })]
    }
    case 'changeKey': {
      const key = table.key.length === 0 ? '' : `, add primary key (${table.key.map(identifier).join(', ')})`
      return [
        step('change', `Make (${table.key.join(', ')}) the key ${of}`, `drop primary key${key}`, byCopy, {
          downtime: true,
        }),
      ]
    }
    case 'changeOptions':
      // It comes with the first index that tells live rows, and goes with the last.
      return table.options === ''
        ? [
            step('drop', `Drop the column "${liveColumn}" ${of}`, `drop column ${identifier(liveColumn)}`, atOnce, {
              unless: facts.lacks('column', liveColumn),
            }),
          ]
        : []
    case 'addConstraint':
      return [addConstraint(table, change.constraint)]
    case 'replaceConstraint':
      return [replaceConstraint(table, change.constraint, change.narrows)]
    case 'dropConstraint': {
      const { name, kind } = change.constraint
      const words = `drop ${kind === 'reference' ? 'foreign key' : 'constraint'} if exists ${identifier(name)}`
      return [
        step('release', `Drop the constraint "${name}" ${of}`, words, atOnce, {
          unless: facts.lacks('constraint', name),
        }),
      ]
    }
    case 'createIndex':
      return [...liveColumnFor(table, change.index), index(table, change.index)]
    case 'dropIndex':
      return [
        step(
          'release',
          `Drop the index "${change.index.name}" ${of}`,
          `drop index ${identifier(change.index.name)}`,
          wayOf(before, change.index),
          { unless: facts.lacks('index', change.index.name) },
        ),
      ]
    case 'replaceIndex': {
      const { name } = change.index
      const drop = `drop index ${identifier(name)}`
      const create = withoutLive(table, change.index).replace(/^alter table "(?:[^"]|"")+" /u, '')
      return [
        ...liveColumnFor(table, change.index),
        step('index', `Change the index "${name}" ${of}`, `${drop}, ${create}`, wayOf(table, change.index), {}),
      ]
    }
    default:
      return change satisfies never
  }
}

/** The column as a whole: a check that stands in its definition would be gone if it were not said again, and one of a name of its own is not needed beside it. */
function modify(table: PhysicalTable, column: PhysicalColumn): string {
  const form = formOf(table, column.name)
  if (form === undefined) return `modify column ${definition(column)}`
  return `drop constraint if exists ${identifier(form.name)}, modify column ${definition(column)} ${form.text}`
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

function createTable(table: PhysicalTable): readonly MigrationStep[] {
  const { columns, key, constraints, indexes, name, options } = table
  const facts = factsOf(table)
  const lines = columns.map(definition)
  if (options !== '') lines.push(options)
  if (key.length > 0) lines.push(`primary key (${key.map(identifier).join(', ')})`)
  for (const constraint of constraints) if (constraint.kind !== 'reference') lines.push(named(constraint))
  return [
    stepOf('create', facts.table, {
      about: `Make the table "${name}"`,
      sql: `create table ${identifier(name)} (\n  ${lines.join(',\n  ')}\n) ${tableOptions}`,
      lock: 'none',
      unless: facts.exists,
    }),
    ...indexes.map(one =>
      stepOf('create', facts.table, {
        about: `Make the index "${one.name}" of "${name}"`,
        sql: one.create,
        lock: 'none',
        unless: facts.has('index', one.name),
      }),
    ),
  ]
}

const batchSize = 1000

function fill(table: PhysicalTable, { name, filling }: PhysicalColumn): MigrationStep {
  const column = identifier(name)
  return stepOf('fill', factsOf(table).table, {
    about: `Give rows of "${table.name}" that have no "${name}" one, ${batchSize} at a time`,
    kind: 'batch',
    sql: `update ${identifier(table.name)} set ${column} = ${filling ?? 'null'} where ${column} is null limit ${batchSize}`,
    lock: 'none',
    work: 'scan',
    unless: factsOf(table).required(name),
  })
}

function addConstraint(table: PhysicalTable, constraint: PhysicalConstraint): MigrationStep {
  const facts = factsOf(table)
  const isReference = constraint.kind === 'reference'
  return stepOf(isReference ? 'refer' : 'restrict', facts.table, {
    about: `Add the constraint "${constraint.name}" of "${table.name}"`,
    sql: `alter table ${identifier(table.name)} add ${named(constraint)}, ${copying}`,
    lock: 'writes',
    work: 'rewrite',
    unless: facts.has('constraint', constraint.name),
  })
}

function replaceConstraint(table: PhysicalTable, constraint: PhysicalConstraint, narrows: boolean): MigrationStep {
  const name = identifier(constraint.name)
  const alter = `alter table ${identifier(table.name)}`
  const about = `Change the constraint "${constraint.name}" of "${table.name}"`
  const { table: on } = factsOf(table)
  if (constraint.kind === 'reference') {
    // Two commands: in one, the new one would meet the old one's name.
    const sql = `${alter} drop foreign key if exists ${name};\n${alter} add ${named(constraint)}, ${copying}`
    return stepOf('refer', on, { about, sql, lock: 'writes', work: 'rewrite' })
  }
  const column = constraint.kind === 'form' ? columnOf(table, constraint.columns[0] ?? '') : undefined
  if (column !== undefined && !narrows) {
    // As a part of the column a check is taken over without a look at the rows: all of them keep to one that allows more.
    return stepOf('change', on, { about, sql: `${alter} ${modify(table, column)}, ${instant}` })
  }
  const plain = column === undefined ? '' : `modify column ${definition(column)}, `
  const sql = `${alter} drop constraint if exists ${name}, ${plain}add ${named(constraint)}, ${copying}`
  return stepOf('change', on, { about, sql, lock: 'writes', work: 'rewrite' })
}

/** The column by which an index tells live rows; MariaDB adds a virtual one at once, but in a command of its own only. */
function liveColumnFor(table: PhysicalTable, { liveOnly }: PhysicalIndex): readonly MigrationStep[] {
  if (!liveOnly) return []
  const facts = factsOf(table)
  return [
    stepOf('index', facts.table, {
      about: `Add the column "${liveColumn}" of "${table.name}", by which indexes tell live rows`,
      sql: `alter table ${identifier(table.name)} add column ${table.options}, ${instant}`,
      unless: facts.has('column', liveColumn),
    }),
  ]
}

/** A long text is unique by a hidden column with its hash, which takes a copy. */
const wayOf = (table: PhysicalTable, { unique, columns }: PhysicalIndex): Way =>
  unique && columns.some(name => columnOf(table, name)?.type.startsWith('longtext') === true) ? byCopy : reading

const withoutLive = ({ options }: PhysicalTable, { create }: PhysicalIndex): string =>
  create.replace(`add column if not exists ${options}, `, '')

function index(table: PhysicalTable, one: PhysicalIndex): MigrationStep {
  const { name, unique } = one
  const facts = factsOf(table)
  const way = wayOf(table, one)
  return stepOf('index', facts.table, {
    about: `Make the ${unique ? 'unique ' : ''}index "${name}" of "${table.name}"`,
    sql: `${withoutLive(table, one)}, ${way.words}`,
    lock: way.lock,
    work: way.work,
    unless: facts.has('index', name),
  })
}

/** The characters of a text, or of a long text. */
export const charactersOf = (type: string): number =>
  Number(/^varchar\((\d+)\)/u.exec(type)?.[1] ?? Number.POSITIVE_INFINITY)
