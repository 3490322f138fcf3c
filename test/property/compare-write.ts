/** Has an engine and the oracle carry out the same write, and gives what has become of all rows, and what was told of it. */
import type { ChangeRecord, Engine } from '../../src/engine/index.ts'
import { PlinthError } from '../../src/error/index.ts'
import { wholeText } from '../../src/lib/index.ts'
import type { ModelNode, Value } from '../../src/model/index.ts'
import {
  createRows,
  deleteMany,
  deleteRow,
  restoreRow,
  updateMany,
  updateRow,
  upsertRow,
  type Written,
} from '../../src/operation/index.ts'
import { type Caller, emptyFind, type Selection } from '../../src/query/index.ts'
import { find, type Row, shown, type Rows, write, type WriteOutcome, type WriteRequest } from '../oracle/index.ts'
import { allRows, sorted, type SortedRows } from './all-rows.ts'
import { now } from './pools.ts'
import { contextOf } from './stores.ts'
import type { RandomWorld } from './world.ts'

export interface WrittenStore {
  readonly engine: Engine
  /** On the same store, without scopes. */
  readonly everything: Engine
  /** What the engine has told of its writes; each is taken out by who reads it. */
  readonly changes: ChangeRecord[]
}

/** What a write has done and told, and what it should have. */
export interface ComparedWrite {
  readonly expected: WriteOutcome
  /** The code of its refusal, or null. */
  readonly code: string | null
  /** All rows as they should be, and as they are. Those of an undecided write that is done are taken as they are. */
  readonly wanted: SortedRows
  readonly found: SortedRows
  readonly rows: Rows
  /** The rows that the answer should hold, and holds; null when none is wanted, or when it cannot be given. */
  readonly answers: { readonly wanted: unknown; readonly found: unknown } | null
  /** What was told of rows that have not changed so, and what should have been told of those that have. */
  readonly untold: readonly string[]
}

export async function compareWrite(
  { engine, everything, changes }: WrittenStore,
  world: RandomWorld,
  request: WriteRequest,
  caller: Caller,
  select: Selection | null,
): Promise<ComparedWrite> {
  const asked = { world, caller, now, values: [] }
  // What an answer cannot hold refuses the write: that is about reading.
  const selection =
    select !== null && find({ ...emptyFind, model: request.model, select }, asked).refused === null ? select : null
  const { code, written } = await perform(engine, request, caller, selection)
  const expected: WriteOutcome =
    code === 'store.number-out-of-range'
      ? { kind: 'undecided', why: 'an answer with a number that is too large' }
      : write(request, { world, caller, now })
  const rows = await allRows(everything, world.graph)
  const wanted =
    expected.kind === 'done'
      ? withKeys(expected.rows, world, rows)
      : expected.kind === 'undecided' && code === null
        ? rows
        : world.rows
  const told = changes.splice(0)
  return {
    expected,
    code,
    wanted: sorted(wanted),
    found: sorted(rows),
    rows,
    answers:
      written === null || selection === null
        ? null
        : answersOf({ ...world, rows }, request, caller, selection, written),
    untold: untoldOf(world, rows, told, request.operation.startsWith('delete') ? request.model : null),
  }
}

function answersOf(
  world: RandomWorld,
  { operation, model }: WriteRequest,
  caller: Caller,
  select: Selection,
  { json, keys }: Written,
): ComparedWrite['answers'] {
  if (operation.startsWith('delete') || operation === 'updateMany') return null
  const node = world.graph.models[model]
  const wanted = keys.map(key => {
    const rows = (world.rows[model] ?? []).filter(row => node?.key.every((name, index) => row[name] === key[index]))
    const [row] = rows
    return row === undefined ? null : shown(model, row, select, { world, caller, now, values: [] })
  })
  const given = json === null ? null : (JSON.parse(wholeText(json)) as unknown)
  const one = wanted[0] ?? null
  return { wanted: operation === 'createMany' ? wanted.filter(row => row !== null) : one, found: given }
}

/**
 * Each row that has changed is told of, in the way in which it has, and no other is told to be new or gone. What the database does by itself to rows
 * that refer to deleted ones is not told.
 */
function untoldOf(
  { graph, rows: before }: RandomWorld,
  after: Rows,
  told: readonly ChangeRecord[],
  deleted: string | null,
): readonly string[] {
  const wrong: string[] = []
  for (const model of Object.values(graph.models)) {
    if (model.hidden || model.key.length === 0) continue
    const isLeft = deleted !== null
    const records = told.filter(record => record.model === model.name)
    const named = (operation: string) =>
      new Set(records.filter(record => record.operation === operation).map(({ key }) => JSON.stringify(key)))
    const [created, updated, gone, restored] = ['create', 'update', 'delete', 'restore'].map(named)
    const [old, fresh] = [byKey(model, before[model.name] ?? []), byKey(model, after[model.name] ?? [])]
    const tell = (what: string, key: string): void => void wrong.push(`${model.name} ${key} ${what}`)
    for (const [key, row] of fresh) {
      const was = old.get(key)
      if (was === undefined && created?.has(key) !== true) tell('is new', key)
      if (was === undefined || JSON.stringify(was) === JSON.stringify(row)) continue
      const isTold = updated?.has(key) === true || gone?.has(key) === true || restored?.has(key) === true
      if (!isLeft && !isTold && created?.has(key) !== true) tell('has changed', key)
    }
    for (const key of old.keys()) if (!isLeft && !fresh.has(key) && gone?.has(key) !== true) tell('is gone', key)
    for (const key of created ?? []) if (old.has(key) || !fresh.has(key)) tell('is not new', key)
    for (const key of gone ?? []) {
      const marked = model.softDeleteField !== null && fresh.get(key)?.[model.softDeleteField] === now
      if (fresh.has(key) && !marked) tell('is not gone', key)
    }
  }
  return wrong
}

const byKey = ({ key }: ModelNode, rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map(row => [JSON.stringify(key.map(name => row[name] ?? null)), row]))

async function perform(
  engine: Engine,
  request: WriteRequest,
  caller: Caller,
  select: Selection | null,
): Promise<{ readonly code: string | null; readonly written: Written | null }> {
  try {
    return { code: null, written: await carryOut(engine, request, caller, select) }
  } catch (error) {
    if (!(error instanceof PlinthError) || error.status >= 500)
      throw new Error(JSON.stringify({ request, caller }), { cause: error })
    return { code: error.code, written: null }
  }
}

function carryOut(engine: Engine, request: WriteRequest, caller: Caller, select: Selection | null): Promise<Written> {
  const { model } = request
  const context = contextOf(caller)
  const form = 'json'
  const { key } = engine.model(model)
  switch (request.operation) {
    case 'create':
      return createRows(engine, { model, form, select, rows: [request.body], many: false }, context)
    case 'createMany':
      return createRows(engine, { model, form, select, rows: request.bodies, many: true }, context)
    case 'upsert': {
      const { on, create, update } = request
      return upsertRow(engine, { model, form, select, on, create, update }, context)
    }
    case 'updateMany': {
      const { where, values, body } = request
      return updateMany(engine, { model, form, where, values, changes: body, changesForm: form }, context)
    }
    case 'deleteMany':
      return deleteMany(engine, { model, form, where: request.where, values: request.values }, context)
    case 'delete':
      return deleteRow(engine, { model, form, address: { fields: key, values: request.key }, ifVersion: null }, context)
    case 'restore':
      return restoreRow(engine, { model, form, select, address: { fields: key, values: request.key } }, context)
    default: {
      const address = { fields: key, values: request.key }
      return updateRow(engine, { model, form, select, address, changes: request.body, ifVersion: null }, context)
    }
  }
}

/** The keys that the server has made, in place of the names that the oracle has for them. */
function withKeys(expected: Rows, world: RandomWorld, after: Rows): Rows {
  const keys = new Map<unknown, Value>()
  for (const { name, key } of Object.values(world.graph.models)) {
    const [field, ...others] = key
    if (field === undefined || others.length > 0) continue
    const known = new Set(world.rows[name]?.map(row => row[field]))
    const fresh = (after[name] ?? []).map(row => row[field] ?? null).filter(value => !known.has(value))
    const named = (expected[name] ?? [])
      .map(row => row[field] ?? null)
      .filter(value => text(value).startsWith(`new ${name} `))
    const ordered = fresh.toSorted(byAge)
    for (const [index, value] of named.entries()) keys.set(value, ordered[index] ?? null)
  }
  const renamed = (row: Rows[string][number]) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, keys.get(value) ?? value]))
  return Object.fromEntries(Object.entries(expected).map(([model, rows]) => [model, rows.map(renamed)]))
}

const text = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Keys that the server makes rise. */
const byAge = (one: Value, other: Value): number =>
  typeof one === 'number' && typeof other === 'number' ? one - other : text(one) < text(other) ? -1 : 1
