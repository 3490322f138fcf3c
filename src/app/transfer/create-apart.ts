/**
 * Creates many rows at once, and finds out which ones stand in the way when the database or the model refuses: those that the refusal
 * names, or else by halves. The others are created.
 */
import type { Engine } from '../../engine/index.ts'
import { type ErrorDetail, PlinthError } from '../../error/index.ts'
import type { ModelNode } from '../../model/index.ts'
import { createRows } from '../../operation/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { SourceRecord } from './source-record.ts'

/** Told of a row that was not written. `error`: the refusal that the mistakes are of. */
export type Refuse = (record: SourceRecord, mistakes: readonly ErrorDetail[], error: PlinthError) => void

/** Where rows of a file are written, and how their values are spelled. */
export interface WriteTarget {
  readonly engine: Engine
  readonly model: ModelNode
  readonly form: 'text' | 'json'
}

/** Gives how many were created. */
export async function createApart(
  target: WriteTarget,
  records: readonly SourceRecord[],
  context: ExecutionContext,
  refuse: Refuse,
): Promise<number> {
  const [only] = records
  if (only === undefined) return 0
  const { engine, model, form } = target
  try {
    const rows = records.map(({ row }) => row)
    await createRows(engine, { model: model.name, form, rows, many: true, select: null }, context)
    return records.length
  } catch (thrown) {
    const error = requireRowError(thrown)
    if (records.length === 1) {
      refuse(only, mistakesOf(error, 0), error)
      return 0
    }
    const named = namedRows(error)
    if (named.size > 0) {
      for (const [index, record] of records.entries())
        if (named.has(index)) refuse(record, mistakesOf(error, index), error)
      const others = records.filter((_, index) => !named.has(index))
      return await createApart(target, others, context, refuse)
    }
    const half = records.length >> 1
    const before = await createApart(target, records.slice(0, half), context, refuse)
    return before + (await createApart(target, records.slice(half), context, refuse))
  }
}

/** What a row is to blame for; whatever else goes wrong ends the import. */
export function requireRowError(error: unknown): PlinthError {
  if (error instanceof PlinthError && error.status >= 400 && error.status < 499) return error
  throw error
}

/** The rows that pointers such as `/12/title` lead to; none when one leads elsewhere. */
function namedRows({ errors }: PlinthError): ReadonlySet<number> {
  const rows = new Set<number>()
  for (const { pointer } of errors) {
    const index = /^\/(\d+)(?:\/|$)/.exec(pointer)?.[1]
    if (index === undefined) return new Set()
    rows.add(Number(index))
  }
  return rows
}

/** The mistakes in one row of those that were written, with pointers that begin in it. */
export function mistakesOf(error: PlinthError, index: number): readonly ErrorDetail[] {
  const own = error.errors
    .map(each => ({ ...each, row: /^\/(\d+)(?=\/|$)/.exec(each.pointer) }))
    .filter(({ row }) => row === null || Number(row[1]) === index)
    .map(({ row, ...each }) => ({ ...each, pointer: each.pointer.slice(row?.[0].length ?? 0) }))
  if (own.length > 0) return own
  const { code, message, hint, pointer = '' } = error
  return [{ code, message, pointer: pointer.replace(/^\/\d+(?=\/|$)/, ''), ...(hint === undefined ? {} : { hint }) }]
}
