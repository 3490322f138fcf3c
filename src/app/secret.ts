/** The application's secret: demanded in production, made up once for development. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const shortestSecret = 32

/** Why a secret would not protect anything, or null. */
export function weaknessOf(secret: string): string | null {
  if (secret.length < shortestSecret) return `it has ${secret.length} characters and needs at least ${shortestSecret}`
  if (new Set(secret).size < 10) return 'it repeats a few characters'
  if (/change.?me|your.?secret|example|placeholder|password|insert.?here/i.test(secret)) return 'it is a placeholder'
  return null
}

/** Plinth's own folder in a project: not committed, and nothing in it is missed. */
const privateFolder = '.plinth'

/** The secret of this checkout, made at the first call. It lies in a folder that ignores itself in git. */
export function developmentSecret(root: string): string {
  const folder = join(root, privateFolder)
  const file = join(folder, 'secret')
  mkdirSync(folder, { recursive: true })
  writeUnlessThere(join(folder, '.gitignore'), '*\n')
  writeUnlessThere(file, `${randomBytes(32).toString('base64url')}\n`)
  return readFileSync(file, 'utf8').trim()
}

function writeUnlessThere(file: string, content: string): void {
  try {
    // `wx`: of two processes that start together, one writes and both read the same.
    writeFileSync(file, content, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
