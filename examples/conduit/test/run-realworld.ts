// Runs Conduit suites against a server: `node run-realworld.ts --host http://127.0.0.1:3000 [folder or .hurl file …]`.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { ownSuites, runSuiteFile, suiteFiles, uniqueNumber } from './suites.ts'

const help = `Usage: node run-realworld.ts [--host ORIGIN] [--official] [FOLDER or FILE …]

Runs every .hurl suite given, and our own when none is given, against a running server.

  --host ORIGIN   where the server is (default: http://127.0.0.1:3000)
  --official      run them with the program hurl (https://hurl.dev), which must be installed
  --help          print this

The RealWorld project's suites are not part of this repository: see README.md beside this file.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: 'http://127.0.0.1:3000' },
    official: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  process.stdout.write(`${help}\n`)
} else {
  const files = (positionals.length > 0 ? positionals : [ownSuites]).flatMap(suiteFiles)
  process.exitCode = values.official ? runWithHurl(files, values.host) : await runHere(files, values.host)
}

async function runHere(files: readonly string[], host: string): Promise<number> {
  let [passed, failed] = [0, 0]
  for (const file of files) {
    const { requests, asserts, failures, notSent } = await runSuiteFile(file, host)
    const rest = notSent === 0 ? '' : `, ${notSent} not sent after the failure`
    process.stdout.write(
      `${failures.length === 0 ? 'ok    ' : 'FAILED'} ${file}: ${requests} requests, ${asserts} asserts${rest}\n`,
    )
    for (const failure of failures) process.stdout.write(`       ${failure}\n`)
    if (failures.length === 0) passed += 1
    else failed += 1
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

function runWithHurl(files: readonly string[], host: string): number {
  const variables = ['--variable', `host=${host}`, '--variable', `uid=${uniqueNumber()}`]
  const { status, error } = spawnSync('hurl', ['--test', '--jobs', '1', ...variables, ...files], { stdio: 'inherit' })
  if (error) process.stderr.write(`hurl could not be run: ${error.message}\n`)
  return status ?? 1
}
