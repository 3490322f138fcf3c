/** What can be said of a condition without the database: whether it always holds, leaves few rows, or looks further out. */
import {
  always,
  type Expression,
  fieldsIndexedFolded,
  type ModelGraph,
  type ModelNode,
  modelOf,
  type Predicate,
  relationOf,
  type SomePredicate,
} from '../../model/index.ts'
import { accessPaths } from './tables.ts'

/** Given with the command: no row has to be looked at for it. */
export const isGiven = ({ kind }: Expression): boolean => kind === 'parameter' || kind === 'literal'

export const conjunctsOf = (predicate: Predicate): readonly Predicate[] =>
  predicate.kind === 'and' ? predicate.of.flatMap(conjunctsOf) : [predicate]

/**
 * Whether an index finds the rows: some conjunct fixes a field with which a key, unique, index or reference begins, or leads by one to rows
 * that an index finds.
 */
export function isSelective(predicate: Predicate, model: ModelNode, row: number, graph: ModelGraph): boolean {
  const beginnings = new Set(accessPaths(model).map(([first]) => first))
  return conjunctsOf(predicate).some(one => {
    switch (one.kind) {
      case 'compare':
        return (
          one.operator === 'eq' &&
          (fixes(one.left, one.right, beginnings, row) || fixes(one.right, one.left, beginnings, row))
        )
      case 'text': {
        const isEqual = one.insensitive && one.operator === 'equals'
        return isEqual && fixes(one.left, one.right, fieldsIndexedFolded(model), row)
      }
      case 'in':
        return fixes(one.left, one.list, beginnings, row)
      case 'some':
        return leads(one, model, beginnings, row, graph)
      default:
        return false
    }
  })
}

function leads(
  { row: base, path, relation: name, where }: SomePredicate,
  model: ModelNode,
  beginnings: ReadonlySet<string | undefined>,
  row: number,
  graph: ModelGraph,
): boolean {
  if (base !== row || path.length > 0) return false
  const { on, through, target } = relationOf(model, name)
  const [pair, ...others] = through?.local ?? on
  if (pair === undefined || others.length > 0 || !beginnings.has(pair.local)) return false
  return !reachesOut(where, row + 1) && isSelective(where, modelOf(graph, target), row + 1, graph)
}

function fixes(
  field: Expression,
  value: Expression,
  beginnings: ReadonlySet<string | undefined>,
  row: number,
): boolean {
  const name = ownField(field, row)
  return name !== null && beginnings.has(name) && isGiven(value)
}

/** The field of the row itself that an expression is; null when it is something else. */
const ownField = (of: Expression, row: number): string | null =>
  of.kind === 'field' && of.row === row && of.path.length === 0 ? of.field : null

/** What a condition holds to one value, or to one of a list. */
function held(one: Predicate): { readonly left: readonly Expression[]; readonly to: Expression } | null {
  switch (one.kind) {
    case 'compare':
      return one.operator === 'eq' ? { left: [one.left], to: one.right } : null
    case 'in':
      return { left: [one.left], to: one.list }
    case 'tupleIn':
      return { left: one.left, to: one.list }
    default:
      return null
  }
}

/** Whether the condition names its rows by their key, one or a list of them, so that no other row is looked at. */
export function findsByKey(predicate: Predicate, model: ModelNode): boolean {
  const fixed = new Set(
    conjunctsOf(predicate).flatMap(one => {
      const found = held(one)
      return found !== null && isGiven(found.to) ? found.left.map(field => ownField(field, 0)) : []
    }),
  )
  return model.key.length > 0 && model.key.every(field => fixed.has(field))
}

/** The parameter that is a list of keys to which the condition holds, and what else it asks; null where it names no such list. */
export function keyList(
  predicate: Predicate,
  model: ModelNode,
): { readonly list: number; readonly rest: Predicate } | null {
  const conjuncts = conjunctsOf(predicate)
  for (const one of conjuncts) {
    const found = one.kind === 'compare' ? null : held(one)
    if (found === null || found.to.kind !== 'parameter' || found.left.length !== model.key.length) continue
    if (!found.left.every((field, place) => ownField(field, 0) === model.key[place])) continue
    const rest = conjuncts.filter(other => other !== one)
    return { list: found.to.index, rest: rest.length === 0 ? always : { kind: 'and', of: rest } }
  }
  return null
}

/** The parameters that give the key of the one row which a condition names; null when it names no row like that. */
export function keyParameters(predicate: Predicate, model: ModelNode): readonly number[] | null {
  const given = new Map<string | null, number>()
  for (const one of conjunctsOf(predicate))
    if (one.kind === 'compare' && one.operator === 'eq' && one.right.kind === 'parameter')
      given.set(ownField(one.left, 0), one.right.index)
  const parameters = model.key.map(field => given.get(field))
  return parameters.length > 0 && parameters.every(index => index !== undefined) ? parameters : null
}

/** Whether a condition speaks of rows further out than `row`. */
export function reachesOut(part: unknown, row: number): boolean {
  if (Array.isArray(part)) return part.some(one => reachesOut(one, row))
  if (typeof part !== 'object' || part === null) return false
  if ('row' in part && typeof part.row === 'number' && part.row < row) return true
  return Object.values(part).some(one => reachesOut(one, row))
}
