// Runs a program of node_modules/.bin, or a script, for a test of the tools and answers what it printed.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export const repository = join(import.meta.dirname, '../..')

type Run = {
  readonly status: number | null
  readonly stdout: string
  /** What it printed on either stream. */
  readonly output: string
}

/** `node` runs the Node that runs the tests; anything else comes from node_modules/.bin. */
export function run(cwd: string, program: string, args: readonly string[]): Run {
  const { SUMMARY_FILE: _, ...env } = process.env // the summary file of this run is not theirs to write
  const command = program === 'node' ? process.execPath : join(repository, 'node_modules/.bin', program)
  const result = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
    shell: process.platform === 'win32',
  })
  if (result.error) throw result.error
  return { status: result.status, stdout: result.stdout, output: `${result.stdout}${result.stderr}` }
}
