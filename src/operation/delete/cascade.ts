/**
 * Deletes rows with all that follows from it: hooks, rows that refer to them, change records (semantics 11, 22, 23, 31). The rows are found
 * first, level by level and each once, and locked; then those that refer are deleted before those that they refer to.
 */
import { refusal } from '../../error/index.ts'
import {
  type Engine,
  type Key,
  keyRow,
  keysOf,
  keyText,
  type Row,
  rowKey,
  tuplesOf,
  valuesOf,
} from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import { type ModelNode, type RelationNode, spokenName } from '../../model/index.ts'
import { asSystem, type ExecutionContext } from '../../query/index.ts'
import { findByValues } from '../address.ts'
import { lockKeys, lockRows } from '../lock-rows.ts'
import { markDeleted, markRequest } from './mark-deleted.ts'
import { loosen, setNull } from './null-references.ts'
import { type Reference, type ReferentialActions, referentialActions } from './referential-actions.ts'
import { runAfterHooks, runBeforeHooks } from '../run-hooks.ts'

/** Rows of one model that were found at one level. */
interface Group {
  readonly model: ModelNode
  readonly actions: ReferentialActions
  readonly keys: readonly Key[]
  readonly rows: readonly Row[]
  readonly level: number
}

/** The rows of one delete: no row is one of them twice. */
interface Deletion {
  /** They are only marked. A row that is removed takes those with it that would be marked by themselves. */
  readonly soft: boolean
  readonly groups: readonly Group[]
  readonly seen: Seen
}

const rowText = (model: ModelNode, key: Key): string => `${model.name} ${keyText(key)}`

class Seen {
  readonly #rows = new Set<string>()
  readonly #hidden = new Set<string>()

  has(model: ModelNode, key: Key): boolean {
    return this.#rows.has(rowText(model, key))
  }

  /** Those that were not seen before. */
  fresh(model: ModelNode, keys: readonly Key[]): readonly Key[] {
    const fresh = keys.filter(key => !this.has(model, key))
    for (const key of fresh) this.#rows.add(rowText(model, key))
    return fresh
  }

  hide(model: ModelNode, keys: readonly Key[]): void {
    for (const key of keys) this.#hidden.add(rowText(model, key))
  }

  /** A scope hides the row: it goes without hooks and records, for there is nobody for whom it was there. */
  hides(model: ModelNode, key: Key): boolean {
    return this.#hidden.has(rowText(model, key))
  }
}

/** Deletes those of the rows that are still there; the caller has been allowed to. Gives the keys of those that it has deleted. */
export function* deleteKeys(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  context: ExecutionContext,
): Steps<readonly Key[]> {
  if (keys.length === 0) return []
  return yield* deleteLocked(engine, model, yield* lockKeys(engine, model, keys, context), context)
}

/** The same for rows that are locked already. */
export function* deleteLocked(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  context: ExecutionContext,
): Steps<readonly Key[]> {
  if (keys.length === 0) return []
  const deletion = yield* gather(engine, model, keys, context)
  const groups = inOrder(deletion.groups)
  if (deletion.soft) yield* requireUnreferred(engine, deletion, context)
  else {
    yield* loosen(engine, groups, context)
    yield* letGo(engine, groups, deletion, context)
  }
  const deleted = new Set<string>()
  for (const group of groups) {
    const gone = yield* deleteGroup(engine, group, deletion, context)
    if (group.model === model) for (const key of gone) deleted.add(keyText(key))
  }
  return keys.filter(key => deleted.has(keyText(key)))
}

/** Finds what is deleted, and runs the hooks before it: they may still change what refers to their rows. */
function* gather(engine: Engine, model: ModelNode, keys: readonly Key[], context: ExecutionContext): Steps<Deletion> {
  const soft = model.softDeleteField !== null
  const [groups, seen]: [Group[], Seen] = [[], new Seen()]
  let level = new Map([[model, seen.fresh(model, keys)]])
  for (let depth = 0; level.size > 0; depth++) {
    const next: typeof level = new Map()
    for (const [one, found] of level) {
      const group = yield* groupOf(engine, one, found, { soft, seen, level: depth }, context)
      groups.push(group)
      for (const reference of group.actions.cascades) {
        const children = seen.fresh(
          reference.child,
          yield* lockCascade(engine, reference, group.rows, { soft, seen }, context),
        )
        if (children.length > 0) next.set(reference.child, [...(next.get(reference.child) ?? []), ...children])
      }
    }
    level = next
  }
  return { soft, groups, seen }
}

function* groupOf(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  { soft, seen, level }: { readonly soft: boolean; readonly seen: Seen; readonly level: number },
  context: ExecutionContext,
): Steps<Group> {
  const actions = referentialActions(engine, model, soft)
  const rows = actions.needsRows ? yield* engine.rows.stored(model, keys, context) : keys.map(key => keyRow(model, key))
  if (actions.hooked) {
    const shown = rows.filter(row => !seen.hides(model, rowKey(model, row)))
    yield* runBeforeHooks(engine, model, 'beforeDelete', shown, shown, context)
  }
  return { model, actions, keys, rows, level }
}

/** Rows that are removed take those with them that are hidden, too: nobody may bring one back meanwhile, and others may refer to it. */
function* lockCascade(
  engine: Engine,
  reference: Reference,
  rows: readonly Row[],
  { soft, seen }: { readonly soft: boolean; readonly seen: Seen },
  context: ExecutionContext,
): Steps<readonly Key[]> {
  const { child } = reference
  if (soft || child.scopes.length === 0) return yield* lockReferring(engine, reference, rows, context)
  const all = yield* lockReferring(engine, reference, rows, context, true)
  if (all.length === 0) return all
  const shown = new Set((yield* lockReferring(engine, reference, rows, context)).map(keyText))
  seen.hide(
    child,
    all.filter(key => !shown.has(keyText(key))),
  )
  return all
}

/** What rows hold that refer to these. */
function referredBy({ on }: RelationNode, rows: readonly Row[]): readonly Key[] {
  const fields = on.map(({ remote }) => remote)
  return rows.map(row => valuesOf(row, fields))
}

function* lockReferring(
  engine: Engine,
  { child, relation }: Reference,
  rows: readonly Row[],
  context: ExecutionContext,
  unscoped = false,
): Steps<readonly Key[]> {
  const whole = referredBy(relation, rows).filter(tuple => !tuple.includes(null))
  if (whole.length === 0) return []
  const fields = relation.on.map(({ local }) => local)
  const locking = { target: { kind: 'referring', fields }, rule: null, ifVersion: false, unscoped } as const
  return yield* lockRows(engine, child, locking, { steps: tuplesOf(child, fields, whole) }, context)
}

/** Those who refer before those that they refer to. Where no code of the application asks for it, levels are not told apart. */
function inOrder(groups: readonly Group[]): readonly Group[] {
  const ordered = groups.toSorted((one, other) => other.actions.rank - one.actions.rank || other.level - one.level)
  if (ordered.some(({ actions }) => actions.hooked)) return ordered
  const joined: Group[] = []
  for (const group of ordered) {
    const last = joined.at(-1)
    if (last?.model !== group.model) joined.push(group)
    else
      joined[joined.length - 1] = { ...last, keys: [...last.keys, ...group.keys], rows: [...last.rows, ...group.rows] }
  }
  return joined
}

/** What the database's foreign keys would refuse, if the rows went. */
function* requireUnreferred(engine: Engine, { groups, seen }: Deletion, context: ExecutionContext): Steps<void> {
  const system = asSystem(context, 'what refers to deleted rows')
  for (const { model, actions, rows } of groups) {
    for (const { child, relation } of actions.restricts) {
      const fields = relation.on.map(({ local }) => local)
      const referring = yield* findByValues(engine, child, fields, referredBy(relation, rows), child.key, system)
      if (referring.some(row => child.key.length === 0 || !seen.has(child, rowKey(child, row))))
        throw refusal('writes.reference-in-use', { model: model.name, other: spokenName(child) })
    }
  }
}

/** A row that stays, and the relations by which it refers to rows that go. */
interface Staying {
  readonly child: ModelNode
  readonly key: Key
  readonly relations: Set<RelationNode>
}

/** Losing all its references is one change of a row. */
function* letGo(engine: Engine, groups: readonly Group[], { seen }: Deletion, context: ExecutionContext): Steps<void> {
  const found = new Map<string, Staying>()
  for (const { actions, rows } of groups) {
    for (const reference of actions.setsNull) {
      const { child, relation } = reference
      for (const key of yield* lockReferring(engine, reference, rows, context)) {
        if (seen.has(child, key)) continue
        const name = rowText(child, key)
        const row = found.get(name) ?? { child, key, relations: new Set() }
        found.set(name, row)
        row.relations.add(relation)
      }
    }
  }
  const alike = Map.groupBy(found.values(), ({ child, relations }) =>
    [child, ...relations].map(({ name }) => name).join(' '),
  )
  for (const [first, ...others] of alike.values()) {
    if (first === undefined) continue
    yield* setNull(
      engine,
      first.child,
      [...first.relations],
      [first, ...others].map(({ key }) => key),
      context,
    )
  }
}

/** Gives the keys of the rows that it has deleted: a hook may have been quicker. */
function* deleteGroup(
  engine: Engine,
  group: Group,
  { soft, groups, seen }: Deletion,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  const { model, actions, rows } = group
  const field = soft ? model.softDeleteField : null
  const steps = keysOf(model, group.keys)
  let keys: readonly Key[] = group.keys.filter(key => !seen.hides(model, key))
  if (field === null) {
    if (groups.some(each => each.actions.hooked)) keys = yield* lockKeys(engine, model, group.keys, context)
    const request = { model: model.name, target: { kind: 'keys' }, ifVersion: false, rule: null } as const
    yield* engine.write.delete(request, { steps }, context)
  } else {
    const request = markRequest(model, field, { target: { kind: 'keys' }, rule: null, ifVersion: false })
    keys = yield* markDeleted(engine, request, { steps }, context)
  }
  noteDeleted(engine, model, actions, keys, context)
  if (actions.hooked) {
    const gone = new Set(keys.map(keyText))
    const after = rows.filter(row => gone.has(keyText(rowKey(model, row))))
    yield* runAfterHooks(engine, model, 'afterDelete', after, after, context)
  }
  return keys
}

/** Records the rows that are gone, and that callers may have changed with them. */
export function noteDeleted(
  engine: Engine,
  model: ModelNode,
  { changesCallers }: ReferentialActions,
  keys: readonly Key[],
  context: ExecutionContext,
): void {
  engine.transactions.record(
    context,
    keys.map(key => ({ model: model.name, key, operation: 'delete', fields: [] })),
  )
  const { caller } = engine.graph
  if (changesCallers && caller !== null && keys.length > 0) engine.transactions.recordUnknown(context, [caller])
}
