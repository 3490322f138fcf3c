// An interpreter for the part of the Hurl format (https://hurl.dev) that the RealWorld suites are written in.
export { SuiteError } from './line.ts'
export { parseSuite } from './parse.ts'
export { runSuite, type SuiteResult } from './run.ts'
