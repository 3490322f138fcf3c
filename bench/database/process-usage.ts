// What the processes of a database server have used. Linux only: elsewhere there are no figures of it.
import { readdirSync, readFileSync } from 'node:fs'

/** CPU of each thread, and the memory of all. */
export interface ServerUsage {
  readonly nanoseconds: ReadonlyMap<string, number>
  readonly residentBytes: number
}

/**
 * What a process, its threads and its descendants have used. CPU comes from the scheduler, in nanoseconds (`schedstat`), since the ticks of
 * `stat` are as long as a hundred requests. Memory is the proportional set size: what processes share, as PostgreSQL's do, counts once.
 */
export function usageOfTree(root: number): ServerUsage {
  const nanoseconds = new Map<string, number>()
  let kilobytes = 0
  for (const pid of treeOf(root)) {
    for (const thread of entries(`/proc/${pid}/task`)) {
      nanoseconds.set(thread, Number(text(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]))
    }
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(text(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
  }
  return { nanoseconds, residentBytes: kilobytes * 1024 }
}

/** CPU between two looks. What a thread that has ended meanwhile had used is lost; connections stay for the length of a run. */
export function cpuMicrosecondsBetween(before: ServerUsage, after: ServerUsage): number {
  let sum = 0
  for (const [thread, nanoseconds] of after.nanoseconds) sum += nanoseconds - (before.nanoseconds.get(thread) ?? 0)
  return sum / 1000
}

/** A process and its descendants. */
export function treeOf(root: number): number[] {
  const found = [root]
  for (const pid of found) {
    for (const thread of entries(`/proc/${pid}/task`)) {
      found.push(...text(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number))
    }
  }
  return found
}

// A process may end while it is looked at.
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function entries(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
