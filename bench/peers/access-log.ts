// Access-log lines, gathered and written to standard output together: a write of its own per request costs more than
// many of the requests.
import { write, writeSync } from 'node:fs'

const flushBytes = 65_536
const flushMilliseconds = 200
const standardOutput = 1

let pending = ''
let timer: NodeJS.Timeout | undefined

/** Adds the line of one answered request. `path` must come without its query, which can hold personal data. */
export function logAccess(
  method: string,
  path: string,
  status: number,
  bytes: number,
  start: number,
  id: string,
  address: string = '',
): void {
  const milliseconds = (performance.now() - start).toFixed(2)
  pending +=
    `{"time":"${new Date().toISOString()}","method":"${method}","path":${JSON.stringify(path)},` +
    `"status":${status},"bytes":${bytes},"ms":${milliseconds},"requestId":"${id}","address":"${address}"}\n`
  if (pending.length >= flushBytes) flush()
  else timer ??= setTimeout(flush, flushMilliseconds).unref()
}

function flush(): void {
  clearTimeout(timer)
  timer = undefined
  const lines = pending
  pending = ''
  write(standardOutput, lines, error => {
    if (error) throw error
  })
}

process.on('exit', () => {
  if (pending !== '') writeSync(standardOutput, pending)
})
