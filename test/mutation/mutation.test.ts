/**
 * The tests, tested: faults are seeded into the planner one at a time, and the property tests or the conformance suite have to find each
 * (semantics 40).
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type { Fault } from './fault.ts'
import { faults, huntedEachRun } from './faults.ts'

interface Hunt {
  readonly found: string | null
  readonly milliseconds: number
}

/** Compiled modules, shared by all hunts: without it most of the time would go into reading the same files again. */
const compiled = mkdtempSync(join(tmpdir(), 'plinth-mutation-'))

/** Runs the hunt in a process of its own, because a module is loaded but once. */
function hunt(fault: Fault | null): Promise<Hunt> {
  const started = performance.now()
  const child = spawn(
    process.execPath,
    [
      '--conditions=plinth-source',
      '--import',
      new URL('./seed-fault.ts', import.meta.url).href,
      fileURLToPath(new URL('./hunt.ts', import.meta.url)),
    ],
    {
      env: {
        ...process.env,
        PLINTH_FAULT: JSON.stringify(fault),
        PLINTH_HUNT: fault?.first ?? 'property',
        NODE_COMPILE_CACHE: compiled,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  let errors = ''
  child.stdout.on('data', (part: Buffer) => (output += part.toString()))
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => {
      const last = output.trimEnd().split('\n').at(-1) ?? ''
      const milliseconds = performance.now() - started
      if (last.startsWith('{')) resolve({ found: (JSON.parse(last) as { found: string | null }).found, milliseconds })
      else reject(new Error(`The hunt ended without an answer:\n${errors.slice(-2000)}`))
    })
  })
}

/** Two at a time: each hunt keeps a processor busy. */
const queue: (() => void)[] = []
let running = 0

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= 2) await new Promise<void>(resolve => queue.push(resolve))
  running++
  try {
    return await work()
  } finally {
    running--
    queue.shift()?.()
  }
}

/** How often a text stands in another. */
const occurrences = (text: string, part: string): number => text.split(part).length - 1

const outcomes = new Map<string, Hunt>()

afterAll(() => {
  rmSync(compiled, { recursive: true, force: true })
  const rows = hunted.map(({ name, file }) => {
    const outcome = outcomes.get(name)
    return [
      file,
      name,
      outcome === undefined ? 'not run' : (outcome.found ?? 'SURVIVED'),
      `${Math.round(outcome?.milliseconds ?? 0)} ms`,
    ]
  })
  const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const survivors = rows.filter(row => row[2] === 'SURVIVED').length
  process.stdout.write(
    `\n${hunted.length} faults of ${faults.length} seeded into the planner, ${survivors} not found\n${lines.join('\n')}\n`,
  )
})

/** Each hunt is a process of its own and takes a second: half of them are enough for each run, all are for the long one. */
const hunted = process.env['PLINTH_TEST_LONG'] === undefined ? huntedEachRun() : faults

describe('faults of the planner', { concurrent: true }, () => {
  test('each fits its place in the planner, and at least thirty are hunted', () => {
    const sourceOf = (file: string): string => readFileSync(new URL(`../../src/plan/${file}`, import.meta.url), 'utf8')
    const misfits = faults.filter(({ file, find }) => occurrences(sourceOf(file), find) !== 1)
    expect(misfits.map(({ name, file }) => `${name}, in ${file}`)).toEqual([])
    expect(hunted.length).toBeGreaterThanOrEqual(30)
  })

  test('without a fault nothing is found', { timeout: 600_000 }, async () => {
    expect((await inTurn(() => hunt(null))).found).toBeNull()
  })
  for (const fault of hunted) {
    test(fault.name, { timeout: 600_000 }, async () => {
      const outcome = await inTurn(() => hunt(fault))
      outcomes.set(fault.name, outcome)
      expect(outcome.found, 'a test finds the fault').not.toBeNull()
    })
  }
})
