/**
 * A file that one process at a time can have. The system lets go of it when its process ends, however that ends: a number of a process would
 * say nothing to one in another container, where another process has the same number, or none has.
 */
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { isBusy } from './driver-error.ts'

/** Null when somebody else has it. Given back when it is disposed of. */
export function soleHolder(file: string): Disposable | null {
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    // Nothing is written that a journal beside it could bring back.
    lock.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    lock.close()
    if (isBusy(error)) return null
    throw error
  }
  return {
    [Symbol.dispose]() {
      rmSync(file, { force: true })
      lock.close()
    },
  }
}
