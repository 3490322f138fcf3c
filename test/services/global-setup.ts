// Vitest starts the keeper of the servers before all tests and ends it after them; servers start when a test asks.
import type { TestProject } from 'vitest/node'
import { keeperVariable } from './ask.ts'
import { startKeeper } from './start-keeper.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly keeper: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const keeper = await startKeeper()
  process.env[keeperVariable] = keeper.socket
  project.provide('keeper', keeper.socket)
  return () => keeper.end()
}
