/** Has an engine and the oracle carry out the same write, and gives what has become of all rows. */
import type { Engine } from '../../src/engine/index.ts'
import { PlinthError } from '../../src/error/index.ts'
import type { Value } from '../../src/model/index.ts'
import { createRows, deleteRow, updateRow } from '../../src/operation/index.ts'
import type { Caller } from '../../src/query/index.ts'
import { type Rows, write, type WriteOutcome, type WriteRequest } from '../oracle/index.ts'
import { allRows, sorted, type SortedRows } from './all-rows.ts'
import { now } from './pools.ts'
import { contextOf } from './stores.ts'
import type { RandomWorld } from './world.ts'

export interface WrittenStore {
  readonly engine: Engine
  /** On the same store, without scopes. */
  readonly everything: Engine
}

/** What a write has done, and what it should have. */
export interface ComparedWrite {
  readonly expected: WriteOutcome
  /** The code of its refusal, or null. */
  readonly code: string | null
  /** All rows as they should be, and as they are. Those of an undecided write that is done are taken as they are. */
  readonly wanted: SortedRows
  readonly found: SortedRows
  readonly rows: Rows
}

export async function compareWrite(
  { engine, everything }: WrittenStore,
  world: RandomWorld,
  request: WriteRequest,
  caller: Caller,
): Promise<ComparedWrite> {
  const expected = write(request, { world, caller, now })
  const code = await perform(engine, request, caller)
  const rows = await allRows(everything, world.graph)
  const wanted =
    expected.kind === 'done'
      ? withKeys(expected.rows, world, rows)
      : expected.kind === 'undecided' && code === null
        ? rows
        : world.rows
  return { expected, code, wanted: sorted(wanted), found: sorted(rows), rows }
}

/** The code of the refusal, or null. */
async function perform(engine: Engine, request: WriteRequest, caller: Caller): Promise<string | null> {
  const { model } = request
  const context = contextOf(caller)
  const form = 'json'
  try {
    if (request.operation === 'create') {
      await createRows(engine, { model, form, select: null, rows: [request.body], many: false }, context)
    } else {
      const address = { fields: engine.model(model).key, values: request.key }
      if (request.operation === 'delete') await deleteRow(engine, { model, form, address, ifVersion: null }, context)
      else
        await updateRow(engine, { model, form, select: null, address, changes: request.body, ifVersion: null }, context)
    }
    return null
  } catch (error) {
    if (!(error instanceof PlinthError) || error.status >= 500)
      throw new Error(JSON.stringify({ request, caller }), { cause: error })
    return error.code
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
