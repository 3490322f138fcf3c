// Checks the shape of a packed package: publint for what is inside, "are the types wrong" for how its types resolve.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
// The second carries a TypeScript of its own, so TypeScript 7 having no compiler API does not matter to it.
const checks = [
  ['publint', 'run', '--strict', '--pack', 'false'],
  ['attw', '--profile', 'esm-only', '--no-color', '--no-emoji', '--no-definitely-typed', '--format', 'ascii'],
] as const

/** What is wrong with the package in `tarball`, as the checkers print it; empty when nothing is. */
export function packageProblems(tarball: string): string[] {
  return checks.flatMap(([program, ...args]) => {
    const command = join(root, 'node_modules/.bin', program)
    const result = spawnSync(command, [...args, tarball], { encoding: 'utf8', shell: process.platform === 'win32' })
    if (result.status === 0) return []
    return [`${program}: ${result.error?.message ?? `${result.stdout}${result.stderr}`.trim()}`]
  })
}
