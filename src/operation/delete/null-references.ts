/** References that a delete sets to null: those that say so, and those among the rows of the delete that would stand in its way. */
import {
  changeRequest,
  type Engine,
  type Key,
  keysOf,
  keyText,
  type Row,
  rowKey,
  storedValue,
} from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode, RelationNode, Value } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { touchedFields } from '../defaults.ts'
import type { ReferentialActions } from './referential-actions.ts'
import { setStep } from '../update-shape.ts'

/** Rows of one model that are deleted at once. */
export interface DeletedRows {
  readonly model: ModelNode
  readonly actions: ReferentialActions
  readonly rows: readonly Row[]
}

/** Sets these references of the rows to null, as one change of theirs. */
export function* setNull(
  engine: Engine,
  child: ModelNode,
  relations: readonly RelationNode[],
  keys: readonly Key[],
  context: ExecutionContext,
): Steps<void> {
  const nulls = nullsOf(relations)
  const fields = yield* write(
    engine,
    child,
    keys,
    { ...nulls, ...touchedFields(child, nulls, context) },
    'change',
    context,
  )
  engine.transactions.record(
    context,
    keys.map(key => ({ model: child.name, key, operation: 'update', fields })),
  )
}

/**
 * `groups` are deleted one after the other. A row that refers to one of an earlier group would be deleted with that by the database, or keep
 * it from being deleted; some databases also mind references within one statement.
 */
export function* loosen(engine: Engine, groups: readonly DeletedRows[], context: ExecutionContext): Steps<void> {
  for (const [place, { model, actions, rows }] of groups.entries()) {
    for (const relation of actions.ties) {
      const placeOf = placesOf(groups, relation)
      const { checksReferencesLast, cascadesDeep } = engine.store.capabilities
      const minds = relation.onDelete === 'restrict' ? !checksReferencesLast : !cascadesDeep
      const loose = rows.filter(row => {
        const other = placeOf.get(keyText(relation.on.map(({ local }) => row[local] ?? null)))
        return other !== undefined && (other < place || (minds && other === place))
      })
      const keys = loose.map(row => rowKey(model, row))
      if (keys.length > 0) yield* write(engine, model, keys, nullsOf([relation]), 'loosen', context)
    }
  }
}

const nullsOf = (relations: readonly RelationNode[]): Record<string, Value> =>
  Object.fromEntries(relations.flatMap(({ on }) => on.map(({ local }) => [local, null])))

/** In which group the rows are that the relation leads to. */
function placesOf(groups: readonly DeletedRows[], { target, on }: RelationNode): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [place, { model, rows }] of groups.entries()) {
    if (model.name !== target) continue
    for (const row of rows) places.set(keyText(on.map(({ remote }) => row[remote] ?? null)), place)
  }
  return places
}

/** The names of the fields that it has set. */
function* write(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  values: Row,
  kind: 'change' | 'loosen',
  context: ExecutionContext,
): Steps<readonly string[]> {
  const set = Object.keys(model.fields).filter(field => values[field] !== undefined)
  const steps: Record<string, Value> = { ...keysOf(model, keys) }
  for (const field of set) steps[setStep(field)] = storedValue(model, field, values[field] ?? null)
  const request = changeRequest(model, { set, version: kind === 'change', unscoped: kind === 'loosen' })
  yield* engine.write.update(request, { steps }, context)
  return set
}
