// The load process: sends one stretch of load at a time to a peer and measures what comes back.
import { random } from '../data/random.ts'
import type { Load, LoadAnswer, LoadQuestion, LoadResult } from '../harness/messages.ts'
import { mixNamed } from '../mixes.ts'
import { rowNamed, type BenchRequest, type Samples } from '../rows.ts'
import { openConnection, type Connection } from './client.ts'

let samples: Samples | undefined

process.on('message', (question: LoadQuestion) => {
  if (question.ask === 'prepare') {
    samples = question.samples
    say({ answer: 'prepared' })
    return
  }
  run(question.load).then(
    result => say({ answer: 'done', result }),
    (error: unknown) => say({ answer: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

async function run(load: Load): Promise<LoadResult> {
  if (samples === undefined) throw new Error('load was asked for before the samples came')
  const known = samples
  const row = rowNamed(load.row)
  const sequence = random(load.seed)
  const mix = load.aside === undefined ? undefined : mixNamed(load.aside.mix)
  const latencies = new Latencies()
  let asides = 0
  let refused = 0
  let sent = 0
  let bytes = 0
  let open = load.connections
  let failure: Error | undefined

  const { promise: finished, resolve: finish } = Promise.withResolvers<undefined>()
  const fail = (reason: string) => {
    failure ??= new Error(reason)
    finish(undefined)
  }

  const connections: Connection[] = []
  const starts = new Float64Array(load.connections)
  const isAside = new Uint8Array(load.connections)
  let deadline = Number.POSITIVE_INFINITY

  function send(index: number): void {
    const aside = mix !== undefined && sequence.next() < mix.share
    isAside[index] = aside ? 1 : 0
    const request = aside
      ? mix.request((load.aside?.from ?? 0) + asides++, sequence, known)
      : row.request(sequence, known, `${load.unique}-${sent++}`)
    starts[index] = performance.now()
    connections[index]?.send(wireText(request))
  }

  function answered(index: number, status: number, length: number): void {
    const now = performance.now()
    if (isAside[index] === 0) latencies.add(now - (starts[index] ?? now))
    bytes += length
    const isRefused = isAside[index] === 1 && status === 503
    if (isRefused) refused++
    else if (status !== row.status)
      return fail(
        `${isAside[index] === 1 ? load.aside?.mix : load.row} was answered with status ${status}, expected ${row.status}`,
      )
    if (now < deadline) return send(index)
    open--
    if (open === 0) finish(undefined)
  }

  for (let index = 0; index < load.connections; index++) {
    // One after the other, so that no peer meets a burst of handshakes.
    connections.push(await openConnection(load.port, (status, length) => answered(index, status, length), fail))
  }
  const cpuStart = process.cpuUsage()
  const start = performance.now()
  deadline = start + load.milliseconds
  for (let index = 0; index < load.connections; index++) send(index)
  await finished
  const seconds = (performance.now() - start) / 1000
  const cpu = process.cpuUsage(cpuStart)
  for (const connection of connections) connection.close()
  if (failure !== undefined) throw failure
  return {
    requests: latencies.count + asides,
    ...{ asides, refused },
    seconds,
    median: latencies.quantile(0.5),
    p99: latencies.quantile(0.99),
    bytes,
    cpuMicroseconds: cpu.user + cpu.system,
  }
}

/** A request as it goes over the wire, with the headers that a client library sends. */
function wireText({ method, path, token, body }: BenchRequest): string {
  let head =
    `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: keep-alive\r\naccept: application/json\r\n` +
    'accept-language: en\r\naccept-encoding: identity\r\nuser-agent: bench\r\nsec-fetch-mode: cors\r\n'
  if (token !== undefined) head += `authorization: Bearer ${token}\r\n`
  if (body === undefined) return `${head}\r\n`
  return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** All latencies of a stretch, in a buffer that grows. */
class Latencies {
  count = 0
  #values = new Float64Array(65_536)

  add(milliseconds: number): void {
    if (this.count === this.#values.length) {
      const grown = new Float64Array(this.#values.length * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.count++] = milliseconds
  }

  quantile(part: number): number {
    const sorted = this.#values.subarray(0, this.count).toSorted()
    return sorted[Math.min(this.count - 1, Math.floor(this.count * part))] ?? Number.NaN
  }
}

function say(answer: LoadAnswer): void {
  process.send?.(answer)
}
