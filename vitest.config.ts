// Test run: TypeScript straight from source, one process per file, no network and no build needed.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['plinth-source'] },
  ssr: { resolve: { conditions: ['plinth-source'], externalConditions: ['plinth-source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    environment: 'node',
    pool: 'forks',
    execArgv: ['--conditions=plinth-source'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    passWithNoTests: true,
  },
})
