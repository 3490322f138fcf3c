/** What can be said of a condition without the database: whether it always holds, leaves few rows, or looks further out. */
import { always, type Expression, fieldsIndexedFolded, type ModelNode, type Predicate } from '../../model/index.ts'
import { accessPaths } from './tables.ts'

export const isAlways = (predicate: Predicate): boolean => predicate.kind === 'constant' && predicate.value

/** Whether an index finds the rows: some conjunct fixes a field with which a key, unique, index or reference begins. */
export function isSelective(predicate: Predicate, model: ModelNode, row: number): boolean {
  const conjuncts = predicate.kind === 'and' ? predicate.of : [predicate]
  const beginnings = new Set(accessPaths(model).map(([first]) => first))
  return conjuncts.some(one => {
    if (one.kind === 'and') return isSelective(one, model, row)
    if (one.kind === 'compare') {
      return (
        one.operator === 'eq' &&
        (fixes(one.left, one.right, beginnings, row) || fixes(one.right, one.left, beginnings, row))
      )
    }
    if (one.kind === 'text')
      return one.insensitive && one.operator === 'equals' && fixes(one.left, one.right, fieldsIndexedFolded(model), row)
    return one.kind === 'in' && fixes(one.left, one.list, beginnings, row)
  })
}

function fixes(
  field: Expression,
  value: Expression,
  beginnings: ReadonlySet<string | undefined>,
  row: number,
): boolean {
  if (field.kind !== 'field' || field.row !== row || field.path.length > 0 || !beginnings.has(field.field)) return false
  return value.kind === 'parameter' || value.kind === 'literal'
}

/** Whether the condition names its rows by their key, one or a list of them, so that no other row is looked at. */
export function findsByKey(predicate: Predicate, model: ModelNode): boolean {
  const conjuncts = predicate.kind === 'and' ? predicate.of : [predicate]
  const fixed = new Set<string>()
  for (const one of conjuncts) {
    const left =
      one.kind === 'compare' && one.operator === 'eq'
        ? [one.left]
        : one.kind === 'in'
          ? [one.left]
          : one.kind === 'tupleIn'
            ? one.left
            : []
    const right = one.kind === 'compare' ? one.right : one.kind === 'in' || one.kind === 'tupleIn' ? one.list : null
    if (right === null || (right.kind !== 'parameter' && right.kind !== 'literal')) continue
    for (const field of left)
      if (field.kind === 'field' && field.row === 0 && field.path.length === 0) fixed.add(field.field)
  }
  return model.key.length > 0 && model.key.every(field => fixed.has(field))
}

/** The parameter that is a list of keys to which the condition holds, and what else it asks; null where it names no such list. */
export function keyList(
  predicate: Predicate,
  model: ModelNode,
): { readonly list: number; readonly rest: Predicate } | null {
  const conjuncts = flattened(predicate)
  for (const one of conjuncts) {
    if ((one.kind !== 'in' && one.kind !== 'tupleIn') || one.list.kind !== 'parameter') continue
    const left = one.kind === 'in' ? [one.left] : one.left
    const isKey = left.length === model.key.length && left.every((field, place) => isOwn(field, model.key[place]))
    if (!isKey) continue
    const rest = conjuncts.filter(other => other !== one)
    return { list: one.list.index, rest: rest.length === 0 ? always : { kind: 'and', of: rest } }
  }
  return null
}

const flattened = (predicate: Predicate): readonly Predicate[] =>
  predicate.kind === 'and' ? predicate.of.flatMap(flattened) : [predicate]

const isOwn = (of: Expression, name: string | undefined): boolean =>
  of.kind === 'field' && of.row === 0 && of.path.length === 0 && of.field === name

/** Whether a condition speaks of rows further out than `row`. */
export function reachesOut(part: unknown, row: number): boolean {
  if (Array.isArray(part)) return part.some(one => reachesOut(one, row))
  if (typeof part !== 'object' || part === null) return false
  if ('row' in part && typeof part.row === 'number' && part.row < row) return true
  return Object.values(part).some(one => reachesOut(one, row))
}

/** The parameters that give the key of the one row which a condition names; null when it names no row like that. */
export function keyParameters(predicate: Predicate, model: ModelNode): readonly number[] | null {
  const given = new Map<string, number>()
  const gather = (one: Predicate): void => {
    if (one.kind === 'and') one.of.forEach(gather)
    if (one.kind !== 'compare' || one.operator !== 'eq' || one.right.kind !== 'parameter') return
    const { left } = one
    if (left.kind === 'field' && left.row === 0 && left.path.length === 0) given.set(left.field, one.right.index)
  }
  gather(predicate)
  const parameters = model.key.map(field => given.get(field))
  return parameters.length > 0 && parameters.every(index => index !== undefined) ? parameters : null
}
