// Starts the peers of a row, compares their bodies, and measures them in turns.
import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { random } from '../data/random.ts'
import type { Place } from '../database/place.ts'
import { cpuMicrosecondsBetween } from '../database/process-usage.ts'
import type { Peer } from '../peers/registry.ts'
import { rowNamed, rows as allRows, type Access, type Row, type Samples } from '../rows.ts'
import { startChild, type Child } from './child.ts'
import { compareBodies } from './compare.ts'
import type { Load, LoadAnswer, LoadQuestion, LoadResult, PeerAnswer, PeerQuestion, PeerSettings } from './messages.ts'
import type { PeerResult, RowResult, Run, StartResult } from './result.ts'
import { spread } from './statistics.ts'
import type { SyncCount } from './syncs.ts'

/** What a run is made of. */
export interface Plan {
  readonly peers: readonly Peer[]
  readonly rows: readonly Row[]
  readonly connections: readonly number[]
  readonly rounds: number
  readonly seconds: number
  /** How often each peer is started to time its first answer; 0 for not at all. */
  readonly starts: number
  /** Length of each stretch in which syncs are counted. Long enough for the first, unbatched writes not to show. */
  readonly syncSeconds: number
  readonly place: Place
  /** Where the output of the peers goes. */
  readonly folder: string
  readonly samples: Samples
  /** Leaves a CPU profile of each peer and row here; the figures then are those of profiled processes. */
  readonly profileFolder?: string
  readonly report: (line: string) => void
}

const mebibyte = 2 ** 20

/** A peer that runs. */
export interface Running {
  readonly peer: Peer
  readonly name: string
  readonly port: number
  readonly process: Child<PeerQuestion, PeerAnswer>
  readonly stop: () => Promise<void>
}

/** A load process that runs. */
export interface LoadProcess {
  load(load: Load): Promise<LoadResult>
  stop(): Promise<void>
}

/** Starts the load process. */
export async function startLoad(samples: Samples): Promise<LoadProcess> {
  const file = fileURLToPath(new URL('../load/process.ts', import.meta.url))
  const child = startChild<LoadQuestion, LoadAnswer>(file, [], 'ignore')
  await child.ask({ ask: 'prepare', samples })
  return {
    async load(load) {
      const answer = await child.ask({ ask: 'load', load })
      if (answer.answer === 'done') return answer.result
      throw new Error(answer.answer === 'failed' ? answer.reason : `the load process answered ${answer.answer}`)
    },
    stop: () => child.stop(),
  }
}

/** What the load process reaches against canned answers: no figure of a peer can be higher. */
export async function measureLoadCapacity(load: LoadProcess, seconds: number): Promise<number> {
  const file = fileURLToPath(new URL('../load/canned.ts', import.meta.url))
  const server = startChild<PeerQuestion, PeerAnswer>(file, ['{}'], 'ignore')
  try {
    const port = await readyPort(server)
    const stretch = { port, row: 'hello', connections: 64, unique: 'canned' } as const
    await load.load({ ...stretch, seed: 'warm-up', milliseconds: seconds * 500 })
    const result = await load.load({ ...stretch, seed: 'canned', milliseconds: seconds * 1000 })
    return result.requests / result.seconds
  } finally {
    await server.stop()
  }
}

/** Measures the time from starting each peer's process to its first answer, and its memory then. */
export async function measureStarts(plan: Plan): Promise<StartResult[]> {
  if (plan.starts === 0) return []
  for (const peer of plan.peers) {
    // The first start fills the compile cache.
    await (await startPeer(plan, peer, 'open')).stop()
  }
  const measured = plan.peers.map(peer => ({ peer, milliseconds: [] as number[], megabytes: [] as number[] }))
  for (let round = 0; round < plan.starts; round++) {
    for (const { peer, milliseconds, megabytes } of rotated(measured, round)) {
      const start = performance.now()
      const running = await startPeer(plan, peer, 'open')
      try {
        const response = await fetch(`http://127.0.0.1:${running.port}${firstPath(plan, peer)}`)
        await response.arrayBuffer()
        milliseconds.push(performance.now() - start)
        if (!response.ok) throw new Error(`${peer.name} answered its first request with status ${response.status}`)
        megabytes.push((await usageOf(running)).residentBytes / mebibyte)
      } finally {
        await running.stop()
      }
    }
  }
  return measured.map(({ peer, milliseconds, megabytes }) => ({
    peer: peer.name,
    milliseconds: spread(milliseconds),
    idleMegabytes: spread(megabytes),
  }))
}

/** A row of the database where the peer serves one. */
function firstPath(plan: Plan, peer: Peer): string {
  const row = rowNamed(peer.rows.includes('point') ? 'point' : 'hello')
  return row.request(random('start'), plan.samples, '').path
}

/** Measures one row at each number of connections. */
export async function measureRow(plan: Plan, row: Row, load: LoadProcess): Promise<RowResult[]> {
  const running: Running[] = []
  try {
    for (const peer of plan.peers.filter(candidate => candidate.rows.includes(row.name))) {
      if (row.writes) plan.place.renew(peer)
      const profiles = plan.profileFolder === undefined ? undefined : join(plan.profileFolder, row.name, peer.name)
      running.push(await startPeer(plan, peer, row.access, profiles))
    }
    const { shared, undo } = plan.place
    await compareBodies(row, running, plan.samples, undefined, row.writes && shared ? undo : undefined)
    await warmUp(plan, row, running, load)
    const results: RowResult[] = []
    for (const connections of plan.connections) {
      plan.report(`${row.name}, ${connections} connection${connections === 1 ? '' : 's'} …`)
      results.push(await measureConnections(plan, row, connections, running, load))
    }
    return results
  } finally {
    await Promise.all(running.map(peer => peer.stop()))
  }
}

async function measureConnections(
  plan: Plan,
  row: Row,
  connections: number,
  running: readonly Running[],
  load: LoadProcess,
): Promise<RowResult> {
  // One client and many take different ways through a server: each is warm before it is measured.
  for (const peer of running) {
    const milliseconds = plan.seconds * 1000
    const unique = `${peer.name}-warm-up-of-${connections}`
    await load.load({ port: peer.port, row: row.name, connections, milliseconds, seed: unique, unique })
  }
  const measured = running.map(peer => ({ peer, runs: [] as Run[] }))
  for (let round = 0; round < plan.rounds; round++) {
    // Taking turns, and each round in another order, spreads what disturbs the machine over all peers.
    for (const { peer, runs } of rotated(measured, round)) {
      const seed = `${row.name} ${connections} ${round}`
      runs.push(await measureRun(plan, peer, row, load, connections, seed, plan.seconds))
    }
  }
  const results: PeerResult[] = []
  for (const { peer, runs } of measured) {
    results.push({ peer: peer.peer.name, runs, counts: await countRow(plan, peer, row, load, connections) })
  }
  return { row: row.name, connections, peers: results }
}

async function measureRun(
  plan: Plan,
  peer: Running,
  row: Row,
  load: LoadProcess,
  connections: number,
  seed: string,
  seconds: number,
): Promise<Run> {
  const before = await usageOf(peer)
  const serverBefore = plan.place.usage()
  const milliseconds = seconds * 1000
  const result = await load.load({
    ...{ port: peer.port, row: row.name, connections, milliseconds, seed },
    unique: `${peer.name}-${seed.replaceAll(' ', '-')}`,
  })
  const serverAfter = plan.place.usage()
  const after = await usageOf(peer)
  return {
    requests: result.requests,
    requestsPerSecond: result.requests / result.seconds,
    cpuMicrosecondsPerRequest: (after.cpuMicroseconds - before.cpuMicroseconds) / result.requests,
    medianMilliseconds: result.median,
    p99Milliseconds: result.p99,
    residentMegabytes: after.residentBytes / mebibyte,
    loadShare: result.cpuMicroseconds / 1e6 / result.seconds,
    ...(serverBefore === undefined || serverAfter === undefined
      ? {}
      : {
          server: {
            cpuMicrosecondsPerRequest: cpuMicrosecondsBetween(serverBefore, serverAfter) / result.requests,
            residentMegabytes: serverAfter.residentBytes / mebibyte,
          },
        }),
  }
}

function countRow(plan: Plan, peer: Running, row: Row, load: LoadProcess, connections: number): Promise<SyncCount> {
  let stretch = 0
  const seconds = row.writes ? plan.syncSeconds : plan.syncSeconds / 3
  return plan.place.count(peer.peer, peer.process.pid, row.writes, async () => {
    const seed = `${row.name} ${connections} count ${stretch++}`
    return (await measureRun(plan, peer, row, load, connections, seed, seconds)).requests
  })
}

/**
 * Warms every peer up with all the reads it serves and then with the row itself. A process that has only ever seen one
 * kind of request is optimised for it as no server in use would be.
 */
export async function warmUp(plan: Plan, row: Row, running: readonly Running[], load: LoadProcess): Promise<void> {
  for (const peer of running) {
    const reads = allRows.filter(other => !other.writes && other.access === row.access)
    const served = reads.filter(read => peer.peer.rows.includes(read.name))
    for (const [index, other] of [...served, row, row].entries()) {
      // The row itself for longer: V8 goes on optimising for a second or two, the more code a peer has the longer.
      const milliseconds = plan.seconds * 1000 * (other === row ? 0.75 : 0.25)
      const [seed, unique] = [`warm-up ${index}`, `${peer.name}-warm-up-${index}`]
      await load.load({ port: peer.port, row: other.name, connections: 16, milliseconds, seed, unique })
    }
  }
}

export async function startPeer(plan: Plan, peer: Peer, access: Access, profileFolder?: string): Promise<Running> {
  const { engine } = plan.place
  const database = await plan.place.databaseFor(peer)
  const log = join(plan.folder, `${peer.name}-${process.pid}-output.log`)
  const output = openSync(log, 'w')
  const settings: PeerSettings = { engine, database, access }
  const child = startChild<PeerQuestion, PeerAnswer>(peer.file, [JSON.stringify(settings)], output, profileFolder)
  const stop = async () => {
    await child.stop()
    rmSync(log, { force: true })
  }
  closeSync(output)
  try {
    return { peer, name: peer.name, port: await readyPort(child), process: child, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function readyPort(child: Child<PeerQuestion, PeerAnswer>): Promise<number> {
  const answer = await child.next()
  if (answer.answer !== 'ready') throw new Error(`a peer said ${answer.answer} before it was ready`)
  return answer.port
}

export async function usageOf(peer: Running) {
  const answer = await peer.process.ask({ ask: 'usage' })
  if (answer.answer !== 'usage') throw new Error(`${peer.name} answered ${answer.answer} when asked for its usage`)
  return answer.usage
}

/** The same elements, starting at another one in each round. */
function rotated<T>(values: readonly T[], round: number): T[] {
  const start = values.length === 0 ? 0 : round % values.length
  return [...values.slice(start), ...values.slice(0, start)]
}
