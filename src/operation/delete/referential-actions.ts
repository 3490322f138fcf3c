/**
 * What follows from deleting rows of a model, by the references to it. The database does it by itself, unless rows have to be found here:
 * because they have hooks, count their changes, or are only marked (semantics 11, 31). Worked out once for each model.
 */
import type { Engine } from '../../engine/index.ts'
import type { ModelGraph, ModelNode, RelationNode } from '../../model/index.ts'
import { touchesItself } from '../defaults.ts'

export interface Reference {
  readonly child: ModelNode
  readonly relation: RelationNode
}

export interface ReferentialActions {
  /** References whose rows are deleted here. */
  readonly cascades: readonly Reference[]
  /** References that are set to null here. */
  readonly setsNull: readonly Reference[]
  /** References that forbid the delete and that the database does not see, because the row stays. */
  readonly restricts: readonly Reference[]
  /** The model's own references that may lead to rows which are deleted before their own row is. */
  readonly ties: readonly RelationNode[]
  /** The model has hooks. */
  readonly hooked: boolean
  /** More has to be known of its rows than their keys. */
  readonly needsRows: boolean
  /** One statement does everything. */
  readonly alone: boolean
  /** Rows of callers change, and only the database knows which. */
  readonly changesCallers: boolean
  /** Those that refer have a higher one than those that they refer to, unless these lead back to them. */
  readonly rank: number
}

/** What the graph says of all models. */
interface Knowledge {
  readonly references: ReadonlyMap<string, readonly Reference[]>
  readonly ranks: ReadonlyMap<string, number>
  readonly runsHooks: Map<string, boolean>
  readonly actions: Map<string, ReferentialActions>
}

const known = new WeakMap<Engine, Knowledge>()

function knowledgeOf(engine: Engine): Knowledge {
  let knowledge = known.get(engine)
  if (knowledge === undefined) {
    const references = referencesOf(engine.graph)
    knowledge = { references, ranks: ranksOf(engine.graph), runsHooks: new Map(), actions: new Map() }
    known.set(engine, knowledge)
  }
  return knowledge
}

/** Whether deleting rows of the model runs code of the application. */
export function deleteRunsHooks(engine: Engine, model: ModelNode): boolean {
  const { references, runsHooks } = knowledgeOf(engine)
  let answer = runsHooks.get(model.name)
  if (answer === undefined) {
    answer = cascadesTo(references, model).some(({ name }) => engine.hooks[name] !== undefined)
    runsHooks.set(model.name, answer)
  }
  return answer
}

/** `soft`: rows are marked; otherwise they are removed, those that would be marked by themselves too. */
export function referentialActions(engine: Engine, model: ModelNode, soft: boolean): ReferentialActions {
  const { actions } = knowledgeOf(engine)
  const key = soft ? `${model.name} softly` : model.name
  let found = actions.get(key)
  if (found === undefined) {
    found = soft ? actionsOfMark(engine, model) : actionsOfRemoval(engine, model)
    actions.set(key, found)
  }
  return found
}

/** A row that is only marked never reaches the database's foreign keys, and what does not delete softly stays with it. */
function actionsOfMark(engine: Engine, model: ModelNode): ReferentialActions {
  const { references, ranks } = knowledgeOf(engine)
  const own = references.get(model.name) ?? []
  const cascades = own.filter(
    ({ child, relation }) => relation.onDelete === 'cascade' && child.softDeleteField !== null && isKeyed(child),
  )
  const restricts = own.filter(({ relation }) => relation.onDelete === 'restrict')
  const hooked = engine.hooks[model.name] !== undefined
  return {
    cascades,
    setsNull: [],
    restricts,
    ties: [],
    hooked,
    needsRows: hooked || own.some(reference => !refersToKey(model, reference)),
    alone: !hooked && cascades.length === 0 && restricts.length === 0,
    changesCallers: false,
    rank: ranks.get(model.name) ?? 0,
  }
}

function actionsOfRemoval(engine: Engine, model: ModelNode): ReferentialActions {
  const { references, ranks } = knowledgeOf(engine)
  const own = references.get(model.name) ?? []
  const cascades = own.filter(reference => cascadesHere(engine, reference))
  const setsNull = own.filter(setsNullHere)
  const hooked = engine.hooks[model.name] !== undefined
  const rank = ranks.get(model.name) ?? 0
  const ties = Object.values(model.relations).filter(
    ({ kind, nullable, onDelete, target }) =>
      kind === 'belongsTo' && nullable && onDelete !== 'setNull' && ranks.get(target) === rank,
  )
  const blocksItself = ties.some(({ onDelete, target }) => onDelete === 'restrict' && target === model.name)
  const inSteps = hooked || cascades.length > 0 || setsNull.length > 0
  return {
    cascades,
    setsNull,
    restricts: [],
    ties,
    hooked,
    needsRows:
      hooked ||
      own.some(reference => !refersToKey(model, reference)) ||
      ties.some(({ onDelete }) => onDelete === 'restrict' || cascades.length > 0),
    alone: !inSteps && (!blocksItself || engine.store.capabilities.checksReferencesLast),
    changesCallers: cascadesTo(references, model).some(({ name }) =>
      (references.get(name) ?? []).some(
        reference =>
          reference.child.name === engine.graph.caller &&
          reference.relation.onDelete !== 'restrict' &&
          !cascadesHere(engine, reference) &&
          !setsNullHere(reference),
      ),
    ),
    rank,
  }
}

const isKeyed = ({ key }: ModelNode): boolean => key.length > 0

function cascadesHere(engine: Engine, reference: Reference): boolean {
  const { references } = knowledgeOf(engine)
  const { child, relation } = reference
  return (
    relation.onDelete === 'cascade' &&
    isKeyed(child) &&
    (cascadesTo(references, child).some(
      ({ name }) => engine.hooks[name] !== undefined || (references.get(name) ?? []).some(setsNullHere),
    ) ||
      isEntangled(engine, engine.model(relation.target)))
  )
}

/** Rows that go together with one of the model can refer to each other in a way that the database does not follow, or minds. */
function isEntangled(engine: Engine, model: ModelNode): boolean {
  const { references } = knowledgeOf(engine)
  const { cascadesDeep, checksReferencesLast } = engine.store.capabilities
  const going = new Set(cascadesTo(references, model))
  return [...going]
    .flatMap(({ name }) => references.get(name) ?? [])
    .some(
      ({ child, relation }) =>
        going.has(child) &&
        (relation.onDelete === 'restrict'
          ? !checksReferencesLast
          : !cascadesDeep && leadsTo(engine.graph, relation.target).has(child.name)),
    )
}

/** The database would leave the version and the moment of the last change as they were. */
const setsNullHere = ({ child, relation }: Reference): boolean =>
  relation.onDelete === 'setNull' &&
  isKeyed(child) &&
  (child.versionField !== null || Object.values(child.fields).some(touchesItself))

const refersToKey = ({ key }: ModelNode, { relation }: Reference): boolean =>
  relation.on.every(({ remote }) => key.includes(remote))

/** The references to each model. */
function referencesOf(graph: ModelGraph): ReadonlyMap<string, readonly Reference[]> {
  const tables = Object.values(graph.models).filter(({ view }) => !view)
  const all = tables.flatMap(child =>
    Object.values(child.relations)
      .filter(({ kind }) => kind === 'belongsTo')
      .map((relation): Reference => ({ child, relation })),
  )
  return Map.groupBy(all, ({ relation }) => relation.target)
}

/** The models whose rows go with those of the model, itself among them. */
function cascadesTo(references: Knowledge['references'], model: ModelNode): readonly ModelNode[] {
  const reached = new Set([model])
  for (const { name } of reached)
    for (const { child, relation } of references.get(name) ?? [])
      if (relation.onDelete === 'cascade') reached.add(child)
  return [...reached]
}

/** How many models each leads to by its references, itself counted: who refers leads to at least one more. */
function ranksOf(graph: ModelGraph): ReadonlyMap<string, number> {
  return new Map(Object.keys(graph.models).map(name => [name, leadsTo(graph, name).size]))
}

/** The models to which rows of the model lead by references, itself among them. */
function leadsTo({ models }: ModelGraph, name: string): ReadonlySet<string> {
  const reached = new Set([name])
  for (const one of reached)
    for (const { kind, target } of Object.values(models[one]?.relations ?? {}))
      if (kind === 'belongsTo') reached.add(target)
  return reached
}
