/** Vitest as the suite's runner. Here a test without an assertion of Vitest's own fails, and the suite brings its own kind. */
import { describe, expect, test } from 'vitest'
import type { ConformanceRunner } from '../../src/testing/conformance/index.ts'
import { needs, type ServerName } from '../services/index.ts'

/** For a store that needs a server: where there is none, its tests are skipped with the reason. */
export function runnerWith(server: ServerName | null): ConformanceRunner {
  const run = (name: string, body: () => Promise<void>): void =>
    test(name, { timeout: 60_000 }, async context => {
      if (server !== null) needs(context, server)
      await expect(body()).resolves.toBeUndefined()
    })
  // The suite says in the name why it leaves a case out; the run's end prints it.
  const skip = (name: string): void =>
    test(name, context => context.skip(/\(left out: (.*)\)$/u.exec(name)?.[1] ?? 'left out'))
  return { describe, test: Object.assign(run, { skip }) }
}

export const runner: ConformanceRunner = runnerWith(null)
