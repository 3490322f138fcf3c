/** Nested writes, one level deep: rows of relations created, connected and disconnected with their row, under the caller's rights. */
import { refusal } from '../error/index.ts'
import { type Engine, keyText } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, RelationNode, Value } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import { addressText, findByAddress, findByValues, findKeys } from './address.ts'
import { insertRows } from './insert-rows.ts'
import { insertLinks, removeLinks } from './link-rows.ts'
import type { Address, NestedWrite, ParsedRow } from './parse-row.ts'

type Key = readonly Value[]

/** What nested writes write of the row itself: the relations, which may have field rules, and the scalars of belongsTo. */
export function nestedNames(nested: readonly NestedWrite[]): string[] {
  return nested.flatMap(({ relation }) => [
    relation.name,
    ...(relation.kind === 'belongsTo' ? relation.on.map(({ local }) => local) : []),
  ])
}

/**
 * Creates or finds the rows that other rows belong to, before those are written: the values of the referring fields, row by row.
 * One insert per relation, however many rows.
 */
export function* writeReferences(
  engine: Engine,
  rows: readonly ParsedRow[],
  context: ExecutionContext,
): Steps<readonly Record<string, Value>[]> {
  const references = rows.map((): Record<string, Value> => ({}))
  for (const relation of relationsOf(rows, kind => kind === 'belongsTo')) {
    const target = engine.model(relation.target)
    const writes = rows.map(row => row.nested.find(nested => nested.relation === relation))
    const created = yield* insertRows(
      engine,
      target,
      writes.flatMap(write => write?.create ?? []),
      context,
    )
    const connected = yield* findKeys(
      engine,
      target,
      writes.flatMap(write => write?.connect ?? []),
      relation.name,
      context,
    )
    let [nextCreated, nextConnected] = [0, 0]
    writes.forEach((write, index) => {
      if (write === undefined) return
      if (write.create.length + write.connect.length > 1) throw tooMany(relation)
      const row = write.create.length === 1 ? created[nextCreated++] : undefined
      const key = write.connect.length === 1 ? connected[nextConnected++] : undefined
      for (const { local, remote } of relation.on) {
        const value = row === undefined ? key?.[target.key.indexOf(remote)] : row[remote]
        if (value !== undefined) (references[index] ?? {})[local] = value
        else if (write.set !== null) (references[index] ?? {})[local] = null
      }
    })
  }
  return references
}

function tooMany(relation: RelationNode): Error {
  return refusal(
    'values.wrong-type',
    { expected: 'one row to create or to connect, not both' },
    { pointer: `/${relation.name}` },
  )
}

/** Writes what hangs on rows, after they are written. */
export function* writeDependents(
  engine: Engine,
  model: ModelNode,
  parents: readonly { readonly row: Readonly<Record<string, Value>>; readonly nested: readonly NestedWrite[] }[],
  context: ExecutionContext,
): Steps<void> {
  for (const relation of relationsOf(parents, kind => kind !== 'belongsTo')) {
    const writes = parents.flatMap(({ row, nested }) => {
      const write = nested.find(each => each.relation === relation)
      return write === undefined ? [] : [{ row, write }]
    })
    if (relation.kind === 'manyToMany') yield* writeLinks(engine, model, relation, writes, context)
    else yield* writeChildren(engine, relation, writes, context)
  }
}

interface Dependent {
  readonly row: Readonly<Record<string, Value>>
  readonly write: NestedWrite
}

function* writeChildren(
  engine: Engine,
  relation: RelationNode,
  writes: readonly Dependent[],
  context: ExecutionContext,
): Steps<void> {
  const child = engine.model(relation.target)
  const references = (row: Dependent['row']): Record<string, Value> =>
    Object.fromEntries(relation.on.map(({ local, remote }) => [remote, row[local] ?? null]))
  const children = writes.flatMap(({ row, write }) =>
    [...write.create, ...(write.setOrCreate ?? []), ...write.connectOrCreate].map(each => ({
      ...each,
      values: { ...each.values, ...references(row) },
    })),
  )
  yield* insertRows(engine, child, children, context)
  for (const { row, write } of writes) {
    yield* refer(engine, child, relation, write.connect, references(row), context)
    if (write.set !== null) yield* replaceChildren(engine, child, relation, write.set, references(row), context)
    const nothing = Object.fromEntries(relation.on.map(({ remote }) => [remote, null]))
    yield* refer(engine, child, relation, write.disconnect, nothing, context)
  }
}

/** Points existing children to their new parent, under the update rule of the child. */
function* refer(
  engine: Engine,
  child: ModelNode,
  relation: RelationNode,
  addresses: readonly Address[],
  references: Readonly<Record<string, Value>>,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  if (addresses.length === 0) return []
  const keys = yield* findKeys(engine, child, addresses, relation.name, context)
  yield* setReferences(engine, child, keys, references, context)
  return keys
}

function* setReferences(
  engine: Engine,
  child: ModelNode,
  keys: readonly Key[],
  references: Readonly<Record<string, Value>>,
  context: ExecutionContext,
): Steps<void> {
  if (keys.length === 0) return
  const set = Object.keys(references)
  const result = yield* engine.write.update(
    {
      model: child.name,
      target: { kind: 'keys' },
      set,
      written: set,
      version: true,
      ifVersion: false,
      rule: 'update',
      withDeleted: false,
    },
    {
      steps: {
        keys: child.key.length === 1 ? keys.map(key => key[0] ?? null) : keys,
        ...Object.fromEntries(set.map(field => [`set.${field}`, references[field] ?? null])),
      },
    },
    context,
  )
  if (result.count < keys.length) throw refusal('rules.row-closed', { operation: 'update', model: child.name })
  engine.transactions.record(
    context,
    keys.map(key => ({ model: child.name, key, operation: 'update', fields: set })),
  )
}

function* replaceChildren(
  engine: Engine,
  child: ModelNode,
  relation: RelationNode,
  addresses: readonly Address[],
  references: Readonly<Record<string, Value>>,
  context: ExecutionContext,
): Steps<void> {
  const fields = Object.keys(references)
  const wanted = new Set((yield* refer(engine, child, relation, addresses, references, context)).map(keyText))
  const tuple = fields.map(field => references[field] ?? null)
  const present = yield* findByValues(engine, child, fields, [tuple], child.key, context)
  const surplus = present
    .map(row => child.key.map(field => row[field] ?? null))
    .filter(key => !wanted.has(keyText(key)))
  yield* setReferences(engine, child, surplus, Object.fromEntries(fields.map(field => [field, null])), context)
}

function* writeLinks(
  engine: Engine,
  model: ModelNode,
  relation: RelationNode,
  writes: readonly Dependent[],
  context: ExecutionContext,
): Steps<void> {
  const { through } = relation
  if (through === null) throw new Error(`${model.name}.${relation.name} has no join model`)
  const target = engine.model(relation.target)
  const join = engine.model(through.model)
  const created = yield* insertRows(
    engine,
    target,
    writes.flatMap(({ write }) => write.create),
    context,
  )
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
  const keyOfRow = (row: Readonly<Record<string, Value>>): Key => target.key.map(field => row[field] ?? null)
  const own = (row: Dependent['row']): Record<string, Value> =>
    Object.fromEntries(through.local.map(pair => [pair.through, row[pair.local] ?? null]))
  const remote = (key: Key): Record<string, Value> =>
    Object.fromEntries(through.remote.map(pair => [pair.through, key[target.key.indexOf(pair.remote)] ?? null]))

  let [nextCreated, nextEnsured, nextConnected] = [0, 0, 0]
  const links: Record<string, Value>[] = []
  for (const { row, write } of writes) {
    const ensuredCount = write.connectOrCreate.length + (write.setOrCreate?.length ?? 0)
    const connectedCount = write.connect.length + (write.set?.length ?? 0)
    const keys: Key[] = [
      ...created.slice(nextCreated, nextCreated + write.create.length).map(keyOfRow),
      ...ensured.slice(nextEnsured, nextEnsured + ensuredCount),
      ...connected.slice(nextConnected, nextConnected + connectedCount),
    ]
    nextCreated += write.create.length
    nextEnsured += ensuredCount
    nextConnected += connectedCount
    if (write.set !== null || write.setOrCreate !== null) {
      yield* removeLinks(engine, join, own(row), keys.map(remote), 'others', context)
    }
    const removed = yield* findKeys(engine, target, write.disconnect, relation.name, context)
    if (removed.length > 0) yield* removeLinks(engine, join, own(row), removed.map(remote), 'these', context)
    for (const key of keys) links.push({ ...own(row), ...remote(key) })
  }
  const distinct = [...new Map(links.map(link => [JSON.stringify(link), link])).values()]
  const linkFields = [...through.local, ...through.remote].map(pair => pair.through)
  yield* insertLinks(engine, join, distinct, linkFields, context)
}

/** The keys of rows that exist or are created now; they are recognised by the first unique whose values they all bring. */
function* ensureRows(
  engine: Engine,
  target: ModelNode,
  rows: readonly ParsedRow[],
  context: ExecutionContext,
): Steps<readonly Key[]> {
  if (rows.length === 0) return []
  const candidates = [target.key, ...target.uniques.map(({ fields }) => fields)]
  const by = candidates.find(fields => rows.every(row => fields.every(field => row.values[field] !== undefined)))
  if (by === undefined || by.length === 0) {
    const expected = `the unique values of a ${target.name}: ${candidates.map(fields => fields.join(' and ')).join(', or ')}`
    throw refusal('values.wrong-type', { expected })
  }
  const tupleOf = (row: Readonly<Record<string, Value>>): Key => by.map(field => row[field] ?? null)
  const textOf = addressText(target, by)
  const distinct = [...new Map(rows.map(row => [textOf(tupleOf(row.values)), row])).values()]
  const keys = new Map<string, Key>()
  const remember = (row: Readonly<Record<string, Value>>): void => {
    keys.set(
      textOf(tupleOf(row)),
      target.key.map(field => row[field] ?? null),
    )
  }
  const present = yield* findByAddress(
    engine,
    target,
    by,
    distinct.map(row => tupleOf(row.values)),
    target.key,
    context,
  )
  present.forEach(remember)
  const absent = distinct.filter(row => !keys.has(textOf(tupleOf(row.values))))
  for (const row of yield* insertRows(engine, target, absent, context)) remember(row)
  return rows.map(row => keys.get(textOf(tupleOf(row.values))) ?? [])
}

function relationsOf(
  rows: readonly { readonly nested: readonly NestedWrite[] }[],
  wanted: (kind: RelationNode['kind']) => boolean,
): RelationNode[] {
  return [...new Set(rows.flatMap(row => row.nested.map(nested => nested.relation)))].filter(relation =>
    wanted(relation.kind),
  )
}
