/** Rows that may be there already: found together, created by one statement, and updated one by one. */
import { parseValue, rowKey, valuesOf } from '../../engine/index.ts'
import { isObject, runSteps } from '../../lib/index.ts'
import { foldedFields, type ModelNode, type Value } from '../../model/index.ts'
import { addressText, findByAddress, updateRow } from '../../operation/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { SourceRecord } from './source-record.ts'
import { createApart, mistakesOf, type Refuse, requireRowError, type WriteTarget } from './create-apart.ts'

export interface UpsertTarget extends WriteTarget {
  /** Fields that are unique together. */
  readonly on: readonly string[]
}

interface Keyed {
  readonly record: SourceRecord
  /** Null: it does not say which row it is, so it is a new one, or wrong. */
  readonly tuple: readonly Value[] | null
}

export async function upsertBatch(
  target: UpsertTarget,
  records: readonly SourceRecord[],
  context: ExecutionContext,
  refuse: Refuse,
): Promise<{ readonly created: number; readonly updated: number }> {
  let [created, updated] = [0, 0]
  const keyed = records.map(record => ({ record, tuple: tupleOf(target, record.row) }))
  const textOf = addressText(target.model, target.on)
  for (const run of withoutRepeats(keyed, textOf)) {
    const present = await presentRows(target, run, context)
    const rowOf = ({ tuple }: Keyed): Present | undefined => (tuple === null ? undefined : present.get(textOf(tuple)))
    const fresh = run.filter(each => rowOf(each) === undefined).map(({ record }) => record)
    created += await createApart(target, fresh, context, refuse)
    for (const each of run) {
      const row = rowOf(each)
      if (row === undefined) continue
      try {
        await update(target, each.record.row as Given, row, context)
        updated++
      } catch (thrown) {
        const error = requireRowError(thrown)
        refuse(each.record, mistakesOf(error, 0), error)
      }
    }
  }
  return { created, updated }
}

type Given = Readonly<Record<string, unknown>>
type Present = Readonly<Record<string, Value>>

function tupleOf({ model, form, on }: UpsertTarget, row: unknown): readonly Value[] | null {
  if (!isObject(row)) return null
  const tuple = on.map(field => canonical(model, form, field, row[field]))
  return tuple.some(value => value === null || value === undefined) ? null : tuple.map(value => value ?? null)
}

function canonical(model: ModelNode, form: 'text' | 'json', name: string, given: unknown): Value | undefined {
  const type = model.fields[name]?.type
  if (type === undefined || given === undefined) return undefined
  if (given === null) return null
  const parsed = parseValue(given, type, form, '')
  return parsed.ok ? parsed.value : undefined
}

/** In pieces in which no row stands twice: the second one changes what the first has written. */
function withoutRepeats(
  keyed: readonly Keyed[],
  textOf: (values: readonly Value[]) => string,
): readonly (readonly Keyed[])[] {
  const runs: Keyed[][] = [[]]
  let seen = new Set<string>()
  for (const each of keyed) {
    const text = each.tuple === null ? null : textOf(each.tuple)
    if (text !== null && seen.has(text)) {
      runs.push([])
      seen = new Set()
    }
    if (text !== null) seen.add(text)
    runs.at(-1)?.push(each)
  }
  return runs
}

/** Fields that an update cannot change: those that are given have to be what they are. */
const fixedFields = ({ fields, key }: ModelNode): readonly string[] =>
  Object.values(fields)
    .filter(({ name, immutable }) => immutable || key.includes(name))
    .map(({ name }) => name)

async function presentRows(
  { engine, model, on }: UpsertTarget,
  run: readonly Keyed[],
  context: ExecutionContext,
): Promise<ReadonlyMap<string, Present>> {
  const tuples = run.map(({ tuple }) => tuple).filter(tuple => tuple !== null)
  const found = await runSteps(findByAddress(engine, model, on, tuples, fixedFields(model), context))
  const textOf = addressText(model, on)
  return new Map(found.map(row => [textOf(valuesOf(row, on)), row]))
}

async function update(target: UpsertTarget, given: Given, present: Present, context: ExecutionContext): Promise<void> {
  const { engine, model, form, on } = target
  const fixed = new Set(fixedFields(model))
  // The row was found whatever their letter case is; it gets that of the file.
  const folded = foldedFields(model, on)
  const isSame = (name: string): boolean => {
    const value = canonical(model, form, name, given[name])
    return value !== undefined && JSON.stringify(value) === JSON.stringify(present[name] ?? null)
  }
  const kept = Object.entries(given).filter(
    ([name]) =>
      name !== model.versionField &&
      !(on.includes(name) && !folded.has(name)) &&
      !((fixed.has(name) || folded.has(name)) && isSame(name)),
  )
  const version =
    model.versionField === null ? undefined : canonical(model, form, model.versionField, given[model.versionField])
  const address = { fields: model.key, values: rowKey(model, present) }
  const ifVersion = typeof version === 'number' ? version : null
  const changes = Object.fromEntries(kept)
  await updateRow(engine, { model: model.name, form, address, changes, ifVersion, select: null }, context)
}
