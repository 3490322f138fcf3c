// The command: `npm run import --workspace examples/atlas`.
import { openApp } from 'plinth'
import app from './src/app.ts'
import { importAtlas, type TableName } from './src/import.ts'

const numbers = new Intl.NumberFormat('en')
let current: TableName | null = null
let [begun, first] = [0, 0]

function show(table: TableName, done: number, of: number): void {
  if (table !== current) {
    current = table
    begun = performance.now()
    first = done
  }
  const seconds = (performance.now() - begun) / 1000
  const rate = done === first ? '' : `  ${numbers.format(Math.round((done - first) / seconds))} rows/s`
  const line = `${table.padEnd(18)} ${numbers.format(done).padStart(7)} / ${numbers.format(of).padStart(7)}  ${Math.floor((done / of) * 100)}%${rate}`
  const isLast = done >= of
  // A terminal shows one line per table that counts up; a file gets the last one only.
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}${isLast ? '\n' : ''}`)
  else if (isLast) process.stdout.write(`${line}\n`)
}

const started = performance.now()
await using atlas = await openApp(app, { root: import.meta.dirname })
await importAtlas(atlas.db, { onProgress: show })
process.stdout.write(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s. Now: npm start\n`)
