// An OpenAPI fuzzer, driven by the document alone, finds no difference between what is described and what is served.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { schemathesis } from './install-schemathesis.ts'
import { librarian, openLibrary } from './library.ts'

const long = process.env['PLINTH_TEST_LONG'] !== undefined
const examples = long ? 60 : 1
const minutes = long ? 30 : 6

function fuzz(
  program: string,
  address: string,
  folder: string,
): Promise<{ readonly status: number; readonly output: string }> {
  const parameters = [
    ...['--config-file', join(import.meta.dirname, 'schemathesis.toml')],
    ...['run', `${address}/openapi.json`],
    ...['--header', `Authorization: Bearer ${librarian}`],
    ...['--phases', 'coverage,fuzzing', '--max-examples', String(examples), '--seed', '1'],
    ...['--generation-database', 'none', '--no-shrink', '--continue-on-failure', '--suppress-health-check', 'all'],
  ]
  const env = {
    ...process.env,
    SCHEMATHESIS_HOOKS: 'plinth_hooks',
    PYTHONPATH: import.meta.dirname,
    NO_COLOR: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  }
  return new Promise(resolve => {
    execFile(program, parameters, { env, cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr })
    })
  })
}

it(
  'finds nothing that the document does not say',
  async context => {
    const found = await schemathesis()
    if ('missing' in found) {
      context.skip(found.missing)
      return
    }
    // What the fuzzer keeps for itself goes with its folder.
    const folder = mkdtempSync(join(tmpdir(), 'plinth-fuzz-'))
    const library = await openLibrary()
    try {
      const address = await library.server.listen({ host: '127.0.0.1', port: 0 })
      const { status, output } = await fuzz(found.program, address, folder)
      expect(output, output.slice(-6000)).toMatch(/Tested:\s+23/)
      expect(status, output.slice(0, 12_000)).toBe(0)
    } finally {
      await library.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
  minutes * 60_000,
)
