/** DECLARE: what an application says about its data, as one frozen graph. */
export * from './expression.ts'
export * from './graph.ts'
export * from './kind.ts'
export * from './value.ts'
export * from './kind/index.ts'
