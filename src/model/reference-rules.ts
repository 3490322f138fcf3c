/** A belongsTo relation and its scalars are one thing: a field rule on either holds for both, whichever name a request uses. */
import { callerOnlyAttributes } from './caller-only.ts'
import { isAlways, isNever, never, type Predicate } from './expression.ts'
import type { ModelNode, RelationNode, RuleSet } from './graph.ts'

type FieldRules = RuleSet['fields']
type Word = 'read' | 'write'

/** A scalar that cannot be null in answers, and the relation whose rule would make null of it. */
export interface Unmaskable {
  readonly relation: string
  readonly scalar: string
}

/** The rules with those of references on both names; and what they would make null of although its types do not say so. */
export function withReferenceRules(
  model: ModelNode,
  declared: FieldRules,
): { readonly fields: FieldRules; readonly unmaskable: readonly Unmaskable[] } {
  const fields: Record<string, { read?: Predicate; write?: Predicate }> = { ...declared }
  const unmaskable: Unmaskable[] = []
  const add = (name: string, word: Word, rule: Predicate | undefined): void => {
    if (rule === undefined) return
    const own = fields[name]?.[word]
    fields[name] = { ...fields[name], [word]: own === undefined ? rule : both(own, rule) }
  }
  const references = Object.values(model.relations).filter(({ kind }) => kind === 'belongsTo')
  for (const relation of references) {
    const rule = declared[relation.name]
    for (const scalar of ownScalars(relation, references)) {
      add(scalar, 'read', rule?.read)
      add(scalar, 'write', rule?.write)
      const node = model.fields[scalar]
      const hides = rule?.read !== undefined && callerOnlyAttributes(rule.read) === null
      if (hides && node !== undefined && !node.nullable && !node.maskable)
        unmaskable.push({ relation: relation.name, scalar })
    }
  }
  for (const relation of references) {
    for (const { local } of relation.on) {
      add(relation.name, 'read', declared[local]?.read)
      add(relation.name, 'write', declared[local]?.write)
    }
  }
  return { fields, unmaskable }
}

/**
 * The scalars that a rule on the relation is about. One that several relations share, such as a tenant, does not tell where any of them leads;
 * closing it would close the others.
 */
function ownScalars(relation: RelationNode, references: readonly RelationNode[]): readonly string[] {
  const all = relation.on.map(({ local }) => local)
  const isShared = (scalar: string): boolean =>
    references.some(other => other !== relation && other.on.some(({ local }) => local === scalar))
  const own = all.filter(scalar => !isShared(scalar))
  return own.length === 0 ? all : own
}

function both(one: Predicate, other: Predicate): Predicate {
  if (isNever(one) || isNever(other)) return never
  if (isAlways(one)) return other
  if (isAlways(other)) return one
  return { kind: 'and', of: [one, other] }
}
