/**
 * The steps that SQL databases have in common: when each is taken, what it says of itself, and the fact by which it is seen to be done. With what
 * command it is taken, and what that keeps others from, is the store's to say.
 */
import { identifier } from '../table-words.ts'
import type { PhysicalColumn, PhysicalConstraint, PhysicalIndex, PhysicalTable } from './physical-table.ts'
import type { Lock, MigrationStep, Phase } from './step.ts'
import { factsOf, stepOf } from './step-of.ts'

type Told = 'kind' | 'lock' | 'work' | 'unless' | 'downtime'

/** How a step is carried out. */
export type Command = Pick<MigrationStep, 'sql'> & Partial<Pick<MigrationStep, Told>>

/** Rows that get their value by one command. */
const batchSize = 1000

export const qualified = ({ namespace, name }: Pick<PhysicalTable, 'namespace' | 'name'>): string =>
  namespace === null ? identifier(name) : `${identifier(namespace)}.${identifier(name)}`

export function stepsOn(table: PhysicalTable) {
  const facts = factsOf(table)
  const of = `of "${table.name}"`
  const step = (phase: Phase, about: string, own: Partial<MigrationStep>, command: Command): MigrationStep =>
    stepOf(phase, facts.table, { about, ...own, ...command })
  return {
    createTable: (command: Command) =>
      step('create', `Make the table "${table.name}"`, { unless: facts.exists }, command),
    /** The indexes of a table that has no rows yet. */
    firstIndexes: (lock: Lock) =>
      table.indexes.map(({ name, create }) =>
        step('create', `Make the index "${name}" ${of}`, { unless: facts.has('index', name) }, { sql: create, lock }),
      ),
    dropTable: () =>
      step(
        'drop',
        `Drop the table "${table.name}" and its rows`,
        { unless: facts.gone },
        { sql: `drop table ${qualified(table)}` },
      ),
    renameTable: (from: string, sql: string) =>
      stepOf(
        'release',
        { namespace: table.namespace, name: from },
        { about: `Rename the table "${from}" to "${table.name}"`, sql, unless: facts.exists, downtime: true },
      ),
    renameColumn: (from: string, to: string, command: Command) =>
      step(
        'release',
        `Rename the column "${from}" ${of} to "${to}"`,
        { unless: facts.has('column', to), downtime: true },
        command,
      ),
    addColumn: ({ name }: PhysicalColumn, command: Command) =>
      step('create', `Add the column "${name}" ${of}`, { unless: facts.has('column', name) }, command),
    dropColumn: ({ name }: PhysicalColumn, command: Command) =>
      step('drop', `Drop the column "${name}" ${of} and its values`, { unless: facts.lacks('column', name) }, command),
    allowNull: ({ name }: PhysicalColumn, command: Command) =>
      step('change', `Let the column "${name}" ${of} be null`, { unless: facts.optional(name) }, command),
    refuseNull: ({ name }: PhysicalColumn, command: Command) =>
      step('restrict', `Make the column "${name}" ${of} not null`, { unless: facts.required(name) }, command),
    /** `some`: the condition by which a batch is found, made of the words that find the next rows without a value, and no more of them. */
    fill({ name, filling }: PhysicalColumn, lock: Lock, some: (next: string) => string) {
      const column = identifier(name)
      const next = `${column} is null limit ${batchSize}`
      return step(
        'fill',
        `Give rows ${of} that have no "${name}" one, ${batchSize} at a time`,
        { unless: facts.required(name) },
        {
          kind: 'batch',
          sql: `update ${qualified(table)} set ${column} = ${filling ?? 'null'} where ${some(next)}`,
          lock,
          work: 'scan',
        },
      )
    },
    changeDefault: ({ name, default: value }: PhysicalColumn, command: Command) =>
      step(
        'change',
        `${value === null ? 'Drop the default' : 'Change the default'} of the column "${name}" ${of}`,
        {},
        command,
      ),
    /** `spoken`: the type as a sentence has it. */
    changeType: ({ name, type }: PhysicalColumn, spoken: string, command: Command) =>
      step('change', `Make the column "${name}" ${of} ${spoken}`, { unless: facts.isOfType(name, type) }, command),
    changeKey: (command: Command) =>
      step('change', `Make (${table.key.join(', ')}) the key ${of}`, { downtime: true }, command),
    addConstraint: ({ name, kind }: PhysicalConstraint, command: Command) =>
      step(
        kind === 'reference' ? 'refer' : 'restrict',
        `Add the constraint "${name}" ${of}`,
        { unless: facts.has('constraint', name) },
        command,
      ),
    dropConstraint: ({ name }: PhysicalConstraint, command: Command) =>
      step('release', `Drop the constraint "${name}" ${of}`, { unless: facts.lacks('constraint', name) }, command),
    createIndex: ({ name, unique }: Pick<PhysicalIndex, 'name' | 'unique'>, command: Command) =>
      step(
        'index',
        `Make the ${unique ? 'unique ' : ''}index "${name}" ${of}`,
        { unless: facts.has('index', name) },
        command,
      ),
    dropIndex: ({ name }: PhysicalIndex, command: Command) =>
      step('release', `Drop the index "${name}" ${of}`, { unless: facts.lacks('index', name) }, command),
    replaceIndex: ({ name }: PhysicalIndex, command: Command) =>
      step('index', `Change the index "${name}" ${of}`, {}, command),
  }
}
