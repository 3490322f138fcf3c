/** Rows that are connected, or created when there are none: they are recognised by their key or by a unique. */
import { refusal } from '../../error/index.ts'
import { type Engine, rowKey, valuesOf } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import { type ModelNode, recognisingFields, type Value } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { addressText, findByAddress } from '../address.ts'
import { noteLostRace } from '../lost-race.ts'
import type { ParsedRow } from '../parse/parsed-row.ts'

export interface Recognised {
  /** The key of each row that is there for the caller, in the order of the rows; null for one that is not. */
  readonly keys: readonly (readonly Value[] | null)[]
  /** The rows that are not there, each once. */
  readonly absent: readonly ParsedRow[]
  /** Which of them each row is, in the order of the rows; -1 for one that is there. */
  readonly places: readonly number[]
  /** The fields by which they are recognised. */
  readonly by: readonly (readonly string[])[]
}

/** A row is recognised by the key, or by the first unique whose values it brings. */
export function* recogniseRows(
  engine: Engine,
  target: ModelNode,
  rows: readonly ParsedRow[],
  context: ExecutionContext,
): Steps<Recognised> {
  const candidates = recognisingFields(target, context.caller.class !== 'system')
  const keys = new Map<ParsedRow, readonly Value[]>()
  const absent = new Map<string, ParsedRow>()
  const textsOf = new Map<ParsedRow, string>()
  const groups = Map.groupBy(rows, row => namedBy(target, candidates, row))
  for (const [by, group] of groups) {
    const tupleOf = (row: Readonly<Record<string, Value>>): readonly Value[] => valuesOf(row, by)
    const textOf = addressText(target, by)
    const texts = group.map(({ values }) => textOf(tupleOf(values)))
    const distinct = new Map(group.map((row, index) => [texts[index], tupleOf(row.values)]))
    const found = yield* findByAddress(engine, target, by, [...distinct.values()], target.key, context)
    const present = new Map(found.map(row => [textOf(tupleOf(row)), rowKey(target, row)]))
    for (const [index, row] of group.entries()) {
      const text = texts[index] ?? ''
      const key = present.get(text)
      if (key !== undefined) keys.set(row, key)
      else {
        textsOf.set(row, `${by.join()} ${text}`)
        absent.set(`${by.join()} ${text}`, row)
      }
    }
  }
  const places = new Map([...absent.keys()].map((text, place) => [text, place]))
  return {
    keys: rows.map(row => keys.get(row) ?? null),
    absent: [...absent.values()],
    places: rows.map(row => places.get(textsOf.get(row) ?? '') ?? -1),
    by: [...groups.keys()],
  }
}

function namedBy(
  target: ModelNode,
  candidates: readonly (readonly string[])[],
  { values, pointer }: ParsedRow,
): readonly string[] {
  const by = candidates.find(fields => fields.every(field => (values[field] ?? null) !== null))
  if (by !== undefined) return by
  const words = candidates.map(fields => fields.join(' and ')).join(', or ')
  const expected = `the unique values of a ${target.name}${words === '' ? ', which has none that can be given' : `: ${words}`}`
  throw refusal('values.wrong-type', { expected }, { pointer })
}

/** Creates rows that were not there. When somebody else has done so meanwhile, the write starts again, and finds them. */
export function* creatingAbsent<T>(target: ModelNode, { by }: Recognised, write: Steps<T>): Steps<T> {
  try {
    return yield* write
  } catch (error) {
    for (const fields of by) noteLostRace(error, target, fields)
    throw error
  }
}
