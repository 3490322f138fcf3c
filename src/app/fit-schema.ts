/** Makes the database fit the models, as far as the way of running allows it (semantics 38). */
import { refusal } from '../error/index.ts'
import type { ModelGraph } from '../model/index.ts'
import type { SchemaDifference, Store } from '../store/contract/index.ts'

/** `follow`: apply what only adds, tell the rest. `require`: refuse when anything differs. */
export type SchemaPolicy = 'follow' | 'require'

export interface SchemaReport {
  readonly applied: readonly SchemaDifference[]
  readonly left: readonly SchemaDifference[]
}

export async function fitSchema(store: Store, graph: ModelGraph, policy: SchemaPolicy): Promise<SchemaReport> {
  const differences = await store.compareSchema(graph)
  if (policy === 'require') {
    if (differences.length > 0) throw differs(differences)
    return { applied: [], left: [] }
  }
  const applied = differences.filter(({ commands }) => commands !== null)
  if (applied.length > 0) await store.applySchema(applied)
  return { applied, left: applied.length === 0 ? differences : await store.compareSchema(graph) }
}

const mostLines = 20

function differs(differences: readonly SchemaDifference[]): Error {
  const lines = differences.slice(0, mostLines).map(({ description }) => `  - ${description}`)
  if (differences.length > mostLines) lines.push(`  - and ${differences.length - mostLines} more`)
  const additive = differences.every(({ commands }) => commands !== null)
  const command = additive
    ? 'All of them only add something: plinth database --apply makes them.'
    : 'plinth database shows them with their commands; --apply makes those that only add something.'
  return refusal('boot.database-differs', { differences: lines.join('\n'), command })
}
