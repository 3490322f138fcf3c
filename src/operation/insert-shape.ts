/** What inserting one row means, by the fields that were given: worked out once for all rows that are alike. */
import type { ModelNode, Value } from '../model/index.ts'
import { type InsertRequest, madeFields } from '../plan/index.ts'
import type { Selection } from '../query/index.ts'
import { isMadeByDatabase } from './defaults.ts'
import type { ParsedRow } from './parse-row.ts'

export interface InsertShape {
  /** The fields that the caller wrote, in alphabetical order. */
  readonly written: readonly string[]
  /** The fields that the row brings, in the order of the model. */
  readonly fields: readonly string[]
  /** The fields that the database makes. */
  readonly made: readonly string[]
  /** The request that is refused when creating is closed to the caller, whatever the row. */
  opening(answer: Selection | null): InsertRequest
  inserting(answer: Selection | null): InsertRequest
}

/** The fields of a model that an insert brings: all but those that the database makes and nobody gives. */
export function insertedFields(model: ModelNode, rows: readonly Readonly<Record<string, Value>>[]): string[] {
  return Object.values(model.fields)
    .filter(field => !isMadeByDatabase(field) || rows.every(row => row[field.name] !== undefined))
    .map(({ name }) => name)
}

const shapesOf = new WeakMap<ModelNode, Map<string, InsertShape>>()
/** Callers choose which fields they give: what they can fill has an end. */
const mostShapes = 200

/** Null for a row with nested writes. */
export function insertShape(model: ModelNode, { values, nested }: ParsedRow): InsertShape | null {
  if (nested.length > 0) return null
  const given = Object.keys(values)
  const words = given.join(' ')
  let shapes = shapesOf.get(model)
  if (shapes === undefined) {
    shapes = new Map()
    shapesOf.set(model, shapes)
  }
  const known = shapes.get(words)
  if (known !== undefined) return known
  const shape = makeShape(model, values, given)
  if (shapes.size >= mostShapes) shapes.clear()
  shapes.set(words, shape)
  return shape
}

function makeShape(model: ModelNode, values: ParsedRow['values'], given: readonly string[]): InsertShape {
  const written = Object.freeze(given.toSorted())
  const fields = Object.freeze(insertedFields(model, [values]))
  const requests = (names: readonly string[]) =>
    byAnswer(answer =>
      // Frozen: its recipe is kept with it.
      Object.freeze({ model: model.name, fields: names, written, many: false, ignoreConflictOn: null, answer }),
    )
  return {
    written,
    fields,
    made: madeFields(model, fields),
    opening: requests(Object.freeze(insertedFields(model, []))),
    inserting: requests(fields),
  }
}

/** What callers want back is the same object whenever it was asked for in the same words. */
function byAnswer(make: (answer: Selection | null) => InsertRequest): (answer: Selection | null) => InsertRequest {
  const known = new WeakMap<Selection, InsertRequest>()
  const without = make(null)
  return answer => {
    if (answer === null) return without
    let request = known.get(answer)
    if (request === undefined) known.set(answer, (request = make(answer)))
    return request
  }
}
