/** What goes into an action and what comes out of it. */
export { fieldsInput, fieldsOutput } from './fields-shape.ts'
export type { InputOrigin, InputShape, OutputShape, ReadInput } from './shape.ts'
export { isStandardSchema, standardInput, standardOutput } from './standard-shape.ts'
