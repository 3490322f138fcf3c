/** Query strings of reads as requests of the engine. A query string of a known spelling costs a look-up and its values. */
import type { PreparedAggregate, PreparedFind, Engine, RequestValues } from '../../engine/index.ts'
import { refusal } from '../../error/index.ts'
import { capitalise } from '../../lib/index.ts'
import type { ModelNode } from '../../model/index.ts'
import {
  type AggregateRequest,
  type CallerClass,
  emptyFind,
  type FindRequest,
  type Selection,
  type Slot,
} from '../../query/index.ts'
import { isClosed, type QueryShape, upsertFields } from '../contract/index.ts'
import { type ConditionScope, type MaskedQuery, type ParsedQuery, parseQuery, SlotNumbering } from './grammar/index.ts'

/** A spelling that was understood: the engine's prepared request, and where its values stand in the query string. */
export interface PreparedQuery<Prepared> {
  readonly prepared: Prepared
  /** For each slot of the request the place among the masked values; null: in the same order. */
  readonly order: readonly Slot[] | null
  readonly cursor: Slot | null
  readonly parsed: ParsedQuery
}

export const everything: Selection = Object.freeze({ defaults: true, outputs: Object.freeze([]) })

export function valuesOf({ order, cursor }: PreparedQuery<unknown>, { values }: MaskedQuery): RequestValues {
  const cursorText = cursor === null ? null : String(values[cursor])
  return { form: 'text', values: order === null ? values : order.map(place => values[place]), cursor: cursorText }
}

const listWords = ['select', 'include', 'sort', 'limit', 'after', 'before'] as const
const oneWords = ['select', 'include'] as const
const aggregateWords = ['groupBy', 'sum', 'avg', 'min', 'max', 'sort', 'limit'] as const

/** What the query strings of each kind of route may hold. */
export const queryShapes = Object.freeze({
  list: (model: ModelNode): QueryShape => ({
    words: withDeletedWord(model, model.key.length === 0 ? listWords.filter(isForKeyless) : listWords),
    filters: true,
    counts: 'rows',
  }),
  one: (model: ModelNode): QueryShape => ({ words: withDeletedWord(model, oneWords), filters: false, counts: null }),
  aggregate: (model: ModelNode): QueryShape => ({
    words: withDeletedWord(model, aggregateWords),
    filters: true,
    counts: 'columns',
  }),
  create: (model: ModelNode): QueryShape => ({
    words: upsertFields(model).length === 0 ? oneWords : [...oneWords, 'on'],
    filters: false,
    counts: null,
  }),
  write: { words: oneWords, filters: false, counts: null } satisfies QueryShape,
  bulk: { words: [], filters: true, counts: null } satisfies QueryShape,
  nothing: { words: [], filters: false, counts: null } satisfies QueryShape,
})

const isForKeyless = (word: string): boolean => word !== 'after' && word !== 'before'

function withDeletedWord(model: ModelNode, words: QueryShape['words']): QueryShape['words'] {
  return model.softDeleteField === null || isClosed(model, 'withDeleted') ? words : [...words, 'withDeleted']
}

export function prepareList(
  engine: Engine,
  scope: ConditionScope,
  caller: CallerClass,
  skeleton: string,
): PreparedQuery<PreparedFind> {
  const parsed = parseQuery(scope, skeleton, queryShapes.list(scope.model))
  const numbering = new SlotNumbering()
  const request: FindRequest = {
    ...emptyFind,
    model: scope.model.name,
    where: numbering.where(parsed.conditions),
    select: numbering.selection(parsed.select ?? everything),
    sort: parsed.sort,
    limit: parsed.limit === null ? null : numbering.slot(parsed.limit),
    seek: parsed.cursor === null ? null : { direction: parsed.cursor.direction },
    count: parsed.count,
    withDeleted: parsed.withDeleted,
  }
  const prepared = engine.find(request, caller)
  return { prepared, order: inOrder(numbering), cursor: parsed.cursor?.slot ?? null, parsed }
}

/** The key's values come first, before those of the query string. */
export function prepareOne(
  engine: Engine,
  scope: ConditionScope,
  caller: CallerClass,
  skeleton: string,
): PreparedQuery<PreparedFind> {
  const { model } = scope
  const parsed = parseQuery(scope, skeleton, queryShapes.one(model))
  const numbering = new SlotNumbering(model.key.length)
  const select = numbering.selection(parsed.select ?? everything)
  const request: FindRequest = {
    ...emptyFind,
    model: model.name,
    select,
    by: { fields: model.key, slots: model.key.map((_, part) => part) },
    withDeleted: parsed.withDeleted,
  }
  return { prepared: engine.find(request, caller), order: inOrder(numbering), cursor: null, parsed }
}

export function prepareAggregate(
  engine: Engine,
  scope: ConditionScope,
  caller: CallerClass,
  skeleton: string,
): PreparedQuery<PreparedAggregate> {
  const { model } = scope
  const parsed = parseQuery(scope, skeleton, queryShapes.aggregate(model))
  const groupBy = (parsed.lists['groupBy'] ?? []).map(name => ({ output: name, path: name.split('.') }))
  const named = measuresOf(parsed)
  const measures = named.length === 0 && groupBy.length === 0 ? countOfRows : named
  const needsGroups = parsed.limit !== null ? 'limit' : parsed.sort.length > 0 ? 'sort' : null
  if (groupBy.length === 0 && needsGroups !== null) {
    throw refusal('request.parameter-needs', { name: needsGroups, other: 'groupBy' }, { pointer: `?${needsGroups}` })
  }
  const numbering = new SlotNumbering()
  const request: AggregateRequest = {
    operation: 'aggregate',
    model: model.name,
    where: numbering.where(parsed.conditions),
    groupBy,
    measures,
    sort: parsed.sort.map(({ path, direction }) => ({ output: path.join('.'), direction })),
    limit: parsed.limit === null ? null : numbering.slot(parsed.limit),
    withDeleted: parsed.withDeleted,
  }
  return { prepared: engine.aggregate(request, caller), order: inOrder(numbering), cursor: null, parsed }
}

const measureFunctions = ['count', 'sum', 'avg', 'min', 'max'] as const

/** What is meant when nothing is said. */
const countOfRows: AggregateRequest['measures'] = [{ output: 'count', function: 'count', field: null }]

/** `count=*` is called `count`, `sum=price` is called `sumPrice`. */
const measureName = (measure: string, field: string | null): string =>
  field === null ? measure : measure + capitalise(field)

function measuresOf(parsed: ParsedQuery): AggregateRequest['measures'] {
  return measureFunctions.flatMap(measure =>
    (parsed.lists[measure] ?? []).map(name => {
      const field = name === '*' ? null : name
      return { output: measureName(measure, field), function: measure, field }
    }),
  )
}

function inOrder({ order }: SlotNumbering): readonly Slot[] | null {
  return order.every((place, slot) => place === slot) ? null : order
}
