/** Vitest as the suite's runner. Here a test without an assertion of Vitest's own fails, and the suite brings its own kind. */
import { describe, expect, test } from 'vitest'
import type { ConformanceRunner } from '../../src/testing/conformance/index.ts'

const run = (name: string, body: () => Promise<void>): void =>
  test(name, async () => {
    await expect(body()).resolves.toBeUndefined()
  })

export const runner: ConformanceRunner = { describe, test: Object.assign(run, { skip: test.skip }) }
