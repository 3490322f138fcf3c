// Finds suites on disk and runs them, one after another, against a running server.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseSuite, runSuite, SuiteError, type SuiteResult } from './hurl/index.ts'

/** The suites that are part of this repository. */
export const ownSuites = join(import.meta.dirname, 'specification')

/** The `.hurl` files of a folder by name, or the one file that the path names. None is an error: it would pass for success. */
export function suiteFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  const names = readdirSync(path).filter(name => name.endsWith('.hurl'))
  if (names.length === 0) throw new Error(`there are no .hurl files in ${path}`)
  return names.toSorted().map(name => join(path, name))
}

/**
 * Runs one file. `host` is the origin, such as `http://127.0.0.1:3000`; the suites add `/api` themselves. A file that cannot
 * be read as a suite has failed, with the line that is to blame.
 */
export async function runSuiteFile(file: string, host: string): Promise<SuiteResult> {
  try {
    const suite = parseSuite(basename(file), readFileSync(file, 'utf8'))
    return await runSuite(suite, { host: host.replace(/\/+$/u, ''), uid: uniqueNumber() })
  } catch (cause) {
    if (!(cause instanceof SuiteError)) throw cause
    return { file: basename(file), requests: 0, asserts: 0, failures: [cause.message], notSent: 0 }
  }
}

let runs = 0

/** Digits that no earlier run used, which suites put into names so that they can run against a database that has rows. */
export function uniqueNumber(): string {
  runs += 1
  return `${Date.now()}${process.pid}${runs}`
}
