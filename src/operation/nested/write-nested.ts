/** Nested writes, one level deep: rows of relations created, connected and disconnected with their row, under the caller's rights. */
import { refusal } from '../../error/index.ts'
import { type Engine, keyRow, keyText, type Row, rowKey } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode, RelationNode, Value } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { findKeys } from '../address.ts'
import { insertRows } from '../insert-rows.ts'
import { type Dependent, writeChildren } from './children.ts'
import { writeLinks } from './links.ts'
import type { NestedWrite, ParsedRow } from '../parse/parsed-row.ts'

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
  model: ModelNode,
  rows: readonly ParsedRow[],
  context: ExecutionContext,
): Steps<readonly Record<string, Value>[]> {
  requireFewRows(rows, engine.limits.bulkRows)
  const references = rows.map((): Record<string, Value> => ({}))
  for (const relation of relationsOf(rows, kind => kind === 'belongsTo')) {
    const target = engine.model(relation.target)
    const writes = rows.map(row => row.nested.find(nested => nested.relation === relation))
    for (const write of writes) {
      if (write !== undefined && write.create.length + write.connect.length > 1) throw tooMany(write)
    }
    const create = writes.flatMap(write => write?.create ?? [])
    const created = yield* insertRows(engine, target, create, context)
    const connect = writes.flatMap(write => write?.connect ?? [])
    const keys = yield* findKeys(engine, target, connect, relation.name, context)
    const remote = relation.on.map(pair => pair.remote)
    const connected = yield* rowsOf(engine, target, keys, remote, context)
    const nothing = withoutReference(model, relation)
    let [nextCreated, nextConnected] = [0, 0]
    writes.forEach((write, index) => {
      if (write === undefined) return
      const row =
        write.create.length === 1
          ? created[nextCreated++]
          : write.connect.length === 1
            ? connected[nextConnected++]
            : undefined
      const leadsTo = Object.fromEntries(relation.on.map(pair => [pair.local, row?.[pair.remote] ?? null]))
      if (row !== undefined && Object.values(leadsTo).includes(null)) throw nothingToReferTo(relation, write)
      if (row !== undefined) Object.assign(references[index] ?? {}, leadsTo)
      else if (write.set !== null) Object.assign(references[index] ?? {}, nothing)
    })
  }
  return references
}

/** Rows that are written along count like those of an array. */
function requireFewRows(rows: readonly ParsedRow[], limit: number): void {
  let count = rows.length
  for (const { create, connect, connectOrCreate, disconnect, set, setOrCreate } of rows.flatMap(row => row.nested)) {
    for (const named of [create, connect, connectOrCreate, disconnect, set, setOrCreate]) count += named?.length ?? 0
  }
  if (count > limit) throw refusal('writes.too-many-rows', { limit })
}

const tooMany = ({ pointer }: NestedWrite): Error =>
  refusal('values.wrong-type', { expected: 'one row to create or to connect, not both' }, { pointer })

/** A unique of the other model that may be null names a row only when it is not. */
const nothingToReferTo = ({ name, target }: RelationNode, { pointer }: NestedWrite): Error =>
  refusal('writes.reference-missing', { name, model: target }, { pointer })

/** What refers to nothing: fields that cannot be null, which other references may share, stay as they are. */
function withoutReference(model: ModelNode, { on }: RelationNode): Row {
  const nullable = on.filter(({ local }) => model.fields[local]?.nullable === true)
  return Object.fromEntries(nullable.map(({ local }) => [local, null]))
}

/** Fields of rows whose keys the caller may know: what refers to them holds these values, whoever may read them. */
function* rowsOf(
  engine: Engine,
  model: ModelNode,
  keys: readonly (readonly Value[])[],
  fields: readonly string[],
  context: ExecutionContext,
): Steps<readonly Row[]> {
  if (fields.every(field => model.key.includes(field)) || keys.length === 0) {
    return keys.map(key => keyRow(model, key))
  }
  const stored = yield* engine.rows.stored(model, keys, context)
  const byKey = new Map(stored.map(row => [keyText(rowKey(model, row)), row]))
  return keys.map(key => byKey.get(keyText(key)) ?? {})
}

/** Writes what hangs on rows, after they are written. Of a row that was changed its key and the changes are enough. Answers whether anything changed. */
export function* writeDependents(
  engine: Engine,
  model: ModelNode,
  parents: readonly { readonly row: Row; readonly nested: readonly NestedWrite[] }[],
  context: ExecutionContext,
): Steps<boolean> {
  let changed = false
  for (const relation of relationsOf(parents, kind => kind !== 'belongsTo')) {
    const writing = parents.flatMap(({ row, nested }) => {
      const write = nested.find(each => each.relation === relation)
      return write === undefined ? [] : [{ row, write }]
    })
    const fields = (relation.through?.local ?? relation.on).map(({ local }) => local)
    const writes = yield* knowing(engine, model, fields, writing, context)
    const write =
      relation.kind === 'manyToMany'
        ? writeLinks(engine, model, relation, writes, context)
        : writeChildren(engine, relation, writes, context)
    if (yield* write) changed = true
  }
  return changed
}

/** The rows with the values that others refer to them by, which need not be their keys. */
function* knowing(
  engine: Engine,
  model: ModelNode,
  fields: readonly string[],
  writes: readonly Dependent[],
  context: ExecutionContext,
): Steps<readonly Dependent[]> {
  if (writes.every(({ row }) => fields.every(field => row[field] !== undefined))) return writes
  const keys = writes.map(({ row }) => rowKey(model, row))
  const rows = yield* rowsOf(engine, model, keys, fields, context)
  return writes.map(({ row, write }, index) => ({ row: { ...rows[index], ...row }, write }))
}

function relationsOf(
  rows: readonly { readonly nested: readonly NestedWrite[] }[],
  wanted: (kind: RelationNode['kind']) => boolean,
): RelationNode[] {
  return [...new Set(rows.flatMap(row => row.nested.map(nested => nested.relation)))].filter(relation =>
    wanted(relation.kind),
  )
}
