// What a figure is worth depends on where it was taken: processor, load before the run, disk and its fsync.
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { join, resolve } from 'node:path'

import { median } from './statistics.ts'

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly system: string
  readonly node: string
  readonly sqlite: string
  /** Load averages over 1, 5 and 15 minutes, before the run. */
  readonly load: readonly number[]
}

export interface Disk {
  readonly folder: string
  readonly device: string
  readonly fileSystem: string
  readonly freeGigabytes: number
  /** Milliseconds for 4 kB and fdatasync. */
  readonly syncMedian: number
  readonly syncP99: number
}

/** Describes this machine as it is now. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    sqlite: process.versions.sqlite ?? 'unknown',
    load: loadavg().map(value => Math.round(value * 100) / 100),
  }
}

const syncs = 200

/** Describes the disk under a folder and measures its fsync. */
export function describeDisk(folder: string): Disk {
  const { bavail, bsize } = statfsSync(folder)
  const file = join(folder, `fsync-${process.pid}`)
  const descriptor = openSync(file, 'w')
  const block = Buffer.alloc(4096, 1)
  const times: number[] = []
  try {
    for (let index = 0; index < syncs; index++) {
      const start = performance.now()
      writeSync(descriptor, block)
      fdatasyncSync(descriptor)
      times.push(performance.now() - start)
    }
  } finally {
    closeSync(descriptor)
    rmSync(file)
  }
  times.sort((a, b) => a - b)
  return {
    folder,
    ...mountOf(folder),
    freeGigabytes: Math.round((bavail * bsize) / 2 ** 30),
    syncMedian: median(times),
    syncP99: times[Math.floor(syncs * 0.99)] ?? Number.NaN,
  }
}

/** Finds the mount point that holds a folder; known on Linux only. */
function mountOf(folder: string): { readonly device: string; readonly fileSystem: string } {
  let best = { point: '', device: 'unknown', fileSystem: 'unknown' }
  if (platform() !== 'linux') return best
  const path = `${resolve(folder)}/`
  // proc_pid_mountinfo(5): … root mountpoint options … - type source superoptions
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [mount, source] = line.split(' - ')
    const point = mount?.split(' ')[4]
    const [fileSystem, device] = source?.split(' ') ?? []
    if (point === undefined || fileSystem === undefined || device === undefined) continue
    const prefix = point === '/' ? '/' : `${point}/`
    if (path.startsWith(prefix) && point.length >= best.point.length) best = { point, device, fileSystem }
  }
  return { device: best.device, fileSystem: best.fileSystem }
}
