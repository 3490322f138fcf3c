/** DECLARE: fields, relations, rules → one frozen graph. */
export type * from './expression.ts'
export { always, never } from './expression.ts'
export type * from './graph.ts'
export * from './kind/index.ts'
export type * from './kind.ts'
export type * from './value.ts'
