/** Which manyToMany over there is the same links, seen from the other end. */
import type { ManyToManyDeclaration } from '../field/index.ts'
import type { Building, ModelDraft } from './draft.ts'

/** The relation on the target that is the same link, if there is one, or why that cannot be told. */
export function findInverse(
  draft: ModelDraft,
  name: string,
  declaration: ManyToManyDeclaration,
  target: ModelDraft,
): { readonly name: string | null; readonly problem: string | null } {
  const self = target === draft
  if (declaration.inverse !== null) {
    const other = target.manyToMany.get(declaration.inverse)
    if (other === undefined || other.target !== draft.name || other.through !== null) {
      return {
        name: null,
        problem: `its inverse "${declaration.inverse}" is no manyToMany('${draft.name}') of ${target.name}`,
      }
    }
    if (other.inverse !== null && other.inverse !== name) {
      return { name: null, problem: `its inverse "${declaration.inverse}" names "${other.inverse}" as its own inverse` }
    }
    if (self && declaration.inverse === name) return { name: null, problem: 'it is its own inverse' }
    return { name: declaration.inverse, problem: null }
  }
  const naming = [...target.manyToMany].filter(
    ([, other]) => other.target === draft.name && other.through === null && other.inverse === name,
  )
  const [first] = naming
  if (first !== undefined) return { name: first[0], problem: null }
  const free = (model: ModelDraft, to: string): string[] =>
    [...model.manyToMany]
      .filter(([, other]) => other.target === to && other.through === null && other.inverse === null)
      .map(([relation]) => relation)
  const here = free(draft, target.name).filter(relation => relation !== name && !isNamed(target, draft, relation))
  const there = free(target, draft.name).filter(relation => !isNamed(draft, target, relation))
  if (self) {
    return here.length === 0
      ? { name: null, problem: null }
      : {
          name: null,
          problem: `${draft.name} has other manyToMany relations to itself (${here.join(', ')}); say with "inverse" which belong together`,
        }
  }
  if (there.length === 0) return { name: null, problem: null }
  if (there.length === 1 && here.length === 0) return { name: there[0] ?? null, problem: null }
  return {
    name: null,
    problem: `more than one manyToMany joins ${draft.name} and ${target.name}; say with "inverse" which belong together`,
  }
}

/** Some relation of `model` to `other` names this one of `other` as its inverse. */
const isNamed = (model: ModelDraft, other: ModelDraft, relation: string): boolean =>
  [...model.manyToMany.values()].some(
    declaration => declaration.target === other.name && declaration.inverse === relation,
  )

/** The relation over there that goes through the same join the other way round. */
export function throughInverse(
  building: Building,
  draft: ModelDraft,
  name: string,
  declaration: ManyToManyDeclaration,
  [here, there]: readonly [string, string],
): string | null {
  if (declaration.inverse !== null) return declaration.inverse
  const target = building.models.get(declaration.target)
  const others = [...(target?.manyToMany ?? [])].filter(
    ([other, back]) =>
      back.through === declaration.through &&
      back.target === draft.name &&
      !(target === draft && other === name) &&
      (back.local === null || back.local === there) &&
      (back.remote === null || back.remote === here),
  )
  return others.length === 1 ? (others[0]?.[0] ?? null) : null
}
