/** The story of a schema: from declared models to the frozen graph, or all mistakes at once. */
import { refusal } from '../../error/index.ts'
import { deepFreeze, nearest } from '../../lib/index.ts'
import type { CheckNode, ComputedNode, FieldNode, ModelGraph, ModelNode, RelationNode, ScopeNode } from '../graph.ts'
import { buildChecks, type DeclaredChecks } from './checks.ts'
import { buildComputed, type DeclaredComputed } from './computed.ts'
import { buildConstraints } from './constraints.ts'
import type { AnyModel, Building, ModelDraft } from './draft.ts'
import { buildFields } from './fields.ts'
import { buildManyToMany } from './join.ts'
import { resolveKeys } from './keys.ts'
import { collectMistakes, listMistakes, type Mistakes } from './mistakes.ts'
import { buildRelations } from './relations.ts'
import { buildScopes, type DeclaredScopes } from './scopes.ts'
import { startModels } from './start.ts'

export interface SchemaOptions {
  readonly caller: string | null
  readonly computed: DeclaredComputed
  readonly checks: DeclaredChecks
  readonly scopes: DeclaredScopes
}

export function buildGraph(models: Readonly<Record<string, AnyModel>>, options: SchemaOptions): ModelGraph {
  const mistakes = collectMistakes()
  const drafts = startModels(models, mistakes)
  const building: Building = { models: drafts, caller: callerOf(drafts, options.caller, mistakes), mistakes }
  resolveKeys(building)
  for (const draft of drafts.values()) buildFields(building, draft)
  buildRelations(building)
  buildManyToMany(building)
  for (const draft of building.models.values()) buildConstraints(building, draft)
  // Symbols need a graph that holds together; what they would say about a broken one only hides its mistakes.
  refuseMistakes(mistakes)

  const plain = graphOfDrafts(building, {}, {}, {})
  const computed = buildComputed(plain, options.computed, mistakes)
  const withComputed = graphOfDrafts(building, computed, {}, {})
  const checks = buildChecks(building, withComputed, options.checks)
  const scopes = buildScopes(building, withComputed, options.scopes)
  refuseMistakes(mistakes)
  return deepFreeze(graphOfDrafts(building, computed, checks, scopes))
}

function callerOf(drafts: ReadonlyMap<string, ModelDraft>, caller: string | null, mistakes: Mistakes): string | null {
  if (caller === null || drafts.has(caller)) return caller
  mistakes.add('boot.caller-unknown', { name: caller, nearest: nearest(caller, drafts.keys()) }, [])
  return null
}

function refuseMistakes(mistakes: Mistakes): void {
  const { found } = mistakes
  if (found.length === 0) return
  throw refusal('boot.schema-invalid', { count: found.length, mistakes: listMistakes(found) }, { errors: found })
}

type PerModel<T> = Readonly<Record<string, T>>

function graphOfDrafts(
  building: Building,
  computed: PerModel<Readonly<Record<string, ComputedNode>>>,
  checks: PerModel<readonly CheckNode[]>,
  scopes: PerModel<readonly ScopeNode[]>,
): ModelGraph {
  const models: Record<string, ModelNode> = {}
  for (const draft of building.models.values()) {
    const { name } = draft
    models[name] = modelNode(draft, computed[name] ?? {}, checks[name] ?? [], scopes[name] ?? [])
  }
  return { version: 1, models, caller: building.caller }
}

function modelNode(
  draft: ModelDraft,
  computed: Readonly<Record<string, ComputedNode>>,
  checks: readonly CheckNode[],
  scopes: readonly ScopeNode[],
): ModelNode {
  const { options } = draft
  return {
    name: draft.name,
    plural: draft.plural,
    table: draft.table,
    renamedFrom: options.renamedFrom ?? null,
    namespace: options.namespace ?? null,
    key: draft.key,
    fields: Object.fromEntries(keyFirst(draft)),
    relations: Object.fromEntries(inOrder(draft)),
    computed,
    uniques: draft.uniques,
    indexes: draft.indexes,
    checks,
    versionField: options.version === true ? 'version' : null,
    softDeleteField: options.softDelete === true ? 'deletedAt' : null,
    scopes,
    rules: null,
    hooks: [],
    hidden: draft.hidden,
    adopted: options.adopted === true || options.view === true,
    view: options.view === true,
    store: 'default',
    words: {
      description: options.description ?? null,
      label: options.label ?? null,
      deprecated: options.deprecated ?? false,
    },
  }
}

function keyFirst(draft: ModelDraft): readonly (readonly [string, FieldNode])[] {
  const isKey = ([name]: readonly [string, FieldNode]): boolean => draft.key.includes(name)
  const entries = [...draft.fields]
  return [...entries.filter(isKey), ...entries.filter(entry => !isKey(entry))]
}

/** Relations as they were declared; the steps of building found them kind by kind. */
function inOrder(draft: ModelDraft): readonly (readonly [string, RelationNode])[] {
  return draft.declared.flatMap(name => {
    const relation = draft.relations.get(name)
    return relation === undefined ? [] : [[name, relation] as const]
  })
}
