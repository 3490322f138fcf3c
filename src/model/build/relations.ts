/** Fourth step: relations that a key on one of both sides carries. */
import { nearest } from '../../lib/index.ts'
import type { BelongsToDeclaration, HasDeclaration } from '../field/index.ts'
import type { DeleteBehaviour, RelationNode } from '../graph.ts'
import { kindOf } from '../kind/index.ts'
import type { Building, ModelDraft } from './draft.ts'
import { fieldGroup } from './field-group.ts'
import { foreignColumns } from './keys.ts'
import { relationMistake, targetOf } from './relation-target.ts'

export function buildRelations(building: Building): void {
  for (const draft of building.models.values()) addRelations(building, draft)
  for (const draft of building.models.values()) {
    for (const [name, declaration] of draft.has) addHas(building, draft, name, declaration)
  }
}

export function addRelations(building: Building, draft: ModelDraft): void {
  for (const [name, declaration] of draft.belongsTo) addBelongsTo(building, draft, name, declaration)
}

const deleteBehaviours: readonly DeleteBehaviour[] = ['restrict', 'cascade', 'setNull']

function addBelongsTo(building: Building, draft: ModelDraft, name: string, declaration: BelongsToDeclaration): void {
  const target = targetOf(building, draft, name, declaration.target)
  if (target === undefined) return
  const wrong = relationMistake(building, draft, name)
  const columns = foreignColumns(building, name, declaration)
  if (columns.length === 0) wrong(`${declaration.target} has no key`)
  if (declaration.on !== null) checkOver(building, draft, name, target, declaration, declaration.on)
  const { onDelete } = declaration
  if (onDelete !== null && !deleteBehaviours.includes(onDelete))
    wrong(`onDelete is ${JSON.stringify(onDelete)}, and not one of ${deleteBehaviours.join(', ')}`)
  if (declaration.onDelete === 'setNull' && !declaration.nullable)
    wrong('onDelete is "setNull", but it is not optional()')
  if (declaration.onDelete === 'setNull' && declaration.immutable) wrong('onDelete is "setNull", but it is immutable()')
  draft.relations.set(name, {
    name,
    kind: 'belongsTo',
    target: target.name,
    on: columns.map(column => ({ local: column.name, remote: column.remote })),
    through: null,
    inverse: inverseOf(draft, name, target),
    nullable: declaration.nullable,
    maskable: declaration.maskable,
    onDelete: declaration.onDelete ?? 'restrict',
    renamedFrom: null,
    words: declaration.words,
  })
}

/** A relation over declared fields: they have to be there, of one kind with what they refer to, and what they refer to unique. */
function checkOver(
  building: Building,
  draft: ModelDraft,
  name: string,
  target: ModelDraft,
  declaration: BelongsToDeclaration,
  on: Readonly<Record<string, string>>,
): void {
  const wrong = relationMistake(building, draft, name)
  for (const [remote, local] of Object.entries(on)) {
    const [here, there] = [draft.fields.get(local), target.fields.get(remote)]
    if (here === undefined) wrong(`"on" names "${local}", which is no field of ${draft.name}`)
    else if (there === undefined) wrong(`"on" names "${remote}", which is no field of ${target.name}`)
    else if (kindOf(here.type).storage !== kindOf(there.type).storage)
      wrong(`"${local}" is of the kind ${here.type.kind}, and ${target.name}.${remote} of the kind ${there.type.kind}`)
    else if (here.nullable && !declaration.nullable) wrong(`"${local}" may be null, so the relation is optional()`)
  }
  const remotes = Object.keys(on).toSorted().join()
  const uniques = [
    target.key,
    // A reference holds the very value, and an index that ignores case does not keep it.
    ...[...target.scalars]
      .filter(([, { unique, ignoreCase }]) => unique && !ignoreCase.unique)
      .map(([field]) => [field]),
    ...(target.options.unique ?? [])
      .map(fieldGroup)
      .filter(({ ignoreCase }) => ignoreCase.length === 0)
      .map(({ fields }) => fields),
  ]
  if (!uniques.some(fields => fields.toSorted().join() === remotes))
    wrong(`"on" names what is neither the key of ${target.name} nor unique there`)
  const own = [declaration.field, declaration.column, declaration.default, declaration.native]
  if (own.some(given => given !== null))
    wrong('it goes over declared fields; their names, columns and defaults are theirs')
}

/** The hasOne or hasMany over there that names this relation; the first, if several do. */
function inverseOf(draft: ModelDraft, name: string, target: ModelDraft): string | null {
  for (const [other, has] of target.has) if (has.target === draft.name && has.by === name) return other
  return null
}

function addHas(building: Building, draft: ModelDraft, name: string, declaration: HasDeclaration): void {
  const target = targetOf(building, draft, name, declaration.target)
  if (target === undefined) return
  if (typeof declaration.by !== 'string') {
    const wrong = relationMistake(building, draft, name)
    return wrong(`its second argument has to be the name of the belongsTo relation of ${target.name} that leads back`)
  }
  const inverse = target.belongsTo.get(declaration.by)
  // That it leads nowhere is told of itself.
  if (inverse !== undefined && typeof inverse.target !== 'string') return
  if (inverse === undefined || inverse.target !== draft.name) {
    const candidates = [...target.belongsTo]
      .filter(([, relation]) => relation.target === draft.name)
      .map(([relation]) => relation)
    building.mistakes.add(
      'boot.relation-inverse',
      {
        relation: `${draft.name}.${name}`,
        name: declaration.by,
        target: target.name,
        model: draft.name,
        reason: inverse === undefined ? 'there is none' : `it leads to ${inverse.target}`,
        nearest: nearest(declaration.by, candidates) || `${declaration.by}: field.belongsTo('${draft.name}')`,
      },
      [draft.name, name],
    )
    return
  }
  const columns = foreignColumns(building, declaration.by, inverse)
  draft.relations.set(name, {
    name,
    kind: declaration.kind,
    target: target.name,
    on: columns.map(column => ({ local: column.remote, remote: column.name })),
    through: null,
    inverse: declaration.by,
    nullable: declaration.kind === 'hasOne',
    maskable: declaration.maskable,
    onDelete: 'restrict',
    renamedFrom: null,
    words: declaration.words,
  } satisfies RelationNode)
}

/** The relations of which at most one row may belong to each target: declared unique, or the other end is a hasOne. */
export function isOneToOne(
  building: Building,
  draft: ModelDraft,
  relation: string,
  declaration: BelongsToDeclaration,
): boolean {
  if (declaration.unique) return true
  const target = building.models.get(declaration.target)
  return [...(target?.has.values() ?? [])].some(
    has => has.kind === 'hasOne' && has.target === draft.name && has.by === relation,
  )
}
