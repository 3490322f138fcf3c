/**
 * Temporary folders that go away with the process that made them. One that is killed leaves its own behind: the next process removes them when
 * it makes its first, by the process in their names.
 */
import { createHash } from 'node:crypto'
import { type Dirent, lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

const own = new Set<string>()
let isFirst = true

export function temporaryFolder(): string {
  if (isFirst) {
    isFirst = false
    process.once('exit', () => own.forEach(removeTemporaryFolder))
    removeAbandoned()
  }
  const folder = mkdtempSync(join(tmpdir(), `plinth-${neighbourhood()}-${process.pid}-`))
  own.add(folder)
  return folder
}

export function removeTemporaryFolder(folder: string): void {
  own.delete(folder)
  rmSync(folder, { recursive: true, force: true })
}

/** Among whom the number of a process means one: containers that share a folder have processes of the same numbers. */
function neighbourhood(): string {
  return createHash('sha256').update(`${hostname()} ${numbering()}`).digest('hex').slice(0, 12)
}

function numbering(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

/** What cannot be looked at or removed is left to others: it is no reason not to begin. */
function removeAbandoned(): void {
  try {
    const named = new RegExp(`^plinth-${neighbourhood()}-(\\d+)-`, 'u')
    for (const entry of readdirSync(tmpdir(), { withFileTypes: true })) {
      const [, id] = named.exec(entry.name) ?? []
      if (id !== undefined && isOurs(entry) && !isAlive(Number(id)))
        rmSync(join(tmpdir(), entry.name), { recursive: true, force: true })
    }
  } catch {
    return
  }
}

const isOurs = (entry: Dirent): boolean =>
  entry.isDirectory() && lstatSync(join(tmpdir(), entry.name)).uid === (process.getuid?.() ?? 0)

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
