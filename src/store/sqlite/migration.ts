/**
 * How SQLite is migrated: it adds columns and indexes, and drops what nothing rests on; for everything else the table is made anew and takes
 * the rows over (sqlite.org/lang_altertable.html, section 7). Whatever a step does, it holds up other writers until it is done, and no reader.
 */
import {
  type ChangedTable,
  columnOf,
  definitionOf,
  factsOf,
  flatTable,
  identifier,
  type MigrationDialect,
  migrationDialect,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalTable,
  scaleOf,
  stepOf,
  stepsOn,
  storageOf,
  type TableChange,
  typeChange,
} from '../sql/index.ts'
import { type AdoptedChange, adoptedChange } from './adopted-changes.ts'
import { sqliteDialect } from './dialect.ts'
import { textLiteral } from './encode.ts'
import { rebuiltSuffix } from './rebuild-table.ts'
import { columnCheck, columnType, createIndex, tableOptions } from './table.ts'

export const sqliteMigrations = (now: Date): MigrationDialect =>
  migrationDialect({
    name: 'sqlite',
    words: {
      dialect: sqliteDialect,
      tableName: ({ model }) => flatTable(model),
      columnType: (_shape, field) => columnType(field),
      // SQLite adds a column only with a constant: the moment at which the migration was written.
      moment: textLiteral(now.toISOString()),
      form: columnCheck,
      createIndex,
      options: tableOptions,
    },
    steps,
  })

function steps({ before, after, changes }: ChangedTable): readonly MigrationStep[] {
  if (after === null) return before === null ? [] : [stepsOn(before).dropTable()]
  if (before === null) return createTable(after)
  const renames = changes.flatMap(change => renaming(after, change))
  const others = changes.filter(({ kind }) => kind !== 'renameTable' && kind !== 'renameColumn')
  const plain = others.map(change => plainSteps(before, after, change))
  if (plain.every(found => found !== null)) return [...renames, ...plain.flatMap(found => found ?? [])]
  if (before.adopted && after.adopted) {
    const edited = editedTable(before, after, others)
    if (edited !== null) return [...renames, ...edited]
  }
  const required = new Set(others.flatMap(change => (change.kind === 'refuseNull' ? [change.column.name] : [])))
  // What is required gets its value on the way into the new table.
  const fills = others.flatMap(change =>
    change.kind === 'fill' && !required.has(change.column.name) ? [fill(after, change.column)] : [],
  )
  return [...renames, ...fills, rebuild(before, after, changes)]
}

/** Null where more would have to change than the text by which the table was made. */
function editedTable(
  before: PhysicalTable,
  after: PhysicalTable,
  changes: readonly TableChange[],
): readonly MigrationStep[] | null {
  const found = changes.map(change => ({ change, plain: plainSteps(before, after, change) }))
  const edited = found.flatMap(({ change, plain }) =>
    plain === null ? [{ change, edit: adoptedChange(after, change) }] : [],
  )
  if (edited.some(({ edit }) => edit === null)) return null
  const made = edited.flatMap(({ change, edit }) =>
    edit === null || edit.words.length === 0 ? [] : [{ change, edit }],
  )
  // What would convert values is seen to be done or refused, so it makes nothing anew and stands by itself.
  const [alone, together] = [made.filter(isConverting), made.filter(one => !isConverting(one))]
  const steps = [together, ...alone.map(one => [one])].filter(({ length }) => length > 0)
  return [...found.flatMap(({ plain }) => plain ?? []), ...steps.map(ones => editStep(after, ones))]
}

interface EditedChange {
  readonly change: TableChange
  readonly edit: AdoptedChange
}

const isConverting = ({ change }: EditedChange): boolean => converts(change)

function editStep(table: PhysicalTable, made: readonly EditedChange[]): MigrationStep {
  const alter = `alter table ${identifier(table.name)}`
  const [first, ...more] = made
  return stepOf('restrict', factsOf(table).table, {
    about: anew(
      table,
      made.map(({ change }) => change),
    ),
    kind: 'edit',
    sql: made.flatMap(({ edit }) => edit.words.map(words => `${alter} ${words}`)).join(';\n'),
    lock: 'writes',
    work: 'rewrite',
    // Of several changes it is seen as they are made.
    unless: more.length === 0 ? (first?.edit.unless ?? null) : null,
    downtime: made.some(isConverting),
  })
}

const anew = ({ name }: PhysicalTable, changes: readonly TableChange[]): string =>
  `Make the table "${name}" anew: ${changes.map(inWords).filter(Boolean).join(', ')}`

function definition(table: PhysicalTable, { name, type, nullable, sequence, default: value }: PhysicalColumn): string {
  const parts = [identifier(name), type]
  if (sequence) return [...parts, 'primary key autoincrement'].join(' ')
  if (!nullable) parts.push('not null')
  if (value !== null) parts.push(`default ${value}`)
  const form = table.constraints.find(({ kind, columns }) => kind === 'form' && columns[0] === name)
  if (form !== undefined) parts.push(definitionOf(form))
  return parts.join(' ')
}

function tableText(table: PhysicalTable, name: string): string {
  const { columns, key, constraints, options } = table
  const lines = columns.map(column => definition(table, column))
  if (key.length > 0 && !columns.some(({ sequence }) => sequence))
    lines.push(`primary key (${key.map(identifier).join(', ')})`)
  for (const kind of ['reference', 'check'])
    lines.push(...constraints.filter(constraint => constraint.kind === kind).map(definitionOf))
  return `create table ${identifier(name)} (\n  ${lines.join(',\n  ')}\n) ${options}`
}

function createTable(table: PhysicalTable): readonly MigrationStep[] {
  const steps = stepsOn(table)
  return [steps.createTable({ sql: tableText(table, table.name) }), ...steps.firstIndexes('moment')]
}

function renaming(after: PhysicalTable, change: TableChange): readonly MigrationStep[] {
  const steps = stepsOn(after)
  const fresh = identifier(after.name)
  if (change.kind === 'renameTable')
    return [steps.renameTable(change.from, `alter table ${identifier(change.from)} rename to ${fresh}`)]
  if (change.kind !== 'renameColumn') return []
  const { from, to } = change
  const sql = `alter table ${fresh} rename column ${identifier(from)} to ${identifier(to)}`
  return [steps.renameColumn(from, to, { sql })]
}

/** The steps where SQLite has a command for the change; null where the table has to be made anew. */
function plainSteps(before: PhysicalTable, after: PhysicalTable, change: TableChange): readonly MigrationStep[] | null {
  const steps = stepsOn(after)
  const alter = `alter table ${identifier(after.name)}`
  switch (change.kind) {
    case 'addColumn': {
      const { column } = change
      if (!column.nullable && column.default === null) return null
      const reference = after.constraints.find(
        ({ kind, columns }) => kind === 'reference' && columns.length === 1 && columns[0] === column.name,
      )
      // A default would refer from every row, which SQLite does not look at here.
      if (reference !== undefined && column.default !== null) return null
      const refers = reference === undefined ? '' : ` ${definitionOf(reference).replace(/ foreign key \([^)]*\)/u, '')}`
      return [steps.addColumn(column, { sql: `${alter} add column ${definition(after, column)}${refers}` })]
    }
    case 'addConstraint': {
      // Came with its column.
      const { kind, columns } = change.constraint
      const [only = ''] = columns
      return kind !== 'check' && columns.length === 1 && columnOf(before, only) === undefined ? [] : null
    }
    case 'dropColumn': {
      const { name } = change.column
      const isUsed = before.constraints.some(
        ({ kind, columns, text }) => kind !== 'form' && (columns.includes(name) || text.includes(identifier(name))),
      )
      if (isUsed || before.key.includes(name)) return null
      return [
        steps.dropColumn(change.column, {
          sql: `${alter} drop column ${identifier(name)}`,
          work: 'rewrite',
          lock: 'writes',
        }),
      ]
    }
    case 'dropConstraint':
      // Goes with its column.
      return change.constraint.kind === 'form' && columnOf(after, change.constraint.columns[0] ?? '') === undefined
        ? []
        : null
    case 'fill':
      return [fill(after, change.column)]
    // Every value is given by the application: the default of a column serves others, and the rows that were there when it came.
    case 'changeDefault':
      return []
    case 'changeType':
      return typeChange(change.from.field.type, change.to.field.type) === 'converts' ||
        change.from.type !== change.to.type
        ? null
        : []
    case 'createIndex':
      return [steps.createIndex(change.index, { sql: change.index.create, lock: 'writes', work: 'scan' })]
    case 'dropIndex':
      return [steps.dropIndex(change.index, { sql: `drop index ${identifier(change.index.name)}` })]
    case 'replaceIndex': {
      const { name, create } = change.index
      const sql = `drop index if exists ${identifier(name)};\n${create}`
      return [steps.replaceIndex(change.index, { sql, lock: 'writes', work: 'scan' })]
    }
    default:
      return null
  }
}

function fill(table: PhysicalTable, column: PhysicalColumn): MigrationStep {
  // A table that was there before may be stored by its key.
  const isKeyed = table.adopted && table.key.length > 0
  const row = isKeyed ? table.key.map(identifier).join(', ') : 'rowid'
  const rows = (next: string): string => `(select ${row} from ${identifier(table.name)} where ${next})`
  return stepsOn(table).fill(column, 'moment', next => `${isKeyed ? `(${row})` : row} in ${rows(next)}`)
}

/** One step, in one transaction: the rows are in the old table or in the new one. */
function rebuild(before: PhysicalTable, after: PhysicalTable, changes: readonly TableChange[]): MigrationStep {
  const passing = `${after.name}${rebuiltSuffix}`
  const renamed = new Map(changes.flatMap(change => (change.kind === 'renameColumn' ? [[change.to, change.from]] : [])))
  const renamedTo = new Map([...renamed].map(([to, from]) => [from, to]))
  const kept = after.columns.flatMap(column => {
    const old = columnOf(before, renamed.get(column.name) ?? column.name)
    return old === undefined ? [] : [{ name: column.name, value: converted(old, column) }]
  })
  const names = kept.map(({ name }) => identifier(name)).join(', ')
  const values = kept.map(({ value }) => value).join(', ')
  const counter = after.columns.some(({ sequence }) => sequence)
    ? [
        `delete from sqlite_sequence where name = ${textLiteral(passing)}`,
        `insert into sqlite_sequence (name, seq) select ${textLiteral(passing)}, seq from sqlite_sequence where name = ${textLiteral(after.name)}`,
      ]
    : []
  const lost = before.columns.filter(({ name }) => !kept.some(one => one.name === (renamedTo.get(name) ?? name)))
  const without = lost.map(({ name }) => `-- Without ${identifier(name)}.\n`).join('')
  const commands = [
    tableText(after, passing),
    `${without}insert into ${identifier(passing)} (${names}) select ${values} from ${identifier(after.name)}`,
    // Numbers that were given once are not given again, also when their rows are gone.
    ...counter,
    `drop table ${identifier(after.name)}`,
    `alter table ${identifier(passing)} rename to ${identifier(after.name)}`,
    ...after.indexes.map(({ create }) => create),
  ]
  return stepOf('restrict', factsOf(after).table, {
    about: anew(after, changes),
    sql: commands.join(';\n'),
    lock: 'writes',
    work: 'rewrite',
    rebuilds: true,
    downtime: changes.some(change => converts(change) || change.kind === 'changeKey'),
  })
}

const converts = (change: TableChange): boolean =>
  change.kind === 'changeType' && typeChange(change.from.field.type, change.to.field.type) === 'converts'

function converted(old: PhysicalColumn, fresh: PhysicalColumn): string {
  const name = identifier(fresh.name)
  const value = fresh.nullable || !old.nullable || fresh.filling === null ? name : `coalesce(${name}, ${fresh.filling})`
  if (typeChange(old.field.type, fresh.field.type) !== 'converts') return value
  switch (storageOf(fresh.field.type)) {
    case 'decimal': {
      const from = storageOf(old.field.type) === 'decimal' ? scaleOf(old.field.type) : 0
      return `${value} * ${10 ** (scaleOf(fresh.field.type) - from)}`
    }
    case 'float':
      return `cast(${value} as real)`
    default:
      return `cast(${value} as text)`
  }
}

function inWords(change: TableChange): string {
  switch (change.kind) {
    case 'addColumn':
      return `"${change.column.name}" is added`
    case 'dropColumn':
      return `"${change.column.name}" is dropped`
    case 'allowNull':
      return `"${change.column.name}" may be null`
    case 'refuseNull':
      return `"${change.column.name}" may not be null`
    case 'changeType':
      return `"${change.to.name}" becomes ${change.from.type === change.to.type ? storageOf(change.to.field.type) : change.to.type}`
    case 'changeKey':
      return 'the key changes'
    case 'dropHelper':
    case 'changeOptions':
      return 'it is strict or not'
    case 'addConstraint':
    case 'dropConstraint':
    case 'replaceConstraint':
      return `${change.kind === 'dropConstraint' ? 'without' : 'with'} "${change.constraint.name}"`
    default:
      return ''
  }
}
