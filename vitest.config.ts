// Test run: TypeScript straight from source (no build), a few processes that take one test file after the other, every run ends with the plain summary line.
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import LongestFirst from './scripts/longest-first.ts'
import SummaryReporter from './scripts/summary-reporter.ts'

const conditions = ['plinth-source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    environment: 'node',
    globalSetup: 'test/services/global-setup.ts',
    pool: 'forks',
    // A process and its modules serve many files: a file that loads Plinth for itself takes a second of a processor before its first test.
    // So what a file changes for its process (environment, globals, listeners, a patched module) it puts back, or leaves to a child process.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Two more than processors: many tests wait for a server to answer, to be slow or gone, or for a process to end.
    maxWorkers: availableParallelism() + 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    passWithNoTests: true,
    // What is waited for takes its time on a machine that is busy; a second is only the default.
    expect: { requireAssertions: true, poll: { timeout: 15_000 } },
    reporters: [['default', { summary: false }], new SummaryReporter()],
  },
})
