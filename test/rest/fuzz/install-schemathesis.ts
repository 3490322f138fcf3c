// Schemathesis in a virtual environment of its own under node_modules/.cache, installed once.
import { execFile } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const version = '4.32.5'
const folder = join(import.meta.dirname, '../../../node_modules/.cache', `schemathesis-${version}`)

/** The program, or why there is none: a machine without Python cannot run it. */
export async function schemathesis(): Promise<{ readonly program: string } | { readonly missing: string }> {
  const program = join(folder, 'bin/schemathesis')
  if (existsSync(join(folder, 'complete'))) return { program }
  const python = 'python3'
  try {
    await run(python, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'])
  } catch {
    return { missing: 'the OpenAPI fuzzer needs python3 of version 3.10 or newer with venv' }
  }
  rmSync(folder, { recursive: true, force: true })
  await run(python, ['-m', 'venv', folder])
  await run(join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`])
  await run('touch', [join(folder, 'complete')])
  return { program }
}
