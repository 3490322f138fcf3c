/** Asks an engine and the oracle the same thing, and says how the answers differ. */
import type { Engine } from '../../src/engine/index.ts'
import { PlinthError } from '../../src/error/index.ts'
import { wholeText } from '../../src/lib/index.ts'
import type { Value } from '../../src/model/index.ts'
import type { AggregateRequest, Caller, FindRequest } from '../../src/query/index.ts'
import { aggregate, type Answer, find, type Found } from '../oracle/index.ts'
import { now } from './pools.ts'
import type { Filled } from './requests.ts'
import { contextOf } from './stores.ts'
import type { RandomWorld } from './world.ts'

export interface Question<Request> extends Filled<Request> {
  readonly caller: Caller
}

/** Null when the answers are the same; otherwise both of them. */
export type Difference = { readonly what: string; readonly expected: unknown; readonly actual: unknown } | null

export interface Compared {
  readonly refused: boolean
  readonly difference: Difference
}

type Page = {
  readonly rows: readonly Value[]
  readonly count: number | null
  readonly after: string | null
  readonly before: string | null
}

type Outcome<Result> = { readonly code: string } | { readonly code: null; readonly result: Result }

export async function compareFind(
  engine: Engine,
  world: RandomWorld,
  question: Question<FindRequest>,
  pageSize: number,
): Promise<Compared> {
  const { request, values, caller } = question
  const expected = find(request, { world, caller, now, values })
  const actual = await outcome(() => page(engine, question, null))
  if (expected.refused !== null || actual.code !== null) return refusals(expected, actual)
  const { rows, count } = expected.result
  const whole = differing('rows', request.by === null ? rows : rows.slice(0, 1), actual.result.rows)
  const counted = request.count ? differing('count', count, actual.result.count) : null
  const difference = whole ?? counted ?? (await comparePages(engine, world, question, expected.result, pageSize))
  return { refused: false, difference }
}

/** Forward through all pages, then back again: every row once, in order, whichever way one came. */
async function comparePages(
  engine: Engine,
  world: RandomWorld,
  question: Question<FindRequest>,
  { rows }: Found,
  size: number,
): Promise<Difference> {
  const { request, values, caller } = question
  const model = world.graph.models[request.model]
  if (
    request.by !== null ||
    request.offset !== null ||
    model === undefined ||
    model.key.length === 0 ||
    rows.length === 0
  )
    return null
  const paged: Question<FindRequest> = {
    caller,
    values: [...values, size],
    request: { ...request, limit: values.length, count: false },
  }
  const seeking = (direction: 'after' | 'before'): Question<FindRequest> => ({
    ...paged,
    request: { ...paged.request, seek: { direction } },
  })
  const relative = find(seeking('after').request, { world, caller, now, values: paged.values })
  let current = await page(engine, paged, null)
  const first = differing('first page', rows.slice(0, size), current.rows)
  if (first !== null) return first
  if (relative.refused !== null) {
    const cursor = current.after ?? 'none'
    const sought = await outcome(() => page(engine, seeking('after'), cursor))
    return refusals(relative, sought).difference
  }
  let start = size
  for (; current.after !== null; start += size) {
    current = await page(engine, seeking('after'), current.after)
    const difference = differing(`page from ${start}`, rows.slice(start, start + size), current.rows)
    if (difference !== null) return difference
  }
  if (start < rows.length) return { what: 'pages end early', expected: rows.length, actual: start }
  for (let end = start - size; current.before !== null; end -= size) {
    current = await page(engine, seeking('before'), current.before)
    const difference = differing(`page back from ${end}`, rows.slice(Math.max(0, end - size), end), current.rows)
    if (difference !== null) return difference
    start = end - size
  }
  return start > size ? { what: 'pages back end early', expected: 0, actual: start } : null
}

export async function compareAggregate(
  engine: Engine,
  world: RandomWorld,
  question: Question<AggregateRequest>,
): Promise<Compared> {
  const { request, values, caller } = question
  const expected = aggregate(request, { world, caller, now, values })
  const actual = await outcome(async () => {
    const { json } = await engine
      .aggregate(request, caller.class)
      .run({ form: 'json', values, cursor: null }, contextOf(caller))
    return JSON.parse(json) as Value
  })
  if (expected.refused !== null || actual.code !== null) return refusals(expected, actual)
  return { refused: false, difference: differing('groups', expected.result.groups, actual.result) }
}

async function page(
  engine: Engine,
  { request, values, caller }: Question<FindRequest>,
  cursor: string | null,
): Promise<Page> {
  const found = await engine.find(request, caller.class).run({ form: 'json', values, cursor }, contextOf(caller))
  const parsed: Value = JSON.parse(wholeText(found.json ?? 'null'))
  const rows = Array.isArray(parsed) ? parsed : parsed === null ? [] : [parsed]
  return { rows, count: found.count, after: found.after, before: found.before }
}

async function outcome<Result>(ask: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { code: null, result: await ask() }
  } catch (error) {
    // Anything but a coded refusal is a mistake of ours, and has to be seen with its stack.
    if (!(error instanceof PlinthError) || error.status >= 500) throw error
    return { code: error.code }
  }
}

function refusals(expected: Answer<unknown>, actual: Outcome<unknown>): Compared {
  const same = expected.refused !== null && actual.code !== null && expected.refused.has(actual.code)
  if (same) return { refused: true, difference: null }
  const told = expected.refused === null ? expected.result : { refused: [...expected.refused] }
  return { refused: true, difference: { what: 'refusal', expected: told, actual } }
}

function differing(what: string, expected: unknown, actual: unknown): Difference {
  return same(expected, actual) ? null : { what, expected, actual }
}

/** Deep equality; floats may differ in their last digits, because sums and averages are added up in different orders. */
function same(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'number') {
    return left === right || Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right))
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((one, index) => same(one, right[index]))
  }
  if (isObject(left) && isObject(right)) {
    const names = Object.keys(left)
    return (
      names.length === Object.keys(right).length &&
      names.every(name => Object.hasOwn(right, name) && same(left[name], right[name]))
    )
  }
  return left === right
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
