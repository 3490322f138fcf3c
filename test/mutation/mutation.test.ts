/**
 * The tests, tested: faults are seeded into the planner one at a time, and the property tests or the conformance suite have to find each
 * (semantics 40).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type { Fault } from './fault.ts'
import { faults, huntedEachRun } from './faults.ts'

interface Hunt {
  readonly found: string | null
  readonly milliseconds: number
}

/** Two processes, as each keeps a processor busy. Whichever is free takes the next fault. */
const free: ChildProcess[] = []
const waiting: ((hunter: ChildProcess) => void)[] = []
let started = 0

function freeHunter(): ChildProcess | Promise<ChildProcess> {
  const hunter = free.pop()
  if (hunter !== undefined) return hunter
  if (started === 2) return new Promise(resolve => waiting.push(resolve))
  started++
  return newHunter()
}

function newHunter(): ChildProcess {
  return fork(fileURLToPath(new URL('hunter.ts', import.meta.url)), {
    execPath: process.execPath,
    execArgv: ['--conditions=plinth-source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

async function hunt(fault: Fault | null): Promise<Hunt> {
  const hunter = await freeHunter()
  const began = performance.now()
  let next = hunter
  try {
    const { found } = await answerOf(hunter, fault)
    return { found, milliseconds: performance.now() - began }
  } catch (error) {
    // It has ended, and others wait for it.
    next = newHunter()
    throw error
  } finally {
    const waits = waiting.shift()
    if (waits === undefined) free.push(next)
    else waits(next)
  }
}

function answerOf(hunter: ChildProcess, fault: Fault | null): Promise<Pick<Hunt, 'found'>> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('The process that hunts has ended.'))
    hunter.once('exit', ended)
    hunter.once('message', answer => {
      hunter.off('exit', ended)
      resolve(answer as Pick<Hunt, 'found'>)
    })
    hunter.send({ fault })
  })
}

/** How often a text stands in another. */
const occurrences = (text: string, part: string): number => text.split(part).length - 1

const outcomes = new Map<string, Hunt>()

afterAll(() => {
  for (const hunter of free) hunter.disconnect()
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

/** Each hunt takes a second: fewer than half of them are enough for each run, all are for the long one. */
const hunted = process.env['PLINTH_TEST_LONG'] === undefined ? huntedEachRun() : faults

describe('faults of the planner', { concurrent: true }, () => {
  test('each fits its place in the planner, and at least thirty are hunted', () => {
    const sourceOf = (file: string): string => readFileSync(new URL(`../../src/plan/${file}`, import.meta.url), 'utf8')
    const misfits = faults.filter(({ file, find }) => occurrences(sourceOf(file), find) !== 1)
    expect(misfits.map(({ name, file }) => `${name}, in ${file}`)).toEqual([])
    expect(hunted.length).toBeGreaterThanOrEqual(30)
  })

  for (const fault of hunted) {
    test(fault.name, { timeout: 600_000 }, async () => {
      const outcome = await hunt(fault)
      outcomes.set(fault.name, outcome)
      expect(outcome.found, 'a test finds the fault').not.toBeNull()
    })
  }

  // The last one: what the others have left behind in its process makes no difference.
  test('without a fault nothing is found', { timeout: 600_000 }, async () => {
    expect((await hunt(null)).found).toBeNull()
  })
})
