// The result as text for a terminal: the machine first, then a table for each row, losing peers and missed targets included.
import { peers as allPeers } from '../peers/registry.ts'
import { rowNamed } from '../rows.ts'
import { judge, subject, valuesOf, type Verdict } from '../targets.ts'
import type { MixRun } from './measure-mixes.ts'
import type { BenchResult, PeerResult, RowResult } from './result.ts'
import { median, pairedRatio, spread, type Spread } from './statistics.ts'
import type { SyncCount } from './syncs.ts'

/** Everything that a reader needs to believe the figures, or not to. */
export function reportText(result: BenchResult): string {
  const verdicts = judge(result.engine, result.rows)
  return [
    machineText(result),
    ...(result.starts.length === 0 ? [] : [startsText(result)]),
    ...result.rows.map(row => rowText(row, verdicts)),
    'req/s, CPU and latencies are medians over the rounds, with min..max. CPU is µs of the peer process per request, DB CPU µs of all processes of the database.',
    'Ratios are medians of paired runs with a 95% bootstrap interval; a difference inside ±15% is noise on a shared machine.',
    summaryText(result, verdicts),
  ].join('\n\n')
}

function machineText({ machine, disk, database, dataset, options, loadCapacity, startedAt }: BenchResult): string {
  return [
    `${startedAt} · ${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GiB · ${machine.system}`,
    `Node ${machine.node}, ${database} · load average before: ${machine.load.join(' ')}`,
    `disk ${disk.device} (${disk.fileSystem}), ${disk.folder}: 4 kB + fdatasync ${fixed(disk.syncMedian, 2)} ms, p99 ${fixed(disk.syncP99, 2)} ms`,
    `${dataset.articles} articles, ${dataset.comments} comments, ${Math.round(dataset.bytes / 1e6)} MB · ` +
      `${options.rounds} rounds of ${options.seconds} s · load process alone reaches ${Math.round(loadCapacity)} req/s`,
  ].join('\n')
}

function startsText({ starts, rows, engine }: BenchResult): string {
  const header = ['peer', 'start to first answer, ms', 'idle, MB', 'after load, MB', '']
  const body = starts.map(start => {
    const loaded = rows.flatMap(row =>
      row.peers.filter(peer => peer.peer === start.peer).map(peer => peer.runs.at(-1)?.residentMegabytes ?? 0),
    )
    const title = allPeers.find(peer => peer.name === start.peer)?.titles[engine] ?? ''
    return [
      start.peer,
      spreadText(start.milliseconds, 0),
      spreadText(start.idleMegabytes, 0),
      loaded.length === 0 ? '' : spreadText(spread(loaded), 0),
      title,
    ]
  })
  return table([header, ...body])
}

function rowText(row: RowResult, verdicts: readonly Verdict[]): string {
  const header = ['peer', 'req/s', 'CPU µs', 'p50 ms', 'p99 ms', 'RSS MB', 'CPU/dutiful', 'req/s / bare']
  const counts = countColumns.filter(({ of }) => row.peers.some(({ counts: known }) => known[of] !== undefined))
  const server = row.peers.some(peer => peer.runs.some(run => run.server !== undefined))
  if (server) header.push('DB CPU µs', 'DB MB')
  header.push(...counts.map(column => column.title))
  const bare = row.peers.find(peer => peer.peer === 'bare')
  const dutiful = row.peers.find(peer => peer.peer === 'dutiful')
  const body = row.peers.map(peer => [
    peer.peer,
    spreadText(spread(valuesOf(peer, 'rate')), 0),
    spreadText(spread(valuesOf(peer, 'cpu')), 1),
    fixed(median(peer.runs.map(run => run.medianMilliseconds)), 2),
    spreadText(spread(valuesOf(peer, 'p99')), 2),
    fixed(median(peer.runs.map(run => run.residentMegabytes)), 0),
    ratioText(peer, dutiful, 'cpu'),
    ratioText(peer, bare, 'rate'),
    ...(server ? serverCells(peer) : []),
    ...counts.map(({ of }) => fixed(peer.counts[of], 3)),
  ])
  const connections = `${row.connections} connection${row.connections === 1 ? '' : 's'}`
  const load = Math.max(...row.peers.flatMap(peer => peer.runs.map(run => run.loadShare)))
  const warning =
    load > 0.9 ? [`The load process used up to ${fixed(load * 100, 0)}% of a core: req/s may be its limit.`] : []
  const judged = verdicts
    .filter(verdict => verdict.row === row.row && verdict.connections === row.connections)
    .map(verdict => `${verdictWord(verdict).padEnd(8)} ${subject}: ${verdictText(verdict)}`)
  return [
    `${row.row} (${rowNamed(row.row).title}), ${connections}`,
    table([header, ...body]),
    ...warning,
    ...judged,
  ].join('\n')
}

const countColumns: readonly { readonly title: string; readonly of: keyof SyncCount }[] = [
  { title: 'statements/req', of: 'statementsPerRequest' },
  { title: 'fsync/req', of: 'syncsPerRequest' },
  { title: 'commits/req', of: 'commitsPerRequest' },
]

function serverCells({ runs }: PeerResult): string[] {
  const known = runs.flatMap(run => run.server ?? [])
  if (known.length === 0) return ['-', '-']
  return [
    spreadText(spread(known.map(run => run.cpuMicrosecondsPerRequest)), 0),
    fixed(median(known.map(run => run.residentMegabytes)), 0),
  ]
}

/** Point reads beside other requests. */
export function mixesText(runs: readonly MixRun[]): string {
  const names = [...new Set(runs.flatMap(run => run.mix ?? []))]
  const header = ['point reads, 64 connections', 'asides', 'refused', 'req/s', 'hot p50 ms', 'hot p99 ms', 'CPU µs']
  header.push('DB CPU µs', 'RSS MB', 'DB MB', 'prepared')
  const body = names.flatMap(name => {
    const first = runs.findIndex(run => run.mix === name) - 1
    const ofMix = runs.slice(first, first + 2 * runs.filter(run => run.mix === name).length)
    return [null, name].map(mix => {
      const chosen = ofMix.filter(run => run.mix === mix)
      const over = (value: (run: MixRun) => number | null) => {
        const known = chosen.flatMap(run => value(run) ?? [])
        return known.length === 0 ? undefined : spread(known)
      }
      const cell = (value: (run: MixRun) => number | null, digits: number) => {
        const known = over(value)
        return known === undefined ? '-' : spreadText(known, digits)
      }
      return [
        mix === null ? 'alone' : `with ${mix}`,
        `${fixed(100 * (over(run => run.asideShare)?.median ?? 0), 1)}%`,
        String(chosen.reduce((sum, run) => sum + run.refused, 0)),
        ...[cell(run => run.requestsPerSecond, 0), cell(run => run.medianMilliseconds, 2)],
        ...[cell(run => run.p99Milliseconds, 2), cell(run => run.cpuMicrosecondsPerRequest, 0)],
        ...[cell(run => run.serverMicrosecondsPerRequest, 0), fixed(chosen.at(-1)?.residentMegabytes, 0)],
        ...[
          fixed(chosen.at(-1)?.serverMegabytes ?? undefined, 0),
          fixed(chosen.at(-1)?.preparedStatements ?? undefined, 0),
        ],
      ]
    })
  })
  return table([header, ...body])
}

function summaryText(result: BenchResult, verdicts: readonly Verdict[]): string {
  if (!result.rows.some(row => row.peers.some(peer => peer.peer === subject))) {
    return `${subject} took no part: no target was judged.`
  }
  const missed = verdicts.filter(verdict => !verdict.met)
  const lines = missed.map(
    verdict =>
      `  ${verdict.row}, ${verdict.connections}: ${verdictText(verdict)}${verdict.uncertain ? ' (within noise)' : ''}`,
  )
  return [`${verdicts.length - missed.length} of ${verdicts.length} targets met.`, ...lines].join('\n')
}

function verdictWord({ met, uncertain }: Verdict): string {
  return `${met ? 'met' : 'MISSED'}${uncertain ? '?' : ''}`
}

function verdictText({ target, value, interval }: Verdict): string {
  const range = interval === undefined ? '' : ` [${fixed(interval[0], 2)}..${fixed(interval[1], 2)}]`
  return `${target}: ${fixed(value, interval === undefined ? 4 : 2)}${range}`
}

function ratioText(peer: PeerResult, reference: PeerResult | undefined, measure: 'cpu' | 'rate'): string {
  if (reference === undefined || reference === peer) return ''
  const { median: middle, low, high } = pairedRatio(valuesOf(peer, measure), valuesOf(reference, measure))
  return `${fixed(middle, 2)} [${fixed(low, 2)}..${fixed(high, 2)}]`
}

function spreadText({ median: middle, minimum, maximum }: Spread, digits: number): string {
  return `${fixed(middle, digits)} (${fixed(minimum, digits)}..${fixed(maximum, digits)})`
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? '-' : value.toFixed(digits)
}

/** Left-aligned first column, right-aligned figures. */
function table(lines: readonly (readonly string[])[]): string {
  const columns = Math.max(...lines.map(line => line.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map(line => line[column]?.length ?? 0)),
  )
  return lines
    .map(line =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0
          const figure = column > 0 && (lines[0]?.[column] ?? '') !== ''
          return figure ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
