/** `plinth/testing`: applications in process, scenario tables, and the exam that stores have to pass. */
export type { Store } from '../store/contract/index.ts'
export {
  type ConformanceResult,
  type ConformanceRunner,
  storeConformance,
  type StoreConformanceOptions,
} from './conformance/index.ts'
export type { TestClock } from './controlled-clock.ts'
export type { CountedStatement } from './count-statements.ts'
export {
  type RunnableScenario,
  type Scenario,
  type ScenarioOptions,
  type ScenarioRequest,
  scenarios,
} from './scenarios.ts'
export type { TestApp, TestCaller } from './named-types.ts'
export { type ActAs, createTestApp, type TestAppOptions } from './test-app.ts'
export type { RequestOptions, TestResponse } from './test-response.ts'
