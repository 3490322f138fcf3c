// Where the servers of a run keep their files: in memory where there is room for it.
import { mkdtempSync, realpathSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

export const folderPrefix = 'plinth-servers-'
const wantedBytes = 4 * 2 ** 30

export function makeRunFolder(base = baseFolder()): string {
  return mkdtempSync(join(base, folderPrefix))
}

/** Where the keeper of the run with this folder listens. */
export function socketOf(folder: string): string {
  return process.platform === 'win32' ? `\\\\.\\pipe\\${basename(folder)}` : join(folder, 'keeper.sock')
}

/** Memory only when plenty of it is free: containers often have 64 MB there. */
function baseFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize >= wantedBytes) return '/dev/shm'
  } catch {
    // not on this system
  }
  return realpathSync(tmpdir())
}
