// An import and an export take no more memory for many rows than for few. PLINTH_TEST_LONG tries a million.
import { spawn } from 'node:child_process'
import { openSync, closeSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine } from '../fixtures/engines.ts'
import { oneOfEach, project } from './projects.ts'

const long = process.env['PLINTH_TEST_LONG'] !== undefined
/** Of a million the page cache of SQLite is full, so it has to be before. */
const few = long ? 300_000 : 10_000
const many = long ? 1_000_000 : 100_000
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

const files = {
  'package.json': '{ "name": "rows", "private": true, "type": "module" }',
  'app.ts': `import { createApp, defineSchema, field, model } from 'plinth'

const Reading = model({
  station: field.text({ max: 40 }),
  taken: field.datetime(),
  celsius: field.decimal({ precision: 6, scale: 2 }),
  note: field.text().optional(),
  hits: field.integer({ min: 0 }),
})
export default createApp({ schema: defineSchema({ Reading }) })
`,
  // Tells the largest size that the process has had.
  'peak.mjs': `import { writeFileSync } from 'node:fs'
process.on('exit', () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)))
`,
}

/**
 * Mebibytes of memory that may be more for many rows: what SQLite keeps of the file (64 MiB) and what V8 has not looked through yet. A
 * hundred thousand rows that were kept would take far more.
 */
const allowance = 110

function writeRows(file: string, count: number): void {
  const handle = openSync(file, 'w')
  writeSync(handle, 'station,taken,celsius,note,hits\n')
  for (let first = 0; first < count; first += 10_000) {
    let text = ''
    for (let number = first; number < first + 10_000; number++) {
      const taken = new Date(1_700_000_000_000 + number * 1000).toISOString()
      text += `Station ${number % 977},${taken},${(number % 4000) / 100},${number % 5 === 0 ? `"note, ${number}, ${'x'.repeat(300)}"` : ''},${number}\n`
    }
    writeSync(handle, text)
  }
  closeSync(handle)
}

/** What reads and writes is the same on both servers: each run tries one of them. */
const tried = oneOfEach.filter(engine => long || !engine.startsWith('mariadb'))

describe.each(tried)('memory on %s', { timeout: long ? 600_000 : 120_000 }, engine => {
  it(`of ${many} rows is that of ${few}`, async context => {
    needsEngine(context, engine)
    using here = project(files)

    /** Mebibytes at most. The heap is bounded too: what is kept of all rows would not fit. */
    async function peak(url: string, ...words: string[]): Promise<number> {
      const peakFile = join(here.folder, 'peak')
      const child = spawn(
        process.execPath,
        [
          '--max-old-space-size=64',
          '--max-semi-space-size=4',
          '--import',
          './peak.mjs',
          '--conditions=plinth-source',
          main,
          ...words,
        ],
        {
          cwd: here.folder,
          env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: url, PEAK_FILE: peakFile },
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      )
      let output = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
      const code = await new Promise(resolve => child.once('close', resolve))
      if (code !== 0) throw new Error(output)
      return Number(readFileSync(peakFile, 'utf8')) / 1024
    }

    writeRows(join(here.folder, 'few.csv'), few)
    writeRows(join(here.folder, 'many.csv'), many)
    const measured: Record<string, readonly [number, number]> = {}
    await using small = await emptyDatabase(engine)
    await using large = await emptyDatabase(engine)
    measured['import'] = [
      await peak(small.url, 'import', 'Reading', 'few.csv'),
      await peak(large.url, 'import', 'Reading', 'many.csv'),
    ]
    measured['export'] = [
      await peak(small.url, 'export', 'Reading', '--to', 'few.jsonl'),
      await peak(large.url, 'export', 'Reading', '--to', 'many.jsonl'),
    ]
    // All of them went through.
    expect(statSync(join(here.folder, 'many.jsonl')).size).toBeGreaterThan(many * 100)
    for (const [what, [little, much]] of Object.entries(measured))
      expect(much, `${what}: ${Math.round(little)} MiB for few rows`).toBeLessThan(little + allowance)
  })
})
