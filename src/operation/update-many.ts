/** updateMany: the same changes to all rows of a filter that the caller may change (semantics 30). */
import { refusal } from '../error/index.ts'
import type { Engine } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import { hasOwnUnique, type ModelNode, type Value } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import { matchingKeys, requireFilter, searching } from './bulk.ts'
import { changeAlike, ruledChange, changeRows, requireStillAllowed } from './change-rows.ts'
import type { UpdateManyInput, Written } from './contract.ts'
import { touchedFields } from './defaults.ts'
import { raced } from './lost-race.ts'
import { parseFields } from './parse/parse-fields.ts'
import { unread } from './read-written.ts'
import { hasHooks } from './run-hooks.ts'
import { uniqueSlugs } from './slugs.ts'
import { changedFields } from './update-shape.ts'
import { requireWholeReferences } from './whole-references.ts'
import { tellingConflicts } from './told-conflict.ts'

export async function updateMany(engine: Engine, input: UpdateManyInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  requireFilter(input.where, 'update')
  const options = {
    graph: engine.graph,
    form: input.changesForm,
    caller: context.caller.class,
    mode: 'update',
  } as const
  const { row, errors } = parseFields(options, model, input.changes, '')
  const written = Object.keys(row.values).toSorted()
  engine.write.requireOpenUpdate(ruledChange(model, [], written, input), context.caller)
  if (errors.length > 0) throw refusal('values.invalid', { model: model.name }, { errors })
  for (const name of written) {
    // Nothing is what any number of rows may have.
    if (hasOwnUnique(model, name) && row.values[name] !== null)
      throw refusal('values.unique-in-bulk', { name }, { pointer: `/${name}` })
  }
  const together = !hasHooks(engine, model)
  return tellingConflicts(
    engine,
    context,
    raced(engine, context, searching(together), inside =>
      updateFound(engine, model, input, row.values, written, inside),
    ),
  )
}

function* updateFound(
  engine: Engine,
  model: ModelNode,
  input: UpdateManyInput,
  given: Readonly<Record<string, Value>>,
  written: readonly string[],
  context: ExecutionContext,
): Steps<Written> {
  const candidates = yield* matchingKeys(engine, model, input.where, input, context)
  if (candidates.length === 0) return unread([])
  const touched = touchedFields(model, given, context)
  const follows = uniqueSlugs(model).some(({ name }) => touched[name] !== undefined)
  if (hasHooks(engine, model) || follows || Object.keys(given).length === 0) {
    // Not all rows become the same, or code of the application is told of them: they must not change until they are changed here.
    const held = yield* changeAlike(engine, model, candidates, {}, written, input, context)
    const each = held.map(() => given)
    yield* changeRows(engine, model, held, each, written, context)
    return unread(held)
  }
  const changes = { ...given, ...touched }
  const set = Object.keys(changes)
  const keys = yield* changeAlike(engine, model, candidates, changes, written, input, context)
  yield* requireStillAllowed(engine, model, keys, changedFields(model, set), written, context)
  yield* requireWholeReferences(engine, model, keys, set, context)
  return unread(keys)
}
