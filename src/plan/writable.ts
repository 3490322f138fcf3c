/** What the rules ask of a row because of what is written to it. */
import { always, callerOnlyAttributes, isAlways, isNever, type Predicate } from '../model/index.ts'
import { allOf } from './fold.ts'
import { fieldClosed, placeAt, readableOrNever } from './readable.ts'
import { rewritePredicate } from './rewrite.ts'
import type { Standpoint } from './standpoint.ts'

/** Field rules of what is written; one that closes a field to the caller altogether refuses (semantics 8). */
export function writableCondition(at: Standpoint, written: readonly string[]): Predicate {
  if (at.planning.isSystem) return always
  return allOf(
    ...written.map(name => {
      const rule = at.model.rules?.fields[name]?.write ?? callerRuleOfOtherEnd(at, name)
      if (rule === undefined) return always
      const condition = rewritePredicate(placeAt(at), rule)
      if (isNever(condition)) throw fieldClosed(at, name, 'write')
      return condition
    }),
  )
}

/**
 * Links of a manyToMany are written from both ends: where this end has no rule of its own, that of the other end holds. Only one that the caller
 * decides can stand here; one that looks at the row over there is asked of the rows that are linked.
 */
function callerRuleOfOtherEnd({ model, planning }: Standpoint, name: string): Predicate | undefined {
  const relation = model.relations[name]
  if (relation?.kind !== 'manyToMany' || relation.inverse === null) return undefined
  const rule = planning.model(relation.target).rules?.fields[relation.inverse]?.write
  return rule !== undefined && callerOnlyAttributes(rule) !== null ? rule : undefined
}

/**
 * A row may refer only to what its writer may read; otherwise it is as if the other row did not exist (semantics 9). `held`: no reference that is
 * being deleted softly is found either, nor does one begin to be; who deletes it for good meets the foreign key.
 */
export function referencesReadable(at: Standpoint, written: readonly string[], held = false): Predicate {
  if (at.planning.isSystem) return always
  const relations = Object.values(at.model.relations).filter(
    relation => relation.kind === 'belongsTo' && relation.on.some(({ local }) => written.includes(local)),
  )
  return allOf(
    ...relations.map((relation): Predicate => {
      const target = at.inside(relation.target)
      const readable = readableOrNever(target)
      if (isAlways(readable)) return always
      const some: Predicate = {
        kind: 'some',
        row: at.row,
        path: [],
        relation: relation.name,
        where: readable,
        ...(held && target.model.softDeleteField !== null ? { held: true } : {}),
        authority: 'caller',
      }
      const nulls = relation.on.map(({ local }): Predicate => ({ kind: 'isNull', of: at.field(local) }))
      return relation.nullable ? { kind: 'or', of: [some, ...nulls] } : some
    }),
  )
}
