/** How JSON is made from rows and read back, where an API has a contract of its own. */
export { Projection, projection } from './projection.ts'
export { inOutwardWords, inputPart, type InputPart, projectionInput, type ProjectionInput } from './projection-input.ts'
export { envelopeSchema, projectionBodySchema, projectionSchema } from './projection-schema.ts'
export { bareJson, selectionOf } from './projection-selection.ts'
export type { Envelope, SortWord } from './projection-types.ts'
