/** The two ends of a manyToMany share their links: where this end has no write rule of its own, that of the other end is asked of the rows there. */
import { refusal } from '../../error/index.ts'
import { type Engine, type Key, keyText, valuesOf } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import { callerOnlyAttributes, type ModelNode, type RelationNode, type Value } from '../../model/index.ts'
import { asSystem, type ExecutionContext } from '../../query/index.ts'
import { findByValues } from '../address.ts'
import { readableTuples } from '../refuse-write.ts'

/** What the planner does not decide: a rule that looks at the row at the other end. */
export function asksOtherEnd(
  engine: Engine,
  model: ModelNode,
  { name, target, inverse }: RelationNode,
  { caller }: ExecutionContext,
): boolean {
  if (caller.class === 'system' || inverse === null || model.rules?.fields[name]?.write !== undefined) return false
  const rule = engine.model(target).rules?.fields[inverse]?.write
  return rule !== undefined && callerOnlyAttributes(rule) === null
}

export function* requireMayLink(
  engine: Engine,
  model: ModelNode,
  relation: RelationNode,
  keys: readonly Key[],
  context: ExecutionContext,
): Steps<void> {
  if (keys.length === 0) return
  const target = engine.model(relation.target)
  const written = relation.inverse === null ? [] : [relation.inverse]
  const request = { model: target.name, operation: 'link', written, withDeleted: false } as const
  const statuses = yield* engine.rows.status(request, keys, target, context)
  const allowed = new Set(statuses.filter(status => status.allowed).map(status => keyText(status.key)))
  if (keys.every(key => allowed.has(keyText(key)))) return
  throw refusal('rules.field-closed', { operation: 'write', name: relation.name, model: model.name })
}

/** The keys of the rows that a row is linked to, whoever may see the links, as far as they exist for the caller (semantics 4). */
export function* linkedKeys(
  engine: Engine,
  { through, target: name }: RelationNode,
  own: Readonly<Record<string, Value>>,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  if (through === null) return []
  const target = engine.model(name)
  const fields = Object.keys(own)
  const tuple = valuesOf(own, fields)
  const remote = through.remote.map(pair => pair.through)
  const system = asSystem(context, 'links of a relation')
  const rows = yield* findByValues(engine, engine.model(through.model), fields, [tuple], remote, system)
  const fieldOf = (key: string): string => through.remote.find(pair => pair.remote === key)?.through ?? ''
  const keys = rows.map(row => target.key.map(key => row[fieldOf(key)] ?? null))
  const known = yield* readableTuples(engine, target, target.key, keys, context)
  return keys.filter(key => known.has(keyText(key)))
}
