/** updateMany and deleteMany: by filter, bounded, on the rows that the caller may change (semantics 30). */
import { refusal } from '../error/index.ts'
import { type Engine, keysOf, keyText, storedValue } from '../engine/index.ts'
import { settle, type Steps, wholeText } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import type { ExecutionContext, FilterRequest, FindRequest, OutputRequest } from '../query/index.ts'
import { emptyFind } from './address.ts'
import { deleteKeys, deleteRunsHooks } from './cascade.ts'
import type { DeleteManyInput, UpdateManyInput, Written } from './contract.ts'
import { touchedFields } from './defaults.ts'
import { type ParsedRow, parseRow } from './parse-row.ts'
import { hasHooks, runAfterHooks, runBeforeHooks } from './run-hooks.ts'

type Key = readonly Value[]

const outcome = (keys: readonly Key[]): Written => ({
  json: null,
  keys,
  count: keys.length,
  version: null,
  created: false,
})

/** It may take long to find the rows. */
const searching = (together: boolean) => ({ together, searches: true, isolation: 'default' }) as const

/** An empty group is no filter either. */
function requireFilter(where: FilterRequest, operation: string): void {
  const empty = (filter: FilterRequest): boolean =>
    (filter.kind === 'and' || filter.kind === 'or') && filter.of.every(empty)
  if (empty(where)) throw refusal('request.filter-required', { operation })
}

export async function updateMany(engine: Engine, input: UpdateManyInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  requireFilter(input.where, 'update')
  const options = { graph: engine.graph, form: input.form, caller: context.caller.class, mode: 'update' } as const
  const { row, errors } = parseRow(options, model, input.changes, '', false)
  const written = Object.keys(row.values).toSorted()
  engine.write.requireOpenUpdate({ ...updateRequest(model, written), set: [] }, context.caller)
  if (errors.length > 0) throw refusal('values.invalid', { model: model.name }, { errors })
  for (const name of written) {
    if (model.uniques.some(({ fields }) => fields.length === 1 && fields[0] === name)) {
      throw refusal('values.unique-in-bulk', { name })
    }
  }
  const together = !hasHooks(engine, model)
  return engine.transactions.run(context, searching(together), inside => updateFound(engine, model, input, row, inside))
}

/** Of the rows that are found, by their keys. */
function updateRequest(model: ModelNode, written: readonly string[]) {
  return {
    model: model.name,
    target: { kind: 'keys' },
    written,
    version: true,
    ifVersion: false,
    rule: 'update',
    withDeleted: false,
  } as const
}

function* updateFound(
  engine: Engine,
  model: ModelNode,
  input: UpdateManyInput,
  row: ParsedRow,
  context: ExecutionContext,
): Steps<Written> {
  const written = Object.keys(row.values).toSorted()
  const candidates = yield* matchingKeys(engine, model, input.where, input, context)
  const keys = yield* allowedKeys(engine, model, 'update', candidates, written, context)
  const given = keys.map(() => row.values)
  yield* changeRows(engine, model, keys, given, written, context)
  return outcome(keys)
}

/**
 * Changes rows that the caller may change, each by what is given for its key: with hooks, what changes by itself and change records, and
 * under the rule for the rows as they become. `written`: the fields that the caller wrote.
 */
function* changeRows(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  given: readonly Readonly<Record<string, Value>>[],
  written: readonly string[],
  context: ExecutionContext,
): Steps<void> {
  if (keys.length === 0) return
  const request = updateRequest(model, written)
  const hooked = hasHooks(engine, model)
  const previous = hooked ? yield* engine.write.stored(model, keys, context) : []
  const changed = hooked ? yield* runBeforeHooks(engine, model, 'beforeUpdate', given, previous, context) : given
  for (const [changes, group] of groupByChanges(changed, keys)) {
    // The rows may be changed, and nothing is: as for one row, they stay as they are.
    if (Object.keys(changes).length === 0) continue
    const final = { ...changes, ...touchedFields(model, changes, context) }
    const set = Object.keys(model.fields).filter(field => final[field] !== undefined)
    const steps: Record<string, Value> = { ...keysOf(model, group) }
    for (const field of set) steps[`set.${field}`] = storedValue(model, field, final[field] ?? null)
    yield* engine.write.update({ ...request, set }, { steps }, context)
    yield* requireStillAllowed(engine, model, group, set, written, context)
    engine.transactions.record(
      context,
      group.map(key => ({ model: model.name, key, operation: 'update', fields: set })),
    )
  }
  if (hooked) {
    const after = yield* engine.write.stored(model, keys, context)
    yield* runAfterHooks(engine, model, 'afterUpdate', after, previous, context)
  }
}

/** Rows with the same changes are written by one statement. */
function groupByChanges(
  changed: readonly Readonly<Record<string, Value>>[],
  keys: readonly Key[],
): readonly (readonly [Readonly<Record<string, Value>>, readonly Key[]])[] {
  const [first = {}] = changed
  if (changed.every(changes => changes === first)) return [[first, keys]]
  const groups = new Map<string, [Readonly<Record<string, Value>>, Key[]]>()
  keys.forEach((key, index) => {
    const changes = changed[index] ?? {}
    const text = JSON.stringify(changes)
    const group = groups.get(text)
    if (group === undefined) groups.set(text, [changes, [key]])
    else group[1].push(key)
  })
  return [...groups.values()]
}

export async function deleteMany(engine: Engine, input: DeleteManyInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  requireFilter(input.where, 'delete')
  engine.write.requireOpenDelete(
    { model: model.name, target: { kind: 'keys' }, ifVersion: false, rule: 'delete' },
    context.caller,
  )
  const together = !deleteRunsHooks(engine, model)
  return engine.transactions.run(context, searching(together), inside => deleteFound(engine, model, input, inside))
}

function* deleteFound(
  engine: Engine,
  model: ModelNode,
  input: DeleteManyInput,
  context: ExecutionContext,
): Steps<Written> {
  const candidates = yield* matchingKeys(engine, model, input.where, input, context)
  const keys = yield* allowedKeys(engine, model, 'delete', candidates, [], context)
  yield* deleteKeys(engine, model, keys, false, context)
  return outcome(keys)
}

/** The keys of the rows that the filter finds among those that the caller may read. */
function* matchingKeys(
  engine: Engine,
  model: ModelNode,
  where: FilterRequest,
  { form, values }: Pick<UpdateManyInput, 'form' | 'values'>,
  context: ExecutionContext,
): Steps<readonly Key[]> {
  if (model.key.length === 0) throw refusal('request.no-key', { model: model.name, what: 'a bulk write' })
  const outputs = model.key.map((field): OutputRequest => ({ kind: 'field', output: field, field }))
  const limit = engine.limits.bulkRows
  const request: FindRequest = {
    ...emptyFind,
    model: model.name,
    select: { defaults: false, outputs },
    where,
    fixedLimit: limit + 1,
  }
  const prepared = engine.find(request, context.caller.class)
  const found = yield* settle(prepared.run({ form, values, cursor: null }, context))
  if (found.rows > limit) throw refusal('writes.too-many-rows', { limit })
  const rows = JSON.parse(wholeText(found.json ?? '[]')) as Record<string, Value>[]
  return rows.map(row => model.key.map(field => row[field] ?? null))
}

function* allowedKeys(
  engine: Engine,
  model: ModelNode,
  operation: 'update' | 'delete',
  keys: readonly Key[],
  written: readonly string[],
  context: ExecutionContext,
): Steps<readonly Key[]> {
  if (context.caller.class === 'system' || keys.length === 0) return keys
  const request = { model: model.name, operation, written, withDeleted: false } as const
  const statuses = yield* engine.write.status(request, keys, model, context)
  const allowed = new Set(statuses.filter(status => status.allowed).map(status => keyText(status.key)))
  return keys.filter(key => allowed.has(keyText(key)))
}

/** Scopes and the rule hold for every row as it has become; otherwise nothing has happened. */
function* requireStillAllowed(
  engine: Engine,
  model: ModelNode,
  keys: readonly Key[],
  set: readonly string[],
  written: readonly string[],
  context: ExecutionContext,
): Steps<void> {
  if (!engine.write.ruleDependsOn(model, set, context.caller)) return
  const request = { model: model.name, operation: 'update', written, withDeleted: false } as const
  const statuses = yield* engine.write.status(request, keys, model, context)
  if (statuses.length < keys.length) throw refusal('rules.row-out-of-scope', { model: model.name })
  if (statuses.every(status => status.allowed && status.references)) return
  throw refusal('rules.row-closed', { operation: 'update', model: model.name })
}
