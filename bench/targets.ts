// What Plinth has set out to reach, in one place. A target that is missed is printed and fails nothing.
import type { PeerResult, RowResult } from './harness/result.ts'
import type { Engine } from './harness/messages.ts'
import { pairedRatio } from './harness/statistics.ts'
import type { PeerName } from './peers/registry.ts'
import type { RowName } from './rows.ts'

type Measure = 'cpu' | 'rate' | 'p99'

/** A bound on a ratio to another peer, or on the syncs of a durable write. */
export type Target =
  | {
      readonly rows: readonly RowName[]
      readonly connections?: number
      readonly measure: Measure
      readonly against: PeerName
      readonly atMost?: number
      readonly atLeast?: number
    }
  | {
      readonly rows: readonly RowName[]
      readonly connections?: number
      readonly measure: 'syncs'
      readonly atMost: number
    }

const dataRows = ['point', 'list', 'nested', 'rule', 'create', 'update'] as const
const writeRows = ['create', 'update'] as const

/** Whose targets they are. */
export const subject: PeerName = 'plinth'

const sqliteTargets: readonly Target[] = [
  { rows: ['hello', 'point', 'list', 'rule'], measure: 'cpu', against: 'dutiful', atMost: 1.1 },
  { rows: ['nested'], measure: 'cpu', against: 'dutiful', atMost: 1 },
  { rows: ['hello'], measure: 'rate', against: 'fastify', atLeast: 0.95 },
  { rows: dataRows, measure: 'rate', against: 'kysely', atLeast: 1 },
  { rows: dataRows, measure: 'rate', against: 'drizzle', atLeast: 1 },
  { rows: writeRows, connections: 64, measure: 'syncs', atMost: 1 / 16 },
  { rows: writeRows, connections: 64, measure: 'rate', against: 'dutiful', atLeast: 3 },
  { rows: dataRows, connections: 64, measure: 'p99', against: 'bare', atMost: 1 },
]

// What a database server adds to a request is the same for all; what is left to Node is where peers differ.
const serverTargets: readonly Target[] = [
  { rows: ['hello', 'point', 'list', 'nested', 'rule'], measure: 'cpu', against: 'dutiful', atMost: 1.1 },
  { rows: ['hello'], measure: 'rate', against: 'fastify', atLeast: 0.95 },
  { rows: ['point', 'list', 'rule'], measure: 'rate', against: 'bare', atLeast: 0.9 },
  { rows: ['nested'], measure: 'rate', against: 'bare', atLeast: 1 },
  { rows: dataRows, measure: 'rate', against: 'kysely', atLeast: 1 },
  { rows: dataRows, measure: 'rate', against: 'drizzle', atLeast: 1 },
  { rows: dataRows, measure: 'rate', against: 'typeorm', atLeast: 1 },
]

/** How a row stands against a target. */
export interface Verdict {
  readonly row: RowName
  readonly connections: number
  readonly target: string
  readonly value: number
  /** 95% interval of the value, where it has one. */
  readonly interval?: readonly [low: number, high: number]
  readonly met: boolean
  /** Whether the bound lies inside the interval: then the runs do not decide it. */
  readonly uncertain: boolean
}

/** Judges the measured rows by the targets that apply to them. */
export function judge(engine: Engine, rows: readonly RowResult[]): Verdict[] {
  const targets = engine === 'sqlite' ? sqliteTargets : serverTargets
  return rows.flatMap(row =>
    targets
      .filter(target => target.rows.includes(row.row))
      .filter(target => target.connections === undefined || target.connections === row.connections)
      .flatMap(target => judgeRow(row, target) ?? []),
  )
}

function judgeRow(row: RowResult, target: Target): Verdict | undefined {
  const own = row.peers.find(peer => peer.peer === subject)
  if (own === undefined) return undefined
  const shared = { row: row.row, connections: row.connections }
  if (target.measure === 'syncs') {
    const { syncsPerRequest, commitsPerRequest } = own.counts
    const value = syncsPerRequest ?? commitsPerRequest
    if (value === undefined) return undefined
    const kind = syncsPerRequest === undefined ? 'commits' : 'fsyncs'
    const sentence = `${kind} per request at most ${target.atMost}`
    return { ...shared, target: sentence, value, met: value <= target.atMost, uncertain: false }
  }
  const reference = row.peers.find(peer => peer.peer === target.against)
  if (reference === undefined) return undefined
  const ratio = pairedRatio(valuesOf(own, target.measure), valuesOf(reference, target.measure))
  const { atMost = Number.POSITIVE_INFINITY, atLeast = 0 } = target
  const bound = target.atMost ?? target.atLeast ?? Number.NaN
  return {
    ...shared,
    target: `${measureNames[target.measure]} ${target.atMost === undefined ? 'at least' : 'at most'} ${bound} of ${target.against}`,
    value: ratio.median,
    interval: [ratio.low, ratio.high],
    met: ratio.median <= atMost && ratio.median >= atLeast,
    uncertain: ratio.low <= bound && bound <= ratio.high,
  }
}

const measureNames: Record<Measure, string> = { cpu: 'CPU', rate: 'requests/s', p99: 'p99' }

/** The values of a measure over the rounds. */
export function valuesOf(peer: PeerResult, measure: Measure): number[] {
  return peer.runs.map(run => {
    if (measure === 'cpu') return run.cpuMicrosecondsPerRequest
    return measure === 'rate' ? run.requestsPerSecond : run.p99Milliseconds
  })
}
