/** Filters as somebody outside wrote them: relations on a path lead only to rows that the caller may read (semantics 4). */
import type { FieldType, RelationNode, Value } from '../../src/model/index.ts'
import type { FilterOperator, FilterRequest } from '../../src/query/index.ts'
import { type Datum, decode, decodeList } from './datum.ts'
import { compares, type Judge, type Placed } from './evaluate.ts'
import { fieldCertainty, followsClosed, relationClosed } from './rights.ts'
import { modelOf, type Row } from './world.ts'

/** The codes of everything that is wrong with a request. The planner may find any of them first. */
export type Refusals = Set<string>

export function closedCode(judge: Judge): string {
  return judge.caller.class === 'anonymous' ? 'rules.sign-in-required' : 'rules.operation-closed'
}

/** Naming a field or model closed to the caller is refused (semantics 5). */
export function checkFilter(judge: Judge, model: string, filter: FilterRequest, refusals: Refusals): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      for (const one of filter.of) checkFilter(judge, model, one, refusals)
      return
    case 'not':
      checkFilter(judge, model, filter.of, refusals)
      return
    case 'declared':
      if (followsClosed(judge, filter.predicate, [model])) refusals.add(closedCode(judge))
      return
    case 'compare':
    case 'isNull':
      checkPath(judge, model, filter.path, refusals)
      return
    default: {
      const end = checkPath(judge, model, filter.path, refusals)
      if (filter.where !== null && end !== null) checkFilter(judge, end, filter.where, refusals)
    }
  }
}

/** The model at the end of a path of relations; null when the path ends in a field. */
export function checkPath(judge: Judge, model: string, path: readonly string[], refusals: Refusals): string | null {
  let at = model
  for (const name of path) {
    const certain = fieldCertainty(judge, at, name)
    // What depends on the row cannot be asked about: the answer would tell what the row hides (semantics 8).
    if (certain !== true) refusals.add('rules.field-closed')
    const relation: RelationNode | undefined = modelOf(judge.world, at).relations[name]
    if (relation === undefined) return null
    at = relation.target
    if (relationClosed(judge, relation)) refusals.add(closedCode(judge))
  }
  return at
}

/** Whether a row fulfils a filter. `values` are the request's, in canonical form. */
export function fulfils(judge: Judge, place: Placed, filter: FilterRequest, values: readonly Value[]): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every(one => fulfils(judge, place, one, values))
    case 'or':
      return filter.of.some(one => fulfils(judge, place, one, values))
    case 'not':
      return !fulfils(judge, place, filter.of, values)
    case 'declared':
      return judge.holds(filter.predicate, [place], index => {
        const slot = filter.slots[index]
        if (slot === undefined) throw new Error(`There is no slot ${index}.`)
        const value = values[index] ?? null
        return slot.list ? decodeList(value, slot.type) : decode(value, slot.type)
      })
    case 'compare':
      return somewhere(judge, place, filter.path.slice(0, -1), end => {
        const name = filter.path.at(-1) ?? ''
        const type = judge.fieldType(end.model, name)
        return compares(
          filter.operator,
          judge.field(end.model, end.row, name),
          operand(filter.operator, values[filter.slot] ?? null, type),
        )
      })
    case 'isNull':
      // As with every comparison, a path means some row at its end.
      return somewhere(
        judge,
        place,
        filter.path.slice(0, -1),
        end => isNull(judge, end, filter.path.at(-1) ?? '') === filter.value,
      )
    case 'some':
      return ends(judge, place, filter.path).some(
        end => filter.where === null || fulfils(judge, end, filter.where, values),
      )
    case 'none':
      return !ends(judge, place, filter.path).some(
        end => filter.where === null || fulfils(judge, end, filter.where, values),
      )
    case 'every':
      return ends(judge, place, filter.path).every(
        end => filter.where === null || fulfils(judge, end, filter.where, values),
      )
  }
}

function operand(operator: FilterOperator, value: Value, type: FieldType): Datum {
  if (operator === 'in' || operator === 'notIn') return decodeList(value, type)
  if (operator === 'has') return decode(value, type.element ?? type)
  return decode(value, type)
}

/** The rows at the end of a path of relations that exist for the caller. */
export function ends(judge: Judge, place: Placed, path: readonly string[]): readonly Placed[] {
  return path.reduce<readonly Placed[]>(
    (places, name) =>
      places.flatMap(({ model, row }) => {
        const relation = judge.relation(model, name)
        return judge.reached(relation, row, 'caller').map((end: Row) => ({ model: relation.target, row: end }))
      }),
    [place],
  )
}

const somewhere = (judge: Judge, place: Placed, path: readonly string[], test: (end: Placed) => boolean): boolean =>
  ends(judge, place, path).some(test)

/** Whether a field holds nothing, or a relation leads to no row that exists for the caller. */
function isNull(judge: Judge, { model, row }: Placed, name: string): boolean {
  if (modelOf(judge.world, model).relations[name] !== undefined) return ends(judge, { model, row }, [name]).length === 0
  return judge.field(model, row, name) === null
}
