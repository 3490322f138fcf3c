/** Links of rows (manyToMany), written with them, and the rows at their other end. */
import { type Engine, type Key, keyText, rowKey } from '../../engine/index.ts'
import { inTurn, type Steps } from '../../lib/index.ts'
import type { ModelNode, RelationNode, Value } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { findKeys } from '../address.ts'
import { creatingAbsent, recogniseRows } from './ensure-rows.ts'
import { insertRows } from '../insert-rows.ts'
import { mayRaceAgain } from '../lost-race.ts'
import { insertLinks, removeLinks } from './link-rows.ts'
import { asksOtherEnd, linkedKeys, requireMayLink } from './link-rules.ts'
import type { Dependent } from './children.ts'
import type { ParsedRow } from '../parse/parsed-row.ts'
import { hasHooks } from '../run-hooks.ts'

/** Answers whether any link was made or removed. */
export function* writeLinks(
  engine: Engine,
  model: ModelNode,
  relation: RelationNode,
  writes: readonly Dependent[],
  context: ExecutionContext,
): Steps<boolean> {
  const { through } = relation
  if (through === null) throw new Error(`${model.name}.${relation.name} has no join model`)
  const target = engine.model(relation.target)
  const join = engine.model(through.model)
  const create = writes.flatMap(({ write }) => write.create)
  const created = yield* insertRows(engine, target, create, context)
  const ensured = yield* ensureRows(
    engine,
    target,
    writes.flatMap(({ write }) => [...write.connectOrCreate, ...(write.setOrCreate ?? [])]),
    context,
  )
  const connected = yield* findKeys(
    engine,
    target,
    writes.flatMap(({ write }) => [...write.connect, ...(write.set ?? [])]),
    relation.name,
    context,
  )
  const own = (row: Dependent['row']): Record<string, Value> =>
    Object.fromEntries(through.local.map(pair => [pair.through, row[pair.local] ?? null]))
  const remote = (key: Key): Record<string, Value> =>
    Object.fromEntries(through.remote.map(pair => [pair.through, key[target.key.indexOf(pair.remote)] ?? null]))

  const asks = asksOtherEnd(engine, model, relation, context)
  const [nextCreated, nextEnsured, nextConnected] = [inTurn(created), inTurn(ensured), inTurn(connected)]
  const links: Record<string, Value>[] = []
  let changed = false
  for (const { row, write } of writes) {
    const keys: Key[] = [
      ...nextCreated(write.create.length).map(each => rowKey(target, each)),
      ...nextEnsured(write.connectOrCreate.length + (write.setOrCreate?.length ?? 0)),
      ...nextConnected(write.connect.length + (write.set?.length ?? 0)),
    ]
    const replaces = write.set !== null || write.setOrCreate !== null
    if (asks) {
      const present = replaces ? yield* linkedKeys(engine, relation, own(row), context) : []
      const kept = new Set(present.map(keyText))
      const wanted = new Set(keys.map(keyText))
      const going = present.filter(key => !wanted.has(keyText(key)))
      yield* requireMayLink(
        engine,
        model,
        relation,
        [...keys.filter(key => !kept.has(keyText(key))), ...going],
        context,
      )
    }
    if (replaces && (yield* removeLinks(engine, relation, own(row), keys.map(remote), 'others', context)))
      changed = true
    const removed = yield* findKeys(engine, target, write.disconnect, relation.name, context)
    if (asks) yield* requireMayLink(engine, model, relation, removed, context)
    if (removed.length > 0 && (yield* removeLinks(engine, relation, own(row), removed.map(remote), 'these', context))) {
      changed = true
    }
    for (const key of keys) links.push({ ...own(row), ...remote(key) })
  }
  const distinct = [...new Map(links.map(link => [JSON.stringify(link), link])).values()]
  const linkFields = [...through.local, ...through.remote].map(pair => pair.through)
  const made = yield* insertLinks(engine, join, distinct, linkFields, context)
  return made || changed
}

/** The keys of rows that exist or are created now. */
function* ensureRows(
  engine: Engine,
  target: ModelNode,
  rows: readonly ParsedRow[],
  context: ExecutionContext,
): Steps<readonly Key[]> {
  const { transactions } = engine
  for (let attempt = 1; ; attempt++) {
    const recognised = yield* recogniseRows(engine, target, rows, context)
    const { keys, absent, places } = recognised
    const create = () => creatingAbsent(target, recognised, insertRows(engine, target, absent, context))
    // Where all of the write can begin anew, it does. Hooks of the target would have seen rows that are not there.
    const undoable = absent.length > 0 && !transactions.canBeginAnew(context) && !hasHooks(engine, target)
    try {
      const created = undoable ? yield* transactions.undoable(context, create) : yield* create()
      const newKeys = created.map(row => rowKey(target, row))
      return rows.map((_, index) => keys[index] ?? newKeys[places[index] ?? -1] ?? [])
    } catch (error) {
      if (!undoable || !mayRaceAgain(error, attempt)) throw error
    }
  }
}
