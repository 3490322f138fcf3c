/** What a new row gets that nobody wrote: defaults, ids, the moment, versions, slugs. Then what is still missing is refused. */
import { detail, type ErrorDetail, type PlinthError, refusal } from '../error/index.ts'
import type { Engine } from '../engine/index.ts'
import { type FieldNode, isServerWritten, makeSlug, type ModelNode, needsValue, type Value } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import { halfReferences } from './whole-references.ts'

/** The value that the server gives a field of a new row; undefined when it gives none. */
function defaultOf(
  engine: Engine,
  field: FieldNode,
  row: Readonly<Record<string, Value>>,
  context: ExecutionContext,
): Value | undefined {
  const source = field.default
  if (source !== null) {
    switch (source.from) {
      case 'literal':
        return source.value
      case 'caller':
        return context.caller.attributes[source.attribute] ?? (field.nullable ? null : undefined)
      case 'now':
        return context.now
      case 'uuidv7':
        return engine.newId()
      case 'version':
        return 1
      case 'sequence':
      case 'database':
        return undefined
      default:
        return source satisfies never
    }
  }
  const from = field.from === null ? undefined : row[field.from]
  if (typeof from === 'string') return makeSlug(from, field.type)
  return field.nullable ? null : undefined
}

/**
 * Completes a new row. `later` are fields that a nested write or the database fills in; `withheld` errors at `pointer` name what is
 * missing.
 */
export function completeRow(
  engine: Engine,
  model: ModelNode,
  given: Readonly<Record<string, Value>>,
  later: ReadonlySet<string>,
  context: ExecutionContext,
  pointer: string,
): { readonly row: Record<string, Value>; readonly errors: readonly ErrorDetail[] } {
  const row: Record<string, Value> = { ...given }
  const errors: ErrorDetail[] = []
  /** A slug of a text that is missing itself: one mistake is told once. */
  const waitsForMissing = ({ from }: FieldNode): boolean => {
    const source = from === null ? undefined : model.fields[from]
    if (source === undefined || row[source.name] !== undefined || later.has(source.name)) return false
    return source.default === null && source.from === null && !source.nullable
  }
  for (const field of Object.values(model.fields)) {
    if (row[field.name] !== undefined || later.has(field.name)) continue
    const value = defaultOf(engine, field, row, context)
    if (value !== undefined) row[field.name] = value
    else if (!isMadeByDatabase(field) && !waitsForMissing(field)) {
      errors.push(detail('values.required', { name: field.name }, `${pointer}/${field.name}`))
    }
  }
  errors.push(...halfReferences(model, row, pointer, later))
  return { row, errors }
}

/**
 * What the writer is told of a row that stays incomplete. Callers are not told of a field that they may not know or cannot fill in: where a hook
 * should have done so, the mistake is the application's, and the log has it.
 */
export function refuseIncomplete(
  engine: Engine,
  model: ModelNode,
  errors: readonly ErrorDetail[],
  { caller }: ExecutionContext,
): PlinthError {
  const error = refusal('values.invalid', { model: model.name }, { errors })
  if (caller.class === 'system') return error
  const closed = errors.flatMap(error => fieldAt(model, error) ?? []).filter(isServerWritten)
  const isLeftByHook = engine.hooks[model.name]?.beforeCreate !== undefined && closed.some(needsValue)
  if (isLeftByHook) return refusal('server.unexpected', {}, { cause: error })
  // A default that this caller has nothing for.
  if (closed.some(field => field.private))
    return refusal('rules.row-closed', { operation: 'create', model: model.name })
  return error
}

/** The field that a mistake in a row of the model is about. */
export const fieldAt = ({ fields }: ModelNode, { pointer }: ErrorDetail): FieldNode | undefined =>
  fields[pointer.slice(pointer.lastIndexOf('/') + 1)]

/** A mistake about a field that has to be in a body: one that is needed, and that callers may write, whoever they are. */
export function isOwed(model: ModelNode, error: ErrorDetail): boolean {
  const field = fieldAt(model, error)
  if (field === undefined || isServerWritten(field) || !needsValue(field)) return false
  const { relation } = field
  const rules = model.rules?.fields ?? {}
  return rules[field.name]?.write === undefined && (relation === null || rules[relation]?.write === undefined)
}

/** The database gives a value when an insert does not. */
export const isMadeByDatabase = ({ default: source }: FieldNode): boolean =>
  source?.from === 'sequence' || source?.from === 'database'

/** Whether a field gets the moment of each update that does not say otherwise. */
export const touchesItself = ({ default: source }: FieldNode): boolean => source?.from === 'now' && source.onUpdate

/** Fields that change by themselves when a row is updated: updatedAt, and slugs that follow their text. */
export function touchedFields(
  model: ModelNode,
  changes: Readonly<Record<string, Value>>,
  context: ExecutionContext,
): Record<string, Value> {
  const touched: Record<string, Value> = {}
  for (const field of Object.values(model.fields)) {
    if (changes[field.name] !== undefined) continue
    if (touchesItself(field)) touched[field.name] = context.now
    const text = field.from === null ? undefined : changes[field.from]
    if (typeof text === 'string' && !field.immutable) touched[field.name] = makeSlug(text, field.type)
  }
  return touched
}
