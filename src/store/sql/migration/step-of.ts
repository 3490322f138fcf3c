/** Makes steps: what is not said has the least surprising value. */
import type { TableName } from '../../contract/index.ts'
import type { MigrationStep, Phase, SchemaFact } from './step.ts'

type Said = Pick<MigrationStep, 'about' | 'sql'> & Partial<MigrationStep>

export const stepOf = (phase: Phase, table: TableName, said: Said): MigrationStep => ({
  kind: 'statement',
  lock: 'moment',
  work: 'instant',
  unless: null,
  downtime: false,
  rebuilds: false,
  ...said,
  phase,
  table,
})

/** Facts about a table and its parts. */
export const factsOf = ({ namespace, name }: TableName) => {
  const table: TableName = { namespace, name }
  const fact = (is: SchemaFact['is'], of: string | null, holds: boolean): SchemaFact => ({
    is,
    table,
    name: of,
    type: null,
    holds,
  })
  return {
    table,
    exists: fact('table', null, true),
    gone: fact('table', null, false),
    has: (is: 'column' | 'constraint' | 'index', of: string) => fact(is, of, true),
    lacks: (is: 'column' | 'constraint' | 'index', of: string) => fact(is, of, false),
    required: (of: string) => fact('required', of, true),
    optional: (of: string) => fact('required', of, false),
    isOfType: (of: string, type: string): SchemaFact => ({ ...fact('type', of, true), type }),
  }
}
