/** create: one row or several, with nested writes one level deep, in one transaction. */
import { type ErrorDetail, refusal } from '../error/index.ts'
import { type Engine, rowKey } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode } from '../model/index.ts'
import type { ExecutionContext, Selection } from '../query/index.ts'
import type { CreateInput, Written } from './contract.ts'
import { insertAnswering, writtenFields } from './insert-rows.ts'
import { insertedFields, insertShape } from './insert-shape.ts'
import { completeRow, fieldAt, isOwed } from './defaults.ts'
import { raced } from './lost-race.ts'
import { nestsHooks } from './nested/nests-hooks.ts'
import { nestedNames, writeDependents, writeReferences } from './nested/write-nested.ts'
import { type Parse, type ParsedRow, pointersOf } from './parse/parsed-row.ts'
import { parseRow } from './parse/parse-row.ts'
import { readWritten } from './read-written.ts'
import { hasHooks } from './run-hooks.ts'
import { placedConflict } from './told-conflict.ts'
import { withReference } from './whole-references.ts'

export async function createRows(engine: Engine, input: CreateInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  if (input.rows.length > engine.limits.bulkRows) {
    throw refusal('writes.too-many-rows', { limit: engine.limits.bulkRows })
  }
  const options = { graph: engine.graph, form: input.form, caller: context.caller.class, mode: 'create' } as const
  let mistakes = 0
  const parses = input.rows.map((row, index) => {
    const parse = parseRow(options, model, row, input.many ? `/${index}` : '', mistakes)
    mistakes += parse.errors.length
    return parse
  })
  const rows = parses.map(parse => parse.row)
  const answer = input.many ? null : input.select
  const answered = requireOpenCreate(engine, model, rows, answer, context)
  const errors = [...(input.mistakes ?? []), ...parses.flatMap(parse => parse.errors)]
  if (errors.length > 0) {
    const all = [...errors, ...missing(engine, model, parses, context)]
    throw refusal('values.invalid', { model: model.name }, { errors: all })
  }
  const together = !hasHooks(engine, model) && rows.every(row => !nestsHooks(engine, row))
  const single = together && isOneStatement(engine, model, rows) && (input.select === null || answered)
  try {
    return await raced(engine, context, { together, single, isolation: 'default' }, inside =>
      createSteps(engine, model, rows, input, inside),
    )
  } catch (error) {
    const several = input.many ? { model, rows: rows.map(({ values }) => values), pointers: pointersOf(rows) } : null
    throw await placedConflict(engine, error, context, several)
  }
}

/** What is missing besides the mistakes that were made: everything is told at once. Hooks may still give what callers need not. */
function missing(
  engine: Engine,
  model: ModelNode,
  parses: readonly Parse[],
  context: ExecutionContext,
): readonly ErrorDetail[] {
  const hooked = engine.hooks[model.name]?.beforeCreate !== undefined
  return parses.flatMap(({ row, errors }) => {
    const { pointer } = row
    const mistaken = errors.map(error => error.pointer.slice(pointer.length + 1).split('/')[0] ?? '')
    // A body that is no object has no fields to miss.
    if (mistaken.includes('')) return []
    const made = Object.values(model.fields).filter(({ from }) => from !== null && mistaken.includes(from))
    const given = new Set([...mistaken, ...made.map(({ name }) => name), ...nestedNames(row.nested)])
    const { errors: left } = completeRow(engine, model, row.values, given, context, pointer)
    if (hooked) return left.filter(error => isOwed(model, error))
    return left.filter(error => context.caller.class === 'system' || fieldAt(model, error)?.private !== true)
  })
}

/** One row, and nothing to look up before it or to write behind it. */
function isOneStatement(engine: Engine, model: ModelNode, rows: readonly ParsedRow[]): boolean {
  const [row] = rows
  return (
    rows.length === 1 &&
    row?.nested.length === 0 &&
    Object.values(model.fields).every(({ name, from }) => from === null || row.values[name] !== undefined) &&
    engine.write.insertsAlone
  )
}

/**
 * The operation may be closed to the caller whatever the row; that is said before anything about the body (semantics 9). Answers whether
 * the insert itself can give the row back.
 */
function requireOpenCreate(
  engine: Engine,
  model: ModelNode,
  rows: readonly ParsedRow[],
  answer: Selection | null,
  context: ExecutionContext,
): boolean {
  const [only] = rows
  const shape = rows.length === 1 && only !== undefined ? insertShape(model, only) : null
  if (shape !== null) return engine.write.answersInsert(shape.opening(answer), context.caller)
  const fields = insertedFields(model, [])
  const written = [...new Set([...writtenFields(rows), ...rows.flatMap(row => nestedNames(row.nested))])].toSorted()
  const many = rows.length > 1
  const request = { model: model.name, fields, written, many, ignoreConflictOn: null, answer }
  return engine.write.answersInsert(request, context.caller)
}

export function* createSteps(
  engine: Engine,
  model: ModelNode,
  parsed: readonly ParsedRow[],
  { select, many }: { readonly select: Selection | null; readonly many: boolean },
  context: ExecutionContext,
): Steps<Written> {
  const nests = parsed.some(({ nested }) => nested.length > 0)
  const rows = nests ? yield* withReferences(engine, model, parsed, context) : parsed
  // Nested rows are written behind the row, and seen by who reads it back.
  const alone = !many && !nests
  const { rows: inserted, answer } = yield* insertAnswering(engine, model, rows, context, {
    answer: alone ? select : null,
  })
  if (nests) {
    const parents = inserted.map((row, index) => ({ row, nested: parsed[index]?.nested ?? [] }))
    yield* writeDependents(engine, model, parents, context)
  }
  const keys = inserted.map(row => rowKey(model, row))
  // What a hook has done to the row since is not in the answer of the insert.
  if (answer !== undefined && !hasHooks(engine, model)) return { ...answer, keys, count: 1, created: true }
  return { ...(yield* readWritten(engine, model, select, keys, many, context)), created: true }
}

/** The rows with the keys of what they belong to, which is created or found first. */
function* withReferences(
  engine: Engine,
  model: ModelNode,
  parsed: readonly ParsedRow[],
  context: ExecutionContext,
): Steps<readonly ParsedRow[]> {
  const references = yield* writeReferences(engine, model, parsed, context)
  return parsed.map((row, index) => ({ ...row, values: withReference(row, references[index] ?? {}) }))
}
