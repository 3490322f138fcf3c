/** The conformance suite of stores. */
export {
  type ConformanceResult,
  type ConformanceRunner,
  storeConformance,
  type StoreConformanceOptions,
} from './store-conformance.ts'
