/** Writes by filter, bounded in rows (semantics 30): how their rows are found. */
import { refusal } from '../error/index.ts'
import { type Engine, type Key, rowKey } from '../engine/index.ts'
import { settle, type Steps, wholeText } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import {
  emptyFind,
  type ExecutionContext,
  type FilterRequest,
  type FindRequest,
  type OutputRequest,
} from '../query/index.ts'
import type { DeleteManyInput } from './contract.ts'

/** It may take long to find the rows. */
export const searching = (together: boolean) => ({ together, searches: true, isolation: 'default' }) as const

/** Groups without any condition are no filter either, nor is their contrary. */
export function requireFilter(where: FilterRequest, operation: string): void {
  const empty = (filter: FilterRequest): boolean => {
    if (filter.kind === 'not') return empty(filter.of)
    return (filter.kind === 'and' || filter.kind === 'or') && filter.of.every(empty)
  }
  if (empty(where)) throw refusal('request.filter-required', { operation })
}

/** The keys of the rows that the filter finds among those that the caller may read. */
export function* matchingKeys(
  engine: Engine,
  model: ModelNode,
  where: FilterRequest,
  { form, values }: Pick<DeleteManyInput, 'form' | 'values'>,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  if (model.key.length === 0) throw refusal('request.no-key', { model: model.name, what: 'a bulk write' })
  // Whoever may write a row need not be shown its key, of which nothing is answered.
  const outputs = model.key.flatMap((field): OutputRequest[] => {
    const type = model.fields[field]?.type
    const expression = { kind: 'field', row: 0, path: [], field } as const
    return type === undefined ? [] : [{ kind: 'expression', output: field, expression, type, nullable: false }]
  })
  const limit = engine.limits.bulkRows
  const request: FindRequest = {
    ...emptyFind,
    model: model.name,
    select: { defaults: false, outputs },
    where,
    fixedLimit: limit + 1,
  }
  const prepared = engine.find(request, context.caller.class)
  const found = yield* settle(prepared.run({ form, values, cursor: null }, context))
  if (found.rows > limit) throw refusal('writes.too-many-rows', { limit })
  const rows = JSON.parse(wholeText(found.json ?? '[]')) as Record<string, Value>[]
  return rows.map(row => rowKey(model, row))
}
