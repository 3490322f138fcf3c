/** What a writer is told of a conflict that the store found: which of several rows is meant, and no field that callers must not know. */
import { PlinthError, refusal } from '../error/index.ts'
import { type Engine, type Row, valuesOf } from '../engine/index.ts'
import { runSteps, type Steps } from '../lib/index.ts'
import { type ModelNode, type Predicate, toldCheck, type Value } from '../model/index.ts'
import { answerForRow } from '../plan/index.ts'
import { asSystem, type ExecutionContext } from '../query/index.ts'
import { addressText, findByAddress } from './address.ts'
import { keepingRace } from './lost-race.ts'
import { missingReference } from './refuse-write.ts'

/** Rows that are written together, and their places in the body. */
export interface WrittenTogether {
  readonly model: ModelNode
  /** What is written of them; null where that does not tell which of them is in conflict. */
  readonly rows: readonly Row[] | null
  readonly pointers: readonly string[]
}

/** What was being written along with a row when an error came of it. */
const writtenAlong = new WeakMap<PlinthError, WrittenTogether>()

/** Remembers of an error of the write what was written. Which row it is can be asked when the transaction is over. */
export function* noting<T>(written: WrittenTogether, write: Steps<T>): Steps<T> {
  try {
    return yield* write
  } catch (error) {
    if (error instanceof PlinthError && !writtenAlong.has(error)) writtenAlong.set(error, written)
    throw error
  }
}

export async function tellingConflicts<T>(engine: Engine, context: ExecutionContext, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw await placedConflict(engine, error, context)
  }
}

/** The error as the writer gets it. */
function toldConflict(engine: Engine, error: unknown, { caller }: ExecutionContext): unknown {
  if (!(error instanceof PlinthError) || error.code !== 'writes.unique' || caller.class === 'system') return error
  const { model: name = '', fields = '' } = error.parameters
  const model = engine.graph.models[name]
  if (model === undefined) return error
  const all = String(fields).split(', ')
  const told = all.filter(field => !model.fields[field]?.private)
  if (told.length === all.length) return error
  const pointer = told.length === 1 ? { pointer: `/${told[0]}` } : {}
  const parameters = { model: name, fields: told.length === 0 ? 'values' : told.join(', ') }
  return keepingRace(error, refusal('writes.unique', parameters, { ...pointer, cause: error }))
}

/**
 * The same with its place in the body, by the values that were given; without one where these do not tell which row it is. `together`: the
 * rows of the write itself, where they are several.
 */
export async function placedConflict(
  engine: Engine,
  error: unknown,
  context: ExecutionContext,
  together: WrittenTogether | null = null,
): Promise<unknown> {
  const told = toldConflict(engine, error, context)
  if (!(error instanceof PlinthError) || !(told instanceof PlinthError)) return told
  const written = writtenAlong.get(error) ?? together
  if (written === null) return told
  try {
    if (error.code === 'writes.unique' && error.parameters['model'] === written.model.name)
      return placed(
        told,
        await uniquePlace(engine, told, String(error.parameters['fields']).split(', '), written, context),
      )
    if (error.code === 'writes.reference-missing' && !isPlaced(error, written))
      return await placedReference(engine, told, written, context)
    if (error.code === 'writes.check' && error.parameters['model'] === written.model.name && !isPlaced(error, written))
      return placed(told, checkPlace(told, written))
    return told
  } catch {
    // The transaction around may be over for good, or the database gone: what went wrong first is what is told.
    return placed(told, undefined)
  }
}

const looking = (context: ExecutionContext): ExecutionContext =>
  asSystem(context, 'which of several rows is in conflict')

async function uniquePlace(
  engine: Engine,
  told: PlinthError,
  fields: readonly string[],
  { model, rows, pointers }: WrittenTogether,
  context: ExecutionContext,
): Promise<string | undefined> {
  if (rows === null || rows.length === 1) return onlyPlace(told, { rows, pointers })
  const index = await runSteps(conflictingRow(engine, model, fields, rows, looking(context)))
  return index === null ? undefined : `${pointers[index] ?? ''}${told.pointer ?? ''}`
}

/** The first row of which it is known that it breaks the check: the store does not tell. */
function checkPlace(told: PlinthError, { model, rows, pointers }: WrittenTogether): string | undefined {
  if (rows === null || rows.length === 1) return onlyPlace(told, { rows, pointers })
  const check = model.checks.find(each => toldCheck(each).name === told.parameters['check'])
  if (check === undefined) return undefined
  const { predicate } = check
  const [only, ...others] = toldCheck(check).fields
  const field = only === undefined || others.length > 0 ? '' : `/${only}`
  const index = rows.findIndex(row => breaks(predicate, { ...initialValues(model), ...row }, model))
  return index < 0 ? undefined : `${pointers[index] ?? ''}${field}`
}

function breaks(predicate: Predicate, row: Row, model: ModelNode): boolean {
  try {
    return !answerForRow(predicate, row, model)
  } catch {
    return false
  }
}

/** What is sure to be in fields of a new row that nobody gives. */
function initialValues({ fields }: ModelNode): Row {
  const values: Record<string, Value> = {}
  for (const { name, nullable, default: source, from } of Object.values(fields)) {
    if (source?.from === 'literal') values[name] = source.value
    else if (source === null && from === null && nullable) values[name] = null
  }
  return values
}

async function placedReference(
  engine: Engine,
  told: PlinthError,
  { model, rows, pointers }: WrittenTogether,
  context: ExecutionContext,
): Promise<Error> {
  if (rows === null) return placed(told, onlyPlace(told, { rows, pointers }))
  const fields = rows.flatMap(row => Object.keys(row))
  const missing = await runSteps(missingReference(engine, model, rows, fields, looking(context), pointers))
  return missing ?? placed(told, undefined)
}

/** The place where there is but one. A row that is only changed along has no fields in the body. */
function onlyPlace(
  told: PlinthError,
  { rows, pointers }: Pick<WrittenTogether, 'rows' | 'pointers'>,
): string | undefined {
  const [only, ...others] = pointers
  if (only === undefined || others.length > 0) return undefined
  return rows === null ? only : `${only}${told.pointer ?? ''}`
}

const isPlaced = ({ pointer = '' }: PlinthError, { pointers }: WrittenTogether): boolean =>
  pointers.some(place => pointer === place || pointer.startsWith(`${place}/`))

const placed = (error: PlinthError, pointer: string | undefined): PlinthError => {
  const { code, parameters, cause } = error
  return keepingRace(error, new PlinthError(code, parameters, { ...(pointer === undefined ? {} : { pointer }), cause }))
}

/** The first row that has the values of one before it, or of one that is there. */
function* conflictingRow(
  engine: Engine,
  model: ModelNode,
  fields: readonly string[],
  rows: readonly Row[],
  context: ExecutionContext,
): Steps<number | null> {
  const textOf = addressText(model, fields)
  const tuples = rows.map(row => valuesOf(row, fields))
  const whole = tuples.filter(tuple => !tuple.includes(null))
  const found = yield* findByAddress(engine, model, fields, whole, fields, context)
  const taken = new Set(found.map(row => textOf(valuesOf(row, fields))))
  for (const [index, tuple] of tuples.entries()) {
    if (tuple.includes(null)) continue
    const text = textOf(tuple)
    if (taken.has(text)) return index
    taken.add(text)
  }
  return null
}
