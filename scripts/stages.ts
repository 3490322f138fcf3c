// Runs named commands, a few at a time, with a line of progress and the time each took; shows the output of what failed.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { readSummary, summaryFileVariable, type Summary } from './summary.ts'

/** One command of a run. */
export type Stage = {
  readonly name: string
  /** Program and arguments; `node` is the Node that runs this script, other programs are looked up in node_modules/.bin. */
  readonly command: readonly [string, ...string[]]
  /** Show the output while it runs, instead of only when it failed. For long stages that run alone. */
  readonly live?: boolean
}

type Outcome = { readonly status: number; readonly output: string; readonly seconds: number; readonly summary: Summary }

const root = join(import.meta.dirname, '..')

/** Runs all stages, `atOnce` at a time, and answers one summary for each. A stage that counts no tests itself counts as one. */
export async function runStages(stages: readonly Stage[], atOnce: number): Promise<Summary[]> {
  const waiting = [...stages]
  const summaries: Summary[] = []
  const worker = async (): Promise<void> => {
    for (let stage = waiting.shift(); stage; stage = waiting.shift()) {
      if (stage.live) console.log(`\n${stage.name} …`)
      const outcome = await runStage(stage)
      const failed = outcome.summary.failed > 0
      console.log(`${failed ? 'FAILED' : 'ok    '} ${stage.name} (${outcome.seconds.toFixed(1)} s)`)
      if (failed && outcome.output !== '') console.log(outcome.output.trimEnd().replace(/^/gm, '    '))
      summaries.push(outcome.summary)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return summaries
}

async function runStage(stage: Stage): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-stage-'))
  const summaryFile = join(folder, 'summary.json')
  try {
    const started = performance.now()
    const { status, output } = await run(stage, summaryFile)
    const seconds = (performance.now() - started) / 1000
    const reported = readSummary(summaryFile) ?? { passed: status === 0 ? 1 : 0, failed: 0, skipped: [] }
    const failed = status === 0 ? reported.failed : Math.max(reported.failed, 1)
    return { status, output, seconds, summary: { ...reported, failed } }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(stage: Stage, summaryFile: string): Promise<{ status: number; output: string }> {
  const [program, ...args] = stage.command
  const PATH = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: root,
    env: { ...process.env, PATH, [summaryFileVariable]: summaryFile },
    stdio: ['ignore', stage.live ? 'inherit' : 'pipe', stage.live ? 'inherit' : 'pipe'],
    shell: process.platform === 'win32',
  })
  let output = ''
  const collect = (chunk: Buffer): void => void (output += chunk.toString())
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ status: code ?? (signal ? 1 : 0), output }))
  })
}
