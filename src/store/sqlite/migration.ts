/**
 * How SQLite is migrated: it adds columns and indexes, and drops what nothing rests on; for everything else the table is made anew and takes
 * the rows over (sqlite.org/lang_altertable.html, section 7). Whatever a step does, it holds up other writers until it is done, and no reader.
 */
import {
  type ChangedTable,
  columnOf,
  factsOf,
  flatTable,
  identifier,
  type MigrationDialect,
  migrationDialect,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalTable,
  scaleOf,
  stepOf,
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
  if (after === null) return before === null ? [] : [dropTable(before)]
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
  if (form !== undefined) parts.push(named(form))
  return parts.join(' ')
}

const named = ({ name, text }: PhysicalConstraint): string => `constraint ${identifier(name)} ${text}`

function tableText(table: PhysicalTable, name: string): string {
  const { columns, key, constraints, options } = table
  const lines = columns.map(column => definition(table, column))
  if (key.length > 0 && !columns.some(({ sequence }) => sequence))
    lines.push(`primary key (${key.map(identifier).join(', ')})`)
  for (const kind of ['reference', 'check'])
    lines.push(...constraints.filter(constraint => constraint.kind === kind).map(named))
  return `create table ${identifier(name)} (\n  ${lines.join(',\n  ')}\n) ${options}`
}

function createTable(table: PhysicalTable): readonly MigrationStep[] {
  const facts = factsOf(table)
  return [
    stepOf('create', facts.table, {
      about: `Make the table "${table.name}"`,
      sql: tableText(table, table.name),
      unless: facts.exists,
    }),
    ...table.indexes.map(index =>
      stepOf('create', facts.table, {
        about: `Make the index "${index.name}" of "${table.name}"`,
        sql: index.create,
        unless: facts.has('index', index.name),
      }),
    ),
  ]
}

const dropTable = (table: PhysicalTable): MigrationStep =>
  stepOf('drop', factsOf(table).table, {
    about: `Drop the table "${table.name}" and its rows`,
    sql: `drop table ${identifier(table.name)}`,
    unless: factsOf(table).gone,
  })

function renaming(after: PhysicalTable, change: TableChange): readonly MigrationStep[] {
  const facts = factsOf(after)
  if (change.kind === 'renameTable') {
    return [
      stepOf(
        'release',
        { namespace: null, name: change.from },
        {
          about: `Rename the table "${change.from}" to "${after.name}"`,
          sql: `alter table ${identifier(change.from)} rename to ${identifier(after.name)}`,
          unless: facts.exists,
          downtime: true,
        },
      ),
    ]
  }
  if (change.kind !== 'renameColumn') return []
  return [
    stepOf('release', facts.table, {
      about: `Rename the column "${change.from}" of "${after.name}" to "${change.to}"`,
      sql: `alter table ${identifier(after.name)} rename column ${identifier(change.from)} to ${identifier(change.to)}`,
      unless: facts.has('column', change.to),
      downtime: true,
    }),
  ]
}

/** The steps where SQLite has a command for the change; null where the table has to be made anew. */
function plainSteps(before: PhysicalTable, after: PhysicalTable, change: TableChange): readonly MigrationStep[] | null {
  const facts = factsOf(after)
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
      const refers = reference === undefined ? '' : ` ${named(reference).replace(/ foreign key \([^)]*\)/u, '')}`
      return [
        stepOf('create', facts.table, {
          about: `Add the column "${column.name}" of "${after.name}"`,
          sql: `${alter} add column ${definition(after, column)}${refers}`,
          unless: facts.has('column', column.name),
        }),
      ]
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
        stepOf('drop', facts.table, {
          about: `Drop the column "${name}" of "${after.name}" and its values`,
          sql: `${alter} drop column ${identifier(name)}`,
          work: 'rewrite',
          lock: 'writes',
          unless: facts.lacks('column', name),
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
      return [
        stepOf('index', facts.table, {
          about: `Make the ${change.index.unique ? 'unique ' : ''}index "${change.index.name}" of "${after.name}"`,
          sql: change.index.create,
          lock: 'writes',
          work: 'scan',
          unless: facts.has('index', change.index.name),
        }),
      ]
    case 'dropIndex':
      return [
        stepOf('release', facts.table, {
          about: `Drop the index "${change.index.name}" of "${after.name}"`,
          sql: `drop index ${identifier(change.index.name)}`,
          unless: facts.lacks('index', change.index.name),
        }),
      ]
    case 'replaceIndex':
      return [
        stepOf('index', facts.table, {
          about: `Change the index "${change.index.name}" of "${after.name}"`,
          sql: `drop index if exists ${identifier(change.index.name)};\n${change.index.create}`,
          lock: 'writes',
          work: 'scan',
        }),
      ]
    default:
      return null
  }
}

const batchSize = 1000

function fill(table: PhysicalTable, { name, filling }: PhysicalColumn): MigrationStep {
  const [on, column] = [identifier(table.name), identifier(name)]
  // A table that was there before may be stored by its key.
  const isKeyed = table.adopted && table.key.length > 0
  const row = isKeyed ? table.key.map(identifier).join(', ') : 'rowid'
  return stepOf('fill', factsOf(table).table, {
    about: `Give rows of "${table.name}" that have no "${name}" one, ${batchSize} at a time`,
    kind: 'batch',
    sql: `update ${on} set ${column} = ${filling ?? 'null'} where ${isKeyed ? `(${row})` : row} in (select ${row} from ${on} where ${column} is null limit ${batchSize})`,
    work: 'scan',
    unless: factsOf(table).required(name),
  })
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
