/** What a writer is told of a conflict that the store found: which of several rows is meant, and no field that callers must not know. */
import { PlinthError, refusal } from '../error/index.ts'
import type { Engine } from '../engine/index.ts'
import { runSteps, type Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import { type ExecutionContext, systemCaller } from '../query/index.ts'
import { addressText, findByAddress } from './address.ts'
import type { ParsedRow } from './parse-row.ts'
import { missingReference } from './refuse-write.ts'

export async function tellingConflicts<T>(engine: Engine, context: ExecutionContext, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toldConflict(engine, error, context)
  }
}

/** The error as the writer gets it. */
export function toldConflict(engine: Engine, error: unknown, { caller }: ExecutionContext): unknown {
  if (!(error instanceof PlinthError) || error.code !== 'writes.unique' || caller.class === 'system') return error
  const { model: name = '', fields = '' } = error.parameters
  const model = engine.graph.models[name]
  if (model === undefined) return error
  const all = String(fields).split(', ')
  const told = all.filter(field => !model.fields[field]?.private)
  if (told.length === all.length) return error
  const pointer = told.length === 1 ? { pointer: `/${told[0]}` } : {}
  const parameters = { model: name, fields: told.length === 0 ? 'values' : told.join(', ') }
  return refusal('writes.unique', parameters, { ...pointer, cause: error })
}

/** The same for rows that were created together, by the values that were given; without a pointer where these do not tell which row it is. */
export async function toldConflictAmong(
  engine: Engine,
  model: ModelNode,
  rows: readonly ParsedRow[],
  error: unknown,
  context: ExecutionContext,
): Promise<unknown> {
  const told = toldConflict(engine, error, context)
  if (!(error instanceof PlinthError) || !(told instanceof PlinthError)) return told
  const system = { ...context, caller: systemCaller('which of several rows is in conflict') }
  const values = rows.map(row => row.values)
  try {
    if (error.code === 'writes.unique' && error.parameters['model'] === model.name) {
      const fields = String(error.parameters['fields']).split(', ')
      const index = rows.length === 1 ? 0 : await runSteps(conflictingRow(engine, model, fields, values, system))
      return placed(told, index === null ? undefined : `/${index}${told.pointer ?? ''}`)
    }
    if (error.code === 'writes.reference-missing' && !isPlaced(error)) {
      const written = values.flatMap(row => Object.keys(row))
      const pointers = rows.map((_, index) => `/${index}`)
      return (
        (await runSteps(missingReference(engine, model, values, written, system, pointers))) ?? placed(told, undefined)
      )
    }
    // Which of several rows it is, the store does not tell.
    if (error.code === 'writes.check' && !isPlaced(error))
      return placed(told, rows.length === 1 ? `/0${told.pointer ?? ''}` : undefined)
    return told
  } catch {
    // The transaction around may be over for good, or the database gone: what went wrong first is what is told.
    return placed(told, undefined)
  }
}

const isPlaced = ({ pointer }: PlinthError): boolean => pointer !== undefined && /^\/\d+\//.test(pointer)

const placed = ({ code, parameters, cause }: PlinthError, pointer: string | undefined): PlinthError =>
  new PlinthError(code, parameters, { ...(pointer === undefined ? {} : { pointer }), cause })

/** The first row that has the values of one before it, or of one that is there. */
function* conflictingRow(
  engine: Engine,
  model: ModelNode,
  fields: readonly string[],
  rows: readonly Readonly<Record<string, Value>>[],
  context: ExecutionContext,
): Steps<number | null> {
  const textOf = addressText(model, fields)
  const tuples = rows.map(row => fields.map(field => row[field] ?? null))
  const whole = tuples.filter(tuple => !tuple.includes(null))
  const found = yield* findByAddress(engine, model, fields, whole, fields, context)
  const taken = new Set(found.map(row => textOf(fields.map(field => row[field] ?? null))))
  for (const [index, tuple] of tuples.entries()) {
    if (tuple.includes(null)) continue
    const text = textOf(tuple)
    if (taken.has(text)) return index
    taken.add(text)
  }
  return null
}
