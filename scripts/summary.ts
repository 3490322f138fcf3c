// What a test run found, in the form every stage reports it and the one line every run ends with.
import { readFileSync, writeFileSync } from 'node:fs'

/** Counts of a test run; each skipped test is named with its reason. */
export type Summary = {
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly Skip[]
  /** The database servers that tests asked for. */
  readonly servers?: readonly Server[]
}
export type Skip = { readonly name: string; readonly reason: string }
/** What became of a server: that it ran, in which version, or why it did not. */
export type Server = { readonly name: string; readonly text: string }

/** Environment variable that tells a test runner where to leave its summary for the script that started it. */
export const summaryFileVariable = 'SUMMARY_FILE'

export function addSummaries(summaries: readonly Summary[]): Summary {
  return {
    passed: summaries.reduce((sum, { passed }) => sum + passed, 0),
    failed: summaries.reduce((sum, { failed }) => sum + failed, 0),
    skipped: summaries.flatMap(({ skipped }) => skipped),
    servers: onePerName(summaries.flatMap(({ servers = [] }) => servers)),
  }
}

/** Each stage starts its own; what became of the first tells of the others. */
function onePerName(servers: readonly Server[]): Server[] {
  return servers.filter(({ name }, index) => servers.findIndex(other => other.name === name) === index)
}

/** The skipped tests by name, the database servers by name, then the plain line `N passed, N failed, N skipped`. */
export function summaryLines({ passed, failed, skipped, servers = [] }: Summary): string {
  const skips = skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}\n`)
  const ran = servers.map(({ name, text }) => `${name}: ${text}\n`)
  return `${skips.join('')}${ran.join('')}${passed} passed, ${failed} failed, ${skipped.length} skipped`
}

export function writeSummary(file: string, summary: Summary): void {
  writeFileSync(file, JSON.stringify(summary))
}

/** The summary a stage left in `file`; undefined when it ended before it could leave one. */
export function readSummary(file: string): Summary | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Summary
  } catch {
    return undefined
  }
}
