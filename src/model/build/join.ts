/** Fifth step: manyToMany relations, and the hidden models that join where no model of one's own does. */
import { uncapitalise } from '../../lib/index.ts'
import { field, type JoinTable, type ManyToManyDeclaration, noWords } from '../field/index.ts'
import type { RelationNode, ThroughNode } from '../graph.ts'
import { type Building, type ModelDraft, newDraft } from './draft.ts'
import { buildFields } from './fields.ts'
import { databaseName, pluralOf } from './names.ts'
import { foreignColumns } from './keys.ts'
import { findInverse, throughInverse } from './link-inverse.ts'
import { relationMistake, targetOf } from './relation-target.ts'
import { addRelations } from './relations.ts'

export function buildManyToMany(building: Building): void {
  const drafts = [...building.models.values()]
  for (const draft of drafts) {
    for (const [name, declaration] of draft.manyToMany) {
      const target = targetOf(building, draft, name, declaration.target)
      if (target !== undefined && !draft.relations.has(name)) addManyToMany(building, draft, name, declaration, target)
    }
  }
}

function addManyToMany(
  building: Building,
  draft: ModelDraft,
  name: string,
  declaration: ManyToManyDeclaration,
  target: ModelDraft,
): void {
  if (declaration.through !== null) {
    addThrough(building, draft, name, declaration, declaration.through)
    return
  }
  const wrong = relationMistake(building, draft, name)
  const former = declaration.renamedFrom
  if (former !== null && draft.declared.includes(former))
    wrong(`renamedFrom() names "${former}", which ${draft.name} still has`)
  if (draft.key.length === 0) return wrong(`${draft.name} has no key`)
  if (target.key.length === 0) return wrong(`${target.name} has no key`)
  if (declaration.local !== null || declaration.remote !== null)
    return wrong('local and remote name relations of the model in "through", which it does not have')
  const inverse = findInverse(draft, name, declaration, target)
  if (inverse.problem !== null) return wrong(inverse.problem)

  const [owner, relation, other] = firstOf(draft, name, target, inverse.name)
  const back = inverse.name === null ? null : relation === name && owner === draft ? inverse.name : name
  const table = tableOf(owner, relation, other, back)
  if (table !== null && (owner.key.length > 1 || other.key.length > 1))
    return wrong(
      'its option "table" names one column for each end, and a key of several fields needs more; use "through"',
    )
  const join = joinModel(building, owner, relation, other, table)
  addRelations(building, join)
  const [here, there] = endsOf(owner, other)
  owner.relations.set(relation, relationOver(owner, relation, join, [here, there], back))
  if (back !== null) other.relations.set(back, relationOver(other, back, join, [there, here], relation))
}

/** The table that a database had for the links, seen from the end that names the join. */
function tableOf(owner: ModelDraft, relation: string, other: ModelDraft, back: string | null): JoinTable | null {
  const own = owner.manyToMany.get(relation)?.table ?? null
  const theirs = back === null ? null : (other.manyToMany.get(back)?.table ?? null)
  return own ?? (theirs === null ? null : { ...theirs, local: theirs.remote, remote: theirs.local })
}

/** Of both ends the one that gives the join its name: the first by alphabet, so that the order of models does not matter. */
function firstOf(
  draft: ModelDraft,
  name: string,
  target: ModelDraft,
  inverse: string | null,
): readonly [ModelDraft, string, ModelDraft] {
  if (inverse === null) return [draft, name, target]
  const own = `${draft.name}.${name}`
  return own < `${target.name}.${inverse}` ? [draft, name, target] : [target, inverse, draft]
}

/** The hidden model of a join: its key is the keys of both ends. */
function joinModel(
  building: Building,
  owner: ModelDraft,
  relation: string,
  other: ModelDraft,
  table: JoinTable | null,
): ModelDraft {
  const name = `${owner.name}_${relation}`
  const belongsTo = new Map(
    [owner.name, other.name].map((target, end) => {
      const { declaration } = field.belongsTo(target, { onDelete: 'cascade' }).immutable()
      const column = table === null ? null : end === 0 ? table.local : table.remote
      return [endsOf(owner, other)[end] ?? '', { ...declaration, column }] as const
    }),
  )
  const columns = [...belongsTo].flatMap(([end, declaration]) => foreignColumns(building, end, declaration))
  const key = columns.map(column => column.name)
  const { namespace } = owner.options
  const declared = {
    name,
    options: { key, adopted: table !== null, ...(namespace === undefined ? {} : { namespace }) },
    scalars: new Map(),
    belongsTo,
    has: new Map(),
    manyToMany: new Map(),
    declared: [...belongsTo.keys()],
    table: table?.name ?? databaseName(name),
    plural: pluralOf(name.replace('_', '')),
    hidden: true,
  }
  const draft = newDraft(declared, key)
  building.models.set(name, draft)
  buildFields(building, draft)
  return draft
}

/** What the two relations of a join are called; a model that is joined to itself cannot give both the same name. */
const endsOf = (owner: ModelDraft, other: ModelDraft): readonly [string, string] =>
  owner.name === other.name ? ['source', 'target'] : [uncapitalise(owner.name), uncapitalise(other.name)]

function relationOver(
  draft: ModelDraft,
  name: string,
  join: ModelDraft,
  ends: readonly [here: string, there: string],
  inverse: string | null,
): RelationNode {
  const pairs = (relation: string): readonly { readonly local: string; readonly remote: string }[] =>
    join.relations.get(relation)?.on ?? []
  const [here, there] = ends
  const through: ThroughNode = {
    model: join.name,
    local: pairs(here).map(pair => ({ local: pair.remote, through: pair.local })),
    remote: pairs(there).map(pair => ({ through: pair.local, remote: pair.remote })),
  }
  return {
    name,
    kind: 'manyToMany',
    target: join.relations.get(there)?.target ?? '',
    on: [],
    through,
    inverse,
    nullable: false,
    maskable: draft.manyToMany.get(name)?.maskable ?? false,
    onDelete: 'restrict',
    renamedFrom: draft.manyToMany.get(name)?.renamedFrom ?? null,
    words: draft.manyToMany.get(name)?.words ?? noWords,
  }
}

function addThrough(
  building: Building,
  draft: ModelDraft,
  name: string,
  declaration: ManyToManyDeclaration,
  through: string,
): void {
  const wrong = relationMistake(building, draft, name)
  // Types say so, JavaScript may not.
  if (typeof through !== 'string') return wrong('its option "through" has to be the name of a model')
  const join = targetOf(building, draft, name, through)
  if (join === undefined) return
  if (declaration.renamedFrom !== null)
    wrong(`its links are rows of ${through}; renamedFrom is for the links of a hidden table`)
  if (join.key.length === 0 && join.options.view !== true)
    return wrong(`its join model ${through} has no key, by which links could be taken away`)
  const here = endOf(join, draft.name, declaration.local, null)
  const there = endOf(join, declaration.target, declaration.remote, here.name)
  if (here.name === null) return wrong(`its join model ${through} ${here.problem}`)
  if (there.name === null) return wrong(`its join model ${through} ${there.problem}`)
  if (here.name === there.name)
    return wrong(`"${here.name}" of ${through} cannot be both of its ends; name them with "local" and "remote"`)
  const inverse = throughInverse(building, draft, name, declaration, [here.name, there.name])
  draft.relations.set(name, relationOver(draft, name, join, [here.name, there.name], inverse))
}

/** The belongsTo relation of a join model that leads to `target`. */
function endOf(
  join: ModelDraft,
  target: string,
  named: string | null,
  taken: string | null,
): { readonly name: string; readonly problem: null } | { readonly name: null; readonly problem: string } {
  const candidates = [...join.belongsTo]
    .filter(([, declaration]) => declaration.target === target)
    .map(([relation]) => relation)
  if (named !== null) {
    return candidates.includes(named)
      ? { name: named, problem: null }
      : { name: null, problem: `has no relation "${named}" that belongs to ${target}` }
  }
  const free = candidates.filter(candidate => candidate !== taken)
  const [first] = free
  if (first === undefined) return { name: null, problem: `has no relation that belongs to ${target}` }
  if (free.length > 1)
    return {
      name: null,
      problem: `has several relations that belong to ${target} (${free.join(', ')}); name them with "local" and "remote"`,
    }
  return { name: first, problem: null }
}
