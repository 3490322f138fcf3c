/** In which orders indexes have rows. */
import type { Expression, ModelNode, Predicate } from '../../model/index.ts'
import type { OrderTerm, ReadNode } from '../../query/index.ts'
import type { SqlDialect } from './dialect.ts'
import { conjunctsOf, isGiven } from './selective.ts'
import { orderedPaths } from './tables.ts'

/** Whether rows with given values of `equal` come out of an index in this order. */
export function indexServes(model: ModelNode, equal: readonly string[], order: readonly OrderTerm[]): boolean {
  const fields = order.map(({ of }) => ownField(of))
  if (new Set(order.map(({ direction }) => direction)).size > 1) return false
  // Every index of a reference ends in the key.
  const indexed = orderedPaths(model)
  const paths = [...indexed, ...indexed.map(path => [...path, ...model.key])]
  return paths.some(path => {
    const start = path.slice(0, equal.length)
    if (!equal.every(field => start.includes(field))) return false
    const rest = path.slice(equal.length)
    return fields.every(
      (field, index) =>
        field !== null &&
        (rest[index] === field || (index >= rest.length && model.key.every(key => path.includes(key)))),
    )
  })
}

/**
 * Where the index that has the rows in the order of a page has those without its first value: last, as the page does, or elsewhere. Null where no
 * index has that order.
 */
export function nullsInOrder(
  model: ModelNode,
  { where, order }: ReadNode,
  { nullsInIndexes, sortsAmongEquals }: SqlDialect,
): 'last' | 'elsewhere' | null {
  const [first] = order
  const field = first === undefined ? null : ownField(first.of)
  if (first === undefined || field === null || nullsInIndexes === 'either') return null
  const fixed = new Set(conjunctsOf(where).map(fixedField))
  const ordered = sortsAmongEquals ? [first] : order
  const exact = model.indexes.filter(({ ignoreCase }) => ignoreCase === undefined)
  const declared = exact.map(({ fields }) => fields)
  const others = orderedPaths({ ...model, indexes: [] }).map(path =>
    path.map(name => ({ field: name, direction: 'ascending' as const })),
  )
  const fitting = [...declared, ...others].flatMap(path => {
    const place = path.findIndex(({ field: name }) => !fixed.has(name))
    const equal = path.slice(0, Math.max(0, place)).map(({ field: name }) => name)
    const at = path[place]
    return at?.field === field && indexServes(model, equal, ordered) ? [at.direction] : []
  })
  if (fitting.length === 0) return null
  const isLast = nullsInIndexes === 'smallest' ? first.direction === 'descending' : fitting.includes(first.direction)
  return isLast ? 'last' : 'elsewhere'
}

/** A field of the row that a condition holds to one value. */
function fixedField(one: Predicate): string | null {
  if (one.kind !== 'compare' || one.operator !== 'eq') return null
  return isGiven(one.right) ? ownField(one.left) : isGiven(one.left) ? ownField(one.right) : null
}

const ownField = (of: Expression): string | null => (of.kind === 'field' && of.path.length === 0 ? of.field : null)
