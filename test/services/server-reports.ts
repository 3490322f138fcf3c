// What became of the database servers of a run of Vitest, for the run's end.
import type { Vitest } from 'vitest/node'
import { ask, keeperVariable } from './ask.ts'
import type { ServerReport } from './requests.ts'

/** Empty when this run has no keeper; one that runs inside a test of another run has inherited the other's. */
export async function serverReports(vitest: Vitest | undefined): Promise<readonly ServerReport[]> {
  const own = vitest?.getRootProject().getProvidedContext().keeper
  return own === undefined || own !== process.env[keeperVariable] ? [] : ask('report', null)
}
