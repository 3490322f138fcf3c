/** The conformance suite of stores. */
export { type ConformanceRunner, storeConformance, type StoreConformanceOptions } from './store-conformance.ts'
