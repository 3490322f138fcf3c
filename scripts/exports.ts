// Writes package.json's "exports" from entries.ts; with --check only compares, and fails when they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'
import { entries } from './entries.ts'

type Conditions = Readonly<Record<string, string>>
type Exports = Readonly<Record<string, Conditions | string>>

/** What package.json has to say for a list of entries. `plinth-source` runs the TypeScript itself, inside this repository only. */
export function exportsOf(list: Readonly<Record<string, string>>): Exports {
  const exports: Record<string, Conditions | string> = {}
  for (const [subpath, source] of Object.entries(list)) {
    const built = source.replace(/^src\//, './dist/').replace(/\.ts$/, '')
    exports[subpath] = { 'plinth-source': `./${source}`, types: `${built}.d.ts`, default: `${built}.js` }
  }
  return { ...exports, './package.json': './package.json' }
}

/** The differences between a package folder and its list of entries, as sentences; empty when there are none. */
export function exportsProblems(root: string, list: Readonly<Record<string, string>>): string[] {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports?: unknown }
  const problems = Object.entries(list)
    .filter(([, source]) => !existsSync(join(root, source)))
    .map(([subpath, source]) => `scripts/entries.ts names ${source} for '${subpath}', which does not exist`)
  if (!isDeepStrictEqual(manifest.exports, exportsOf(list)))
    problems.push('"exports" in package.json differs from scripts/entries.ts: run `npm run exports`')
  return problems
}

function writeExports(root: string): void {
  const path = join(root, 'package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  manifest['exports'] = exportsOf(entries)
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  if (!process.argv.includes('--check')) writeExports(root)
  const problems = exportsProblems(root, entries)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
