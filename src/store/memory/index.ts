/** The memory store. */
export type { Ability } from './ability.ts'
export { memoryStore, type MemoryStoreOptions } from './memory-store.ts'
