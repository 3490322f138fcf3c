/** Rows that are connected, or created when there are none: they are recognised by their key or by a unique. */
import { refusal } from '../../error/index.ts'
import { type Engine, rowKey } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode, Value } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { addressText, findByAddress } from '../address.ts'
import { noteLostRace } from '../lost-race.ts'
import type { ParsedRow } from '../parse-row.ts'

export interface Recognised {
  /** The key of each row that is there for the caller, in the order of the rows; null for one that is not. */
  readonly keys: readonly (readonly Value[] | null)[]
  /** The rows that are not there, each once. */
  readonly absent: readonly ParsedRow[]
  /** The fields by which they are recognised. */
  readonly by: readonly string[]
  /** The same text for rows that are one. */
  textOf(row: Readonly<Record<string, Value>>): string
}

/** Rows are recognised by the key, or by the first unique whose values they all bring. */
export function* recogniseRows(
  engine: Engine,
  target: ModelNode,
  rows: readonly ParsedRow[],
  context: ExecutionContext,
): Steps<Recognised> {
  const [first] = rows
  if (first === undefined) return { keys: [], absent: [], by: [], textOf: String }
  const candidates = [target.key, ...target.uniques.map(({ fields }) => fields)]
  const isBrought = (field: string): boolean => rows.every(({ values }) => (values[field] ?? null) !== null)
  const by = candidates.find(fields => fields.length > 0 && fields.every(isBrought))
  if (by === undefined) {
    const expected = `the unique values of a ${target.name}: ${candidates.map(fields => fields.join(' and ')).join(', or ')}`
    throw refusal('values.wrong-type', { expected }, { pointer: first.pointer })
  }
  const tupleOf = (row: Readonly<Record<string, Value>>): readonly Value[] => by.map(field => row[field] ?? null)
  const textOfTuple = addressText(target, by)
  const textOf = (row: Readonly<Record<string, Value>>): string => textOfTuple(tupleOf(row))
  const distinct = new Map(rows.map(row => [textOf(row.values), row]))
  const tuples = [...distinct.values()].map(({ values }) => tupleOf(values))
  const found = yield* findByAddress(engine, target, by, tuples, target.key, context)
  const present = new Map(found.map(row => [textOf(row), rowKey(target, row)]))
  return {
    keys: rows.map(row => present.get(textOf(row.values)) ?? null),
    absent: [...distinct].filter(([text]) => !present.has(text)).map(([, row]) => row),
    by,
    textOf,
  }
}

/** How often a write is tried whose rows somebody else creates before it does. */
const attempts = 3

/** Creates rows that were not there. When somebody else has done so meanwhile, the write starts again, and finds them. */
export function* creatingAbsent<T>(target: ModelNode, { by }: Recognised, write: Steps<T>): Steps<T> {
  try {
    return yield* write
  } catch (error) {
    noteLostRace(error, target, by, attempts)
    throw error
  }
}
