/** A random application: models, rules, rows and callers, made from one number. */
import type { ModelGraph, Value } from '../../src/model/index.ts'
import { anonymous, type Caller } from '../../src/query/index.ts'
import type { World } from '../oracle/index.ts'
import { randomGraph } from './declarations.ts'
import { randomOf } from './random.ts'
import { randomRows } from './rows.ts'
import { type Ruled, withRandomRules } from './rules.ts'

export interface RandomWorld extends World, Pick<Ruled, 'forms' | 'fieldForms'> {
  readonly seed: number
  readonly callers: readonly Caller[]
}

export function randomWorld(seed: number): RandomWorld {
  const random = randomOf(seed)
  const { graph, forms, fieldForms } = withRandomRules(randomGraph(random), random)
  const rows = randomRows(graph, random)
  const system: Caller = { class: 'system', key: [], attributes: {}, reason: 'property test' }
  const users = (rows['User'] ?? []).map(row => signedIn(graph, row))
  // Somebody whose row is gone, or whose attributes are not known.
  const stranger: Caller = { class: 'signedIn', key: users[0]?.key ?? [], attributes: {}, reason: null }
  return {
    seed,
    graph,
    forms,
    fieldForms,
    rows,
    callers: [...users, anonymous, stranger, system],
    defaultPage: 20,
    defaultNested: 20,
  }
}

function signedIn(graph: ModelGraph, row: Readonly<Record<string, Value>>): Caller {
  const key = graph.models['User']?.key ?? []
  return { class: 'signedIn', key: key.map(name => row[name] ?? null), attributes: row, reason: null }
}
