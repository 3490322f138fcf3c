/** Inserts rows of one model: defaults, hooks, slugs, the create rule, change records; one statement, however many rows. */
import { detail, type ErrorDetail } from '../error/index.ts'
import { type Engine, keyText, rowKey, storedValue, valuesOf } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import { type InsertRequest, madeFields } from '../plan/index.ts'
import { asSystem, type ExecutionContext, type Selection, type WriteResult } from '../query/index.ts'
import { findByValues } from './address.ts'
import { completeRow, isMadeByDatabase, isOwed, refuseIncomplete } from './defaults.ts'
import { insertedFields, insertShape, type InsertShape } from './insert-shape.ts'
import { withSlugs } from './lost-race.ts'
import { type ParsedRow, pointersOf } from './parse/parsed-row.ts'
import { refuseInsert } from './refuse-write.ts'
import { hasHooks, runAfterHooks, runBeforeHooks } from './run-hooks.ts'
import { findsSlug, freeSlugs } from './slugs.ts'
import { noting } from './told-conflict.ts'

/** One statement inserts all rows, so what the database would make for some of them has to be given for all or for none. */
function unevenFields(
  model: ModelNode,
  rows: readonly Readonly<Record<string, Value>>[],
  pointers: readonly string[],
): readonly ErrorDetail[] {
  if (rows.length === 1) return []
  return Object.values(model.fields)
    .filter(field => isMadeByDatabase(field) && rows.some(row => row[field.name] !== undefined))
    .flatMap(({ name }) =>
      rows.flatMap((row, index) =>
        row[name] === undefined ? [detail('values.required', { name }, `${pointers[index] ?? ''}/${name}`)] : [],
      ),
    )
}

/** The fields and relations that the caller wrote in any of the rows. */
export function writtenFields(rows: readonly ParsedRow[]): string[] {
  const names = rows.flatMap(row => [...Object.keys(row.values), ...row.nested.map(({ relation }) => relation.name)])
  return [...new Set(names)].toSorted()
}

/** The inserted rows in canonical form, in order. */
export function* insertRows(
  engine: Engine,
  model: ModelNode,
  parsed: readonly ParsedRow[],
  context: ExecutionContext,
): Steps<readonly Readonly<Record<string, Value>>[]> {
  const written = { model, rows: parsed.map(({ values }) => values), pointers: pointersOf(parsed) }
  const { rows } = yield* noting(written, insertAnswering(engine, model, parsed, context, { answer: null }))
  return rows
}

interface InsertOptions {
  /** What the writer wants back of the one row. */
  readonly answer: Selection | null
  /** The rows are links, which stand in no body. Those that have the values of one that is there in these fields are left alone; null: none is. */
  readonly links?: { readonly ignoreConflictOn: readonly string[] | null }
}

interface InsertedRows {
  readonly rows: readonly Readonly<Record<string, Value>>[]
  /** The one row as its writer may read it, when the insert itself could tell. */
  readonly answer: WriteResult['answer']
}

/** How often a row is inserted that was in its own way, and had gone when it was looked for. */
const mostAttempts = 3

export function* insertAnswering(
  engine: Engine,
  model: ModelNode,
  parsed: readonly ParsedRow[],
  context: ExecutionContext,
  { answer, links }: InsertOptions,
): Steps<InsertedRows> {
  const [only, ...others] = parsed
  if (only === undefined) return { rows: [], answer: undefined }
  const ignoreConflictOn = links?.ignoreConflictOn ?? null
  const hooked = engine.hooks[model.name]?.beforeCreate !== undefined
  const isPlain = others.length === 0 && !hooked && !model.hidden && ignoreConflictOn === null
  const shape = isPlain ? insertShape(model, only) : null
  if (shape !== null && !hasHooks(engine, model) && !findsSlug(model, only.values)) {
    return yield* insertAlone(engine, model, shape, only, answer, context)
  }
  const written = shape?.written ?? (model.hidden ? [] : writtenFields(parsed))
  const rows = yield* finishedRows(engine, model, parsed, links !== undefined, context)
  const slugs = yield* freeSlugs(engine, model, rows, isMadeSlug(parsed, rows), context)
  const fields = shape?.fields ?? insertedFields(model, rows)
  const many = rows.length > 1
  const request = shape?.inserting(answer) ?? { model: model.name, fields, written, many, ignoreConflictOn, answer }
  const result = yield* insertAll(engine, model, { request, rows, slugs, pointers: pointersOf(parsed) }, context)
  if (result === null) return { rows: [], answer: undefined }
  const made = shape?.made ?? madeFields(model, fields)
  rows.forEach((row, index) =>
    made.forEach((field, column) => {
      row[field] = result.returned[index]?.[column] ?? null
    }),
  )
  const stored = written.filter(name => model.fields[name] !== undefined)
  engine.transactions.record(
    context,
    rows.map(row => ({ model: model.name, key: rowKey(model, row), operation: 'create', fields: stored })),
  )
  yield* runAfterHooks(engine, model, 'afterCreate', rows, [], context)
  return { rows, answer: result.answer }
}

/** The rows with their defaults and what hooks made of them: all but the slugs that are still to be found. */
function* finishedRows(
  engine: Engine,
  model: ModelNode,
  parsed: readonly ParsedRow[],
  areLinks: boolean,
  context: ExecutionContext,
): Steps<readonly Record<string, Value>[]> {
  const pointers = pointersOf(parsed)
  // Hooks give what callers cannot; what a body has to hold is missing before they run, and they need not look for it.
  const complete = (rows: readonly Readonly<Record<string, Value>>[], final: boolean): Record<string, Value>[] => {
    const completed = rows.map((row, index) =>
      completeRow(engine, model, row, nothingLater, context, pointers[index] ?? ''),
    )
    const errors = [...completed.flatMap(each => each.errors), ...unevenFields(model, rows, pointers)]
    const told = final ? errors : areLinks ? [] : errors.filter(error => isOwed(model, error))
    if (told.length > 0) throw refuseIncomplete(engine, model, told, context)
    return completed.map(each => each.row)
  }
  const given = parsed.map(row => row.values)
  if (engine.hooks[model.name]?.beforeCreate === undefined) return complete(given, true)
  return complete(yield* runBeforeHooks(engine, model, 'beforeCreate', complete(given, false), [], context), true)
}

/** Whether a slug of a row is the server's: its writer gave none. */
function isMadeSlug(
  parsed: readonly ParsedRow[],
  rows: readonly Record<string, Value>[],
): (row: Record<string, Value>, field: string) => boolean {
  let places: Map<Record<string, Value>, number> | null = null
  return (row, field) => {
    places ??= new Map(rows.map((each, index) => [each, index]))
    return parsed[places.get(row) ?? -1]?.values[field] === undefined
  }
}

interface Insertion {
  readonly request: InsertRequest
  readonly rows: readonly Readonly<Record<string, Value>>[]
  readonly slugs: readonly string[]
  readonly pointers: readonly string[]
}

/** Null when the only row was there already, which is no refusal where conflicts are ignored. */
function* insertAll(
  engine: Engine,
  model: ModelNode,
  { request, rows, slugs, pointers }: Insertion,
  context: ExecutionContext,
): Steps<WriteResult | null> {
  const { fields, ignoreConflictOn } = request
  const values = rows.map(row => fields.map(field => storedValue(model, field, row[field] ?? null)))
  let result = yield* withSlugs(model, slugs, engine.write.insert(request, values, context))
  for (let attempt = 1; result.count < rows.length; attempt++) {
    const refused = ignoreConflictOn === null ? rows : yield* absentRows(engine, model, rows, ignoreConflictOn, context)
    if (refused.length === 0) return result.count === 0 ? null : result
    const mayHaveGone = ignoreConflictOn !== null && rows.length === 1 && attempt < mostAttempts
    if (!mayHaveGone) throw yield* refuseInsert(engine, model, refused, request, context, pointers)
    result = yield* engine.write.insert(request, values, context)
  }
  return result
}

const nothingLater: ReadonlySet<string> = new Set()

/** One row of which nothing has to be looked up, and that no hook sees. */
function* insertAlone(
  engine: Engine,
  model: ModelNode,
  shape: InsertShape,
  { values: given, pointer }: ParsedRow,
  answer: Selection | null,
  context: ExecutionContext,
): Steps<InsertedRows> {
  const { row, errors } = completeRow(engine, model, given, nothingLater, context, pointer)
  if (errors.length > 0) throw refuseIncomplete(engine, model, errors, context)
  const values = shape.fields.map(field => storedValue(model, field, row[field] ?? null))
  const request = shape.inserting(answer)
  const result = yield* engine.write.insert(request, [values], context)
  if (result.count === 0) throw yield* refuseInsert(engine, model, [row], request, context, [pointer])
  for (const [column, field] of shape.made.entries()) row[field] = result.returned[0]?.[column] ?? null
  engine.transactions.record(context, [
    { model: model.name, key: rowKey(model, row), operation: 'create', fields: shape.written },
  ])
  return { rows: [row], answer: result.answer }
}

/** The rows of which none has the same values of `fields`. Whether others see them is not asked. */
function* absentRows(
  engine: Engine,
  model: ModelNode,
  rows: readonly Readonly<Record<string, Value>>[],
  fields: readonly string[],
  context: ExecutionContext,
): Steps<readonly Readonly<Record<string, Value>>[]> {
  const system = asSystem(context, 'which links are there')
  const tupleOf = (row: Readonly<Record<string, Value>>): readonly Value[] => valuesOf(row, fields)
  const found = yield* findByValues(engine, model, fields, rows.map(tupleOf), fields, system)
  const present = new Set(found.map(row => keyText(tupleOf(row))))
  return rows.filter(row => !present.has(keyText(tupleOf(row))))
}
