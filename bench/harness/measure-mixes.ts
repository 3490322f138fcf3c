// Point reads of one plan at 64 connections, alone and with other requests among them: what those do to the latency of the hot ones, to memory
// and to the statements that a connection keeps.
import { cpuMicrosecondsBetween } from '../database/process-usage.ts'
import { mixes, type Mix } from '../mixes.ts'
import type { PeerName } from '../peers/registry.ts'
import { rowNamed } from '../rows.ts'
import { type LoadProcess, type Plan, type Running, startPeer, usageOf, warmUp } from './measure.ts'

/** A stretch of load with or without other requests in it. */
export interface MixRun {
  readonly peer: PeerName
  /** Of the other requests; null for the hot ones alone. */
  readonly mix: Mix['name'] | null
  readonly round: number
  readonly requestsPerSecond: number
  readonly asides: number
  readonly asideShare: number
  /** Of the requests aside, how many the server had no room for (503). */
  readonly refused: number
  readonly medianMilliseconds: number
  readonly p99Milliseconds: number
  readonly cpuMicrosecondsPerRequest: number
  readonly serverMicrosecondsPerRequest: number | null
  readonly residentMegabytes: number
  readonly serverMegabytes: number | null
  /** The most on one connection. */
  readonly preparedStatements: number | null
}

const connections = 64
const mebibyte = 2 ** 20

/** Measures Plinth: each mix in a process of its own, in turns with the hot reads alone. */
export async function measureMixes(plan: Plan, load: LoadProcess): Promise<MixRun[]> {
  const runs: MixRun[] = []
  const row = rowNamed('point')
  for (const peer of plan.peers.filter(candidate => candidate.name === 'plinth')) {
    for (const mix of mixes) {
      const running = await startPeer(plan, peer, row.access)
      try {
        await warmUp(plan, row, [running], load)
        plan.report(`point reads with ${mix.name} …`)
        let asides = 0
        for (let round = 0; round < plan.rounds; round++) {
          runs.push(await measureStretch(plan, running, load, null, round, 0))
          const run = await measureStretch(plan, running, load, mix, round, asides)
          asides += run.asides
          runs.push(run)
          // Every statement has its turn before the last round.
          while (round === plan.rounds - 2 && asides < mix.times * mix.statements) {
            asides += (await measureStretch(plan, running, load, mix, round, asides)).asides
          }
        }
      } finally {
        await running.stop()
      }
    }
  }
  return runs
}

async function measureStretch(
  plan: Plan,
  peer: Running,
  load: LoadProcess,
  mix: Mix | null,
  round: number,
  from: number,
): Promise<MixRun> {
  const before = await usageOf(peer)
  const serverBefore = plan.place.usage()
  const seed = `${mix?.name ?? 'alone'} ${round} ${from}`
  const result = await load.load({
    ...{ port: peer.port, row: 'point', connections, milliseconds: plan.seconds * 1000, seed, unique: 'mix' },
    ...(mix === null ? {} : { aside: { mix: mix.name, from } }),
  })
  const serverAfter = plan.place.usage()
  const after = await usageOf(peer)
  return {
    ...{ peer: peer.peer.name, mix: mix?.name ?? null, round, asides: result.asides },
    requestsPerSecond: result.requests / result.seconds,
    asideShare: result.asides / result.requests,
    refused: result.refused,
    medianMilliseconds: result.median,
    p99Milliseconds: result.p99,
    cpuMicrosecondsPerRequest: (after.cpuMicroseconds - before.cpuMicroseconds) / result.requests,
    serverMicrosecondsPerRequest:
      serverBefore === undefined || serverAfter === undefined
        ? null
        : cpuMicrosecondsBetween(serverBefore, serverAfter) / result.requests,
    residentMegabytes: after.residentBytes / mebibyte,
    serverMegabytes: serverAfter === undefined ? null : serverAfter.residentBytes / mebibyte,
    preparedStatements: after.preparedStatements ?? (await plan.place.preparedStatements()) ?? null,
  }
}
