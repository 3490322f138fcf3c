/** What inserting one row means, by the fields that were given: worked out once for all rows that are alike. */
import type { ModelNode, Value } from '../model/index.ts'
import { type InsertRequest, madeFields } from '../plan/index.ts'
import type { Selection } from '../query/index.ts'
import { isMadeByDatabase } from './defaults.ts'
import { byAnswer, KeptRequests } from './kept-requests.ts'
import type { ParsedRow } from './parse/parsed-row.ts'

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

const shapes = new KeptRequests<InsertShape>()

/** Null for a row with nested writes. */
export function insertShape(model: ModelNode, { values, nested }: ParsedRow): InsertShape | null {
  if (nested.length > 0) return null
  const given = Object.keys(values)
  return shapes.of(model, given.join(' '), () => makeShape(model, values, given))
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
