/** How JSON is made from rows and read back, where an API has a contract of its own. */
export { bareValue, Included, Plucked, Projection, projection } from './projection.ts'
export { inOutwardWords, inputPart, type InputPart, projectionInput, type ProjectionInput } from './projection-input.ts'
export { envelopeSchema, projectionBodySchema, projectionSchema } from './projection-schema.ts'
export { bareJson, selectionOf } from './projection-selection.ts'
export type {
  Envelope,
  IncludeOptions,
  ProjectedObject,
  ProjectedValue,
  ProjectionSymbols,
  SortWord,
} from './projection-types.ts'
