/** Runs hooks: once per operation and moment, with all rows (semantics 23). */
import { refusal } from '../error/index.ts'
import type { Engine, HookInput } from '../engine/index.ts'
import { settle, type Steps } from '../lib/index.ts'
import { type HookMoment, type ModelNode, nativeValue, type Value } from '../model/index.ts'
import type { Caller, ExecutionContext } from '../query/index.ts'
import { emittedEvents } from './emitted-events.ts'
import { nativeKey } from './native-key.ts'
import { parseFields } from './parse/parse-fields.ts'

export function hasHooks(engine: Engine, model: ModelNode): boolean {
  return engine.hooks[model.name] !== undefined
}

/** A row as code sees it: dates as `Date`, 64-bit integers as `bigint`, bytes as `Uint8Array`. */
function nativeRow(model: ModelNode, row: Readonly<Record<string, Value>>): Record<string, unknown> {
  const native: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    const type = model.fields[name]?.type
    native[name] = type === undefined ? value : nativeValue(value, type)
  }
  return native
}

/** What hooks made of rows, read back into canonical form. Hooks are the application's own code: they may set server-owned fields. */
function canonicalRow(engine: Engine, model: ModelNode, native: Record<string, unknown>): Record<string, Value> {
  const options = { graph: engine.graph, form: 'native', caller: 'system', mode: 'create' } as const
  const { row, errors } = parseFields(options, model, native, '')
  if (errors.length > 0) throw refusal('values.invalid', { model: model.name }, { errors })
  return { ...row.values }
}

export function* runBeforeHooks(
  engine: Engine,
  model: ModelNode,
  moment: HookMoment,
  rows: readonly Readonly<Record<string, Value>>[],
  previous: readonly Readonly<Record<string, Value>>[],
  context: ExecutionContext,
): Steps<readonly Record<string, Value>[]> {
  const hooks = engine.hooks[model.name]?.[moment]
  if (hooks === undefined || rows.length === 0) return rows.map(row => ({ ...row }))
  const native = rows.map(row => nativeRow(model, row))
  yield* run(engine, model, moment, native, previous, context)
  if (native.length !== rows.length) {
    throw refusal('writes.hook-rows', { moment, model: model.name, count: rows.length, left: native.length })
  }
  const finished = native.map(row => canonicalRow(engine, model, row))
  if (moment === 'beforeUpdate') requireSameKeys(model, finished, previous)
  return finished
}

/** Whoever reads the row after the hook, and whoever is told of its change, knows it by its key. */
function requireSameKeys(
  model: ModelNode,
  rows: readonly Readonly<Record<string, Value>>[],
  previous: readonly Readonly<Record<string, Value>>[],
): void {
  for (const [index, row] of rows.entries()) {
    const name = model.key.find(part => row[part] !== undefined && row[part] !== previous[index]?.[part])
    if (name !== undefined) throw refusal('writes.hook-key', { model: model.name, name })
  }
}

export function* runAfterHooks(
  engine: Engine,
  model: ModelNode,
  moment: HookMoment,
  rows: readonly Readonly<Record<string, Value>>[],
  previous: readonly Readonly<Record<string, Value>>[],
  context: ExecutionContext,
): Steps<void> {
  if (engine.hooks[model.name]?.[moment] === undefined || rows.length === 0) return
  const native = rows.map(row => nativeRow(model, row))
  yield* run(engine, model, moment, native, previous, context)
}

function hookCaller({ graph }: Engine, caller: Caller): HookInput['caller'] {
  const isSignedIn = caller.class === 'signedIn'
  const model = isSignedIn && graph.caller !== null ? graph.models[graph.caller] : undefined
  return { ...caller, isSignedIn, key: model === undefined ? null : nativeKey(model, caller.key) }
}

function* run(
  engine: Engine,
  model: ModelNode,
  moment: HookMoment,
  rows: Record<string, unknown>[],
  previous: readonly Readonly<Record<string, Value>>[],
  context: ExecutionContext,
): Steps<void> {
  const emitted = emittedEvents()
  const input: HookInput = {
    rows,
    previous: previous.map(row => nativeRow(model, row)),
    db: engine.dbFor(context),
    caller: hookCaller(engine, context.caller),
    now: new Date(context.now),
    emit: emitted.emit,
  }
  const began = context.observe === null ? 0 : performance.now()
  for (const hook of engine.hooks[model.name]?.[moment] ?? []) yield* settle(Promise.resolve(hook(input)))
  context.observe?.({ kind: 'step', name: `${moment} ${model.name}`, milliseconds: performance.now() - began })
  yield* emitted.write(engine, context)
}
