/** Answers an aggregate request by looking at every row. */
import type { FieldType, Value } from '../../src/model/index.ts'
import type { AggregateRequest, SortTerm } from '../../src/query/index.ts'
import { type Datum, encode, sortOrder } from './datum.ts'
import { figure, Judge, type Placed } from './evaluate.ts'
import { checkFilter, checkPath, closedCode, ends, fulfils, type Refusals } from './filter.ts'
import { type Answer, type Asking, checkSort, mayTouchDeleted, visibleRows } from './find.ts'
import { modelClosed } from './rights.ts'

export interface Aggregated {
  /** The groups in their order, all of them; where the sort does not tell them apart, by their own values. */
  readonly groups: readonly Readonly<Record<string, Value>>[]
}

export function aggregate(request: AggregateRequest, asking: Asking): Answer<Aggregated> {
  const judge = new Judge(asking.world, asking.caller, asking.now)
  const { model } = request
  const refusals: Refusals = new Set()
  if (modelClosed(judge, model)) refusals.add(closedCode(judge))
  if (request.where !== null) checkFilter(judge, model, request.where, refusals)
  checkSort(
    judge,
    model,
    request.groupBy.map(({ path }): SortTerm => ({ path, direction: 'ascending' })),
    refusals,
    'request.not-groupable',
  )
  for (const { field } of request.measures) if (field !== null) checkPath(judge, model, [field], refusals)
  if (request.withDeleted && !mayTouchDeleted(judge, model))
    refusals.add(closedCode(judge)).add('rules.operation-closed')
  if (refusals.size > 0) return { refused: refusals }

  const rows = visibleRows(judge, model, request.withDeleted)
    .map((row): Placed => ({ model, row }))
    .filter(place => request.where === null || fulfils(judge, place, request.where, asking.values))
  const groups = Map.groupBy(rows, place =>
    JSON.stringify(request.groupBy.map(({ path }) => groupValue(judge, place, path))),
  )
  // Without grouping there is one answer, also about no rows at all.
  if (request.groupBy.length === 0 && rows.length === 0) groups.set('[]', [])

  const answers = Array.from(groups, ([by, places]) => {
    const values: Value[] = JSON.parse(by)
    const data = new Map<string, Datum>()
    const group: Record<string, Value> = {}
    for (const [index, { output, path }] of request.groupBy.entries()) {
      group[output] = values[index] ?? null
      const first = places[0]
      data.set(output, first === undefined ? null : groupDatum(judge, first, path))
    }
    for (const measure of request.measures) {
      const { field } = measure
      const of = field === null ? null : judge.fieldType(model, field)
      const datum = figure(
        measure.function,
        places.map(({ row }) => (field === null ? { is: 'boolean', value: true } : judge.field(model, row, field))),
      )
      data.set(measure.output, datum)
      group[measure.output] = encode(datum, figureType(measure.function, of))
    }
    return { group, data }
  })
  const byGroup = request.groupBy.map(({ output }) => ({ output, direction: 'ascending' as const }))
  answers.sort((left, right) => {
    for (const { output, direction } of [...request.sort, ...byGroup]) {
      const result = sortOrder(left.data.get(output) ?? null, right.data.get(output) ?? null, direction)
      if (result !== 0) return result
    }
    return 0
  })
  return { refused: null, result: { groups: answers.map(({ group }) => group) } }
}

function groupDatum(judge: Judge, place: Placed, path: readonly string[]): Datum {
  const end = ends(judge, place, path.slice(0, -1))[0]
  return end === undefined ? null : judge.field(end.model, end.row, path.at(-1) ?? '')
}

function groupValue(judge: Judge, place: Placed, path: readonly string[]): Value {
  const at = path.slice(0, -1).reduce((name, relation) => judge.relation(name, relation).target, place.model)
  return encode(groupDatum(judge, place, path), judge.fieldType(at, path.at(-1) ?? ''))
}

/** Sums of integers are 64-bit, sums of decimals stay decimals, averages are floats. */
function figureType(name: AggregateRequest['measures'][number]['function'], of: FieldType | null): FieldType {
  const simple = (kind: string): FieldType => ({ kind, options: {} })
  if (name === 'count' || of === null) return simple('integer')
  if (name === 'min' || name === 'max') return of
  if (name === 'avg' || of.kind === 'float') return simple('float')
  return of.kind === 'decimal' ? of : simple('bigint')
}
