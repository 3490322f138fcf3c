/** Why a file cannot be used as a database, for whoever starts something with it. */
import { refusal } from '../../error/index.ts'
import { cannotBeOpened, isNoDatabase, isReadOnly, resultCode, storeError } from './driver-error.ts'

export function unopened(file: string, error: unknown): unknown {
  const because = (reason: string, advice: string): Error =>
    refusal('boot.database-unreachable', { reason, advice }, { cause: error })
  if (isNoDatabase(error)) return because(`${file} is no database of SQLite`, 'Check its path in DATABASE_URL.')
  // The system has refused to make it.
  const isOfSystem = error instanceof Error && 'syscall' in error && resultCode(error) === undefined
  if (isOfSystem || cannotBeOpened(error) || isReadOnly(error))
    return because(
      `${file} cannot be opened`,
      'This user needs to be allowed to write to the file and to its folder, where SQLite keeps files beside it.',
    )
  return storeError(error)
}
