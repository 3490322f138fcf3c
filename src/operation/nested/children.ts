/** Children of rows (hasMany, hasOne), written with them: they hold the reference, so connecting one is a change of the child. */
import { detail, type ErrorDetail, refusal } from '../../error/index.ts'
import { type Engine, type Key, keyText, type Row, rowKey } from '../../engine/index.ts'
import { inTurn, type Steps } from '../../lib/index.ts'
import type { ModelNode, RelationNode } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { findByValues, findKeys } from '../address.ts'
import { changeAlike, changeRows } from '../change-rows.ts'
import { creatingAbsent, recogniseRows } from './ensure-rows.ts'
import { insertRows } from '../insert-rows.ts'
import { lostRace } from '../lost-race.ts'
import type { NestedWrite, ParsedRow } from '../parse/parsed-row.ts'
import { writeMistake } from '../parse/write-mistake.ts'
import { noting } from '../told-conflict.ts'

/** A row that has been written, with what it says about one relation. */
export interface Dependent {
  readonly row: Row
  readonly write: NestedWrite
}

/** A child that is there, and what it is to refer to. */
interface Move {
  readonly key: Key
  /** Where the body says so. */
  readonly pointer: string
  /** The values of the referring fields; null: to nothing, if it refers to `from` now. */
  readonly to: Row | null
  readonly from: Row
}

/**
 * First go the children that leave, then come those that are there, then those that are new: a unique over the reference may have room for
 * one child only. Answers whether any of them changed or is new.
 */
export function* writeChildren(
  engine: Engine,
  relation: RelationNode,
  writes: readonly Dependent[],
  context: ExecutionContext,
): Steps<boolean> {
  const child = engine.model(relation.target)
  const parents = writes.map(({ row, write }) => ({ write, reference: referenceTo(relation, row, write) }))
  const referring = (rows: readonly ParsedRow[], reference: Row): readonly ParsedRow[] =>
    rows.map(each => ({ ...each, values: { ...each.values, ...reference } }))

  const ensuring = parents.map(({ write, reference }) =>
    referring([...write.connectOrCreate, ...(write.setOrCreate ?? [])], reference),
  )
  const recognised = yield* recogniseRows(engine, child, ensuring.flat(), context)
  const addresses = parents.map(({ write }) => [...write.connect, ...(write.set ?? [])])
  const connected = yield* findKeys(engine, child, addresses.flat(), relation.name, context)
  const leaving = parents.flatMap(({ write }) => write.disconnect)
  const disconnected = yield* findKeys(engine, child, leaving, relation.name, context)

  const coming: Move[] = []
  const going: Move[] = []
  const nextRecognised = inTurn(recognised.keys)
  const [nextConnected, nextDisconnected] = [inTurn(connected), inTurn(disconnected)]
  for (const [index, { write, reference }] of parents.entries()) {
    const own: Move[] = []
    for (const { pointer } of ensuring[index] ?? []) {
      const [key = null] = nextRecognised(1)
      if (key !== null) own.push({ key, pointer, to: reference, from: reference })
    }
    for (const { pointer } of addresses[index] ?? []) {
      const [key = []] = nextConnected(1)
      own.push({ key, pointer, to: reference, from: reference })
    }
    for (const { pointer } of write.disconnect) {
      const [key = []] = nextDisconnected(1)
      going.push({ key, pointer, to: null, from: reference })
    }
    if (write.set !== null || write.setOrCreate !== null) {
      const kept = new Set(own.map(({ key }) => keyText(key)))
      const present = yield* presentKeys(engine, child, reference, context)
      const pointer = setPointer(write)
      for (const key of present) if (!kept.has(keyText(key))) going.push({ key, pointer, to: null, from: reference })
    }
    coming.push(...own)
  }
  const moved = yield* moveChildren(engine, child, relation, [...going, ...coming], context)

  const created = parents.flatMap(({ write, reference }) => referring(write.create, reference))
  const rows = [...created, ...recognised.absent]
  yield* creatingAbsent(child, recognised, insertRows(engine, child, rows, context))
  return moved || rows.length > 0
}

/** What children of the row hold. A row that has nothing to be referred to by has no children. */
function referenceTo({ on }: RelationNode, row: Row, { pointer }: NestedWrite): Row {
  const missing = on.find(({ local }) => (row[local] ?? null) === null)
  if (missing !== undefined) throw refusal('values.required', { name: missing.local }, { pointer })
  return Object.fromEntries(on.map(({ local, remote }) => [remote, row[local] ?? null]))
}

const setPointer = ({ pointer, relation, set }: NestedWrite): string => {
  if (relation.kind === 'hasOne') return `${pointer}/disconnect`
  return `${pointer}/${set === null ? 'setOrCreate' : 'set'}`
}

function* presentKeys(
  engine: Engine,
  child: ModelNode,
  reference: Row,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  const tuple = Object.values(reference)
  const found = yield* findByValues(engine, child, Object.keys(reference), [tuple], child.key, context)
  return found.map(row => rowKey(child, row))
}

/** Each child goes where its last move leads, in the order of first mentions; one that is there already is left alone. Answers whether any moved. */
function* moveChildren(
  engine: Engine,
  child: ModelNode,
  relation: RelationNode,
  moves: readonly Move[],
  context: ExecutionContext,
): Steps<boolean> {
  const last = new Map(moves.map(move => [keyText(move.key), move]))
  const keys = [...last.values()].map(({ key }) => key)
  if (keys.length === 0) return false
  const fields = relation.on.map(({ remote }) => remote)
  const written = fields.toSorted()
  // Also those that stay as they are: whether they do is told only to those who may change them.
  const held = yield* changeAlike(engine, child, keys, {}, written, null, context)
  if (held.length < keys.length) throw yield* refuseMoves(engine, child, relation, [...last.values()], written, context)
  const stored = yield* engine.rows.stored(child, keys, context)
  const present = new Map(stored.map(row => [keyText(rowKey(child, row)), row]))
  const nothing = Object.fromEntries(fields.filter(field => child.fields[field]?.nullable).map(field => [field, null]))
  const changes = [...last].flatMap(([text, move]) => {
    const row = present.get(text)
    const refersTo = (reference: Row): boolean =>
      fields.every(field => JSON.stringify(row?.[field]) === JSON.stringify(reference[field]))
    const stays = move.to === null ? !refersTo(move.from) : refersTo(move.to)
    return row === undefined || stays ? [] : [{ ...move, to: move.to ?? nothing }]
  })
  // Children that the body does not name leave at one place, and have one mistake together.
  const places = new Map(changes.map(change => [change.pointer, change]))
  const errors = [...places.values()].flatMap(change => moveMistake(child, fields, change, context))
  if (errors.length > 0) throw refusal('values.invalid', { model: child.name }, { errors })
  const changed = changes.map(({ key }) => key)
  const given = changes.map(({ to }) => to)
  const pointers = [...new Set(changes.map(({ pointer }) => pointer))]
  const change = changeRows(engine, child, changed, given, written, context)
  yield* noting({ model: child, rows: null, pointers }, change)
  return changes.length > 0
}

/** Some of them may not be changed, or are not there any more. */
function* refuseMoves(
  engine: Engine,
  child: ModelNode,
  { name }: RelationNode,
  moves: readonly Move[],
  written: readonly string[],
  context: ExecutionContext,
): Steps<Error> {
  const request = { model: child.name, operation: 'update', written, withDeleted: false } as const
  const keys = moves.map(({ key }) => key)
  const states = (yield* engine.rows.status(request, keys, child, context)).filter(({ readable }) => readable)
  const closed = refusal('rules.row-closed', { operation: 'update', model: child.name })
  if (states.some(({ allowed }) => !allowed)) return closed
  const present = new Set(states.map(({ key }) => keyText(key)))
  const gone = moves.find(({ key }) => !present.has(keyText(key)))
  if (gone === undefined) return lostRace(closed)
  // Where nobody asked for that very row, it need not be there: that is found out by starting again.
  const { pointer } = gone
  return lostRace(refusal('writes.reference-missing', { name, model: child.name }, { pointer }))
}

/** Connecting what may be created as a child but not made one later, and disconnecting what has to have a parent. */
function moveMistake(
  child: ModelNode,
  fields: readonly string[],
  { to, pointer }: { readonly to: Row; readonly pointer: string },
  { caller }: ExecutionContext,
): readonly ErrorDetail[] {
  const [name = ''] = fields
  if (Object.keys(to).length === 0) return [detail('values.not-nullable', { name }, pointer)]
  for (const field of fields.flatMap(each => child.fields[each] ?? [])) {
    const mistake = writeMistake({ caller: caller.class, mode: 'update' }, field)
    if (mistake !== null) return [detail(mistake, { name: field.name }, pointer)]
  }
  return []
}
