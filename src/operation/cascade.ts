/**
 * What follows from a delete. The database cascades by itself; where a child has hooks or is deleted softly, its rows are found and
 * deleted here, so that its hooks run and its rows are only marked (semantics 11, 31).
 */
import { refusal } from '../error/index.ts'
import { type Engine, keysOf } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import { spokenName, type ModelNode, type RelationNode, type Value } from '../model/index.ts'
import { type ExecutionContext, systemCaller } from '../query/index.ts'
import { findByValues } from './address.ts'
import { runAfterHooks, runBeforeHooks } from './run-hooks.ts'

type Key = readonly Value[]

interface Reference {
  readonly child: ModelNode
  readonly relation: RelationNode
}

/** The relations of other models that refer to this one. */
function references(engine: Engine, model: ModelNode): Reference[] {
  return Object.values(engine.graph.models).flatMap(child =>
    Object.values(child.relations)
      .filter(relation => relation.kind === 'belongsTo' && relation.target === model.name)
      .map(relation => ({ child, relation })),
  )
}

/** Whether deleting rows of the model runs code of the application. */
export function deleteRunsHooks(engine: Engine, model: ModelNode, seen: ReadonlySet<string> = new Set()): boolean {
  if (seen.has(model.name)) return false
  if (engine.hooks[model.name] !== undefined) return true
  const around = new Set([...seen, model.name])
  return references(engine, model).some(
    ({ child, relation }) => relation.onDelete === 'cascade' && deleteRunsHooks(engine, child, around),
  )
}

/**
 * Deletes rows whose deletion has been allowed: hooks, children, the rows themselves, change records. `hard` removes rows of
 * models that delete softly too: a row cannot outlive the row that it has to belong to.
 */
export function* deleteKeys(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  hard: boolean,
  context: ExecutionContext,
): Steps<void> {
  if (keys.length === 0) return
  const hooked = engine.hooks[model.name] !== undefined
  const field = hard ? null : model.softDeleteField
  const followed = followedReferences(engine, model, field !== null)
  const stored = hooked || followed.length > 0 ? yield* engine.write.stored(model, keys, context) : []
  if (hooked) yield* runBeforeHooks(engine, model, 'beforeDelete', stored, stored, context)
  for (const reference of followed) yield* deleteChildren(engine, model, reference, stored, field === null, context)
  const steps = keysOf(model, keys)
  if (field === null) {
    const request = { model: model.name, target: { kind: 'keys' }, ifVersion: false, rule: null } as const
    yield* engine.write.delete(request, { steps }, context)
  } else {
    yield* markDeleted(engine, model, field, steps, context.now, context)
  }
  engine.transactions.record(
    context,
    keys.map(key => ({ model: model.name, key, operation: 'delete', fields: [] })),
  )
  if (hooked) yield* runAfterHooks(engine, model, 'afterDelete', stored, stored, context)
}

/** The references whose rows have to be looked at here; the database's foreign keys do the rest. */
function followedReferences(engine: Engine, model: ModelNode, soft: boolean): Reference[] {
  return references(engine, model).filter(({ child, relation }) =>
    // A row that is only marked never reaches the database's foreign keys.
    soft
      ? relation.onDelete === 'restrict' || (relation.onDelete === 'cascade' && child.softDeleteField !== null)
      : relation.onDelete === 'cascade' && deleteRunsHooks(engine, child),
  )
}

/** Marks rows as deleted at `moment`; null takes the mark away from those that have it. Tells how many it touched. */
export function* markDeleted(
  engine: Engine,
  model: ModelNode,
  field: string,
  steps: Readonly<Record<string, Value>>,
  moment: Value,
  context: ExecutionContext,
): Steps<number> {
  const result = yield* engine.write.update(
    {
      model: model.name,
      target: { kind: moment === null ? 'deletedKeys' : 'keys' },
      set: [field],
      written: [],
      version: true,
      ifVersion: false,
      rule: null,
      withDeleted: true,
    },
    { steps: { ...steps, [`set.${field}`]: moment } },
    context,
  )
  return result.count
}

function* deleteChildren(
  engine: Engine,
  model: ModelNode,
  { child, relation }: Reference,
  rows: readonly Readonly<Record<string, Value>>[],
  hard: boolean,
  context: ExecutionContext,
): Steps<void> {
  const caller = systemCaller('cascade of a delete')
  const system = { ...context, caller }
  const fields = relation.on.map(({ local }) => local)
  const tuples = rows.map(row => relation.on.map(({ remote }) => row[remote] ?? null))
  const present = yield* findByValues(engine, child, fields, tuples, child.key, system)
  if (present.length === 0) return
  if (relation.onDelete === 'restrict') {
    throw refusal('writes.reference-in-use', { model: model.name, other: spokenName(child) })
  }
  const keys = present.map(row => child.key.map(field => row[field] ?? null))
  yield* deleteKeys(engine, child, keys, hard, system)
}
