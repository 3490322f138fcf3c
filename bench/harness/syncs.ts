// How often a durable write reaches the disk, counted in stretches of their own.
//
// fsync: perf counts the calls of fsync and fdatasync of all threads in the kernel, at no cost to the peer. Where it may not, strace attached to
// the peer counts them; it stops at every call of the system, so that a peer commits what it has more often. Without either this figure is absent.
// Commits: a frame of SQLite's write-ahead log carries the size of the database when it ends a commit (file format,
// 4.1). A reader that holds its snapshot keeps the log from being reset meanwhile, so every commit of the stretch
// stands in it. With synchronous=FULL each commit is synced once, and checkpoints add to that.
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

/** What was counted; absent is what cannot be counted here. */
export interface SyncCount {
  /** Statements that a server was given. */
  readonly statementsPerRequest?: number
  readonly commitsPerRequest?: number
  /** Counted by strace; undefined where it cannot count. */
  readonly syncsPerRequest?: number
}

/** Counts commits and syncs while `run` makes requests; it gives how many it made. */
export async function countSyncs(pid: number, database: string, run: () => Promise<number>): Promise<SyncCount> {
  const commitsPerRequest = await countCommits(database, run)
  const syncsPerRequest = await countSyncCalls([pid], `${database}-syncs`, run)
  return syncsPerRequest === undefined ? { commitsPerRequest } : { commitsPerRequest, syncsPerRequest }
}

async function countCommits(file: string, run: () => Promise<number>): Promise<number> {
  const database = new DatabaseSync(file)
  try {
    database.exec('pragma wal_checkpoint(truncate)')
    database.exec('begin')
    database.prepare('select count(*) from tag').get()
    const requests = await run()
    const commits = commitFrames(readFileSync(`${file}-wal`))
    database.exec('rollback')
    return commits / requests
  } finally {
    database.close()
  }
}

const walHeaderBytes = 32
const frameHeaderBytes = 24

/** The frames of a write-ahead log that end a commit. */
export function commitFrames(log: Buffer): number {
  if (log.length < walHeaderBytes) return 0
  const frameBytes = frameHeaderBytes + log.readUInt32BE(8)
  const salt = log.subarray(16, 24)
  let commits = 0
  for (let start = walHeaderBytes; start + frameBytes <= log.length; start += frameBytes) {
    // Frames with other salts are left over from before a reset.
    if (!log.subarray(start + 8, start + 16).equals(salt)) break
    if (log.readUInt32BE(start + 4) !== 0) commits++
  }
  return commits
}

/** Counts the syncs of processes, and of those that they start meanwhile. */
export async function countSyncCalls(
  pids: readonly number[],
  output: string,
  run: () => Promise<number>,
): Promise<number | undefined> {
  return (await perfSyncs(pids, output, run)) ?? (await traceSyncs(pids, output, run))
}

const events = ['syscalls:sys_enter_fsync', 'syscalls:sys_enter_fdatasync']

async function perfSyncs(
  pids: readonly number[],
  output: string,
  run: () => Promise<number>,
): Promise<number | undefined> {
  const options = ['stat', '-x', ',', '-o', output, ...events.flatMap(event => ['-e', event]), '-p', pids.join(',')]
  const counter = spawn('perf', options, { stdio: 'ignore' })
  const ended = new Promise(resolve => {
    counter.once('exit', resolve)
    counter.once('error', resolve)
  })
  try {
    if (!(await counts(counter))) return undefined
    const requests = await run()
    counter.kill('SIGINT')
    await ended
    const counted = readFileSync(output, 'utf8').matchAll(/^(\d+),[^,]*,syscalls:sys_enter_f(?:data)?sync/gm)
    const calls = [...counted].map(([, count]) => Number(count))
    return calls.length === events.length ? calls.reduce((sum, count) => sum + count, 0) / requests : undefined
  } finally {
    counter.kill('SIGINT')
    rmSync(output, { force: true })
  }
}

/** Waits until perf has opened its counters; false when it is not there, or may not. */
async function counts(counter: {
  readonly exitCode: number | null
  readonly pid?: number | undefined
}): Promise<boolean> {
  const deadline = performance.now() + 5_000
  while (counter.pid !== undefined && counter.exitCode === null && performance.now() < deadline) {
    const folder = `/proc/${counter.pid}/fd`
    const opened = readdirSync(folder).filter(name => linkOf(`${folder}/${name}`).includes('perf_event'))
    if (opened.length >= events.length) return true
    await delay(20)
  }
  return false
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // It was closed meanwhile.
    return ''
  }
}

async function traceSyncs(
  pids: readonly number[],
  output: string,
  run: () => Promise<number>,
): Promise<number | undefined> {
  if (spawnSync('strace', ['-V'], { stdio: 'ignore' }).status !== 0) return undefined
  const options = ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-o', output]
  for (const pid of pids) options.push('-p', String(pid))
  const tracer = spawn('strace', options, { stdio: 'ignore' })
  const ended = new Promise(resolve => tracer.once('exit', resolve))
  try {
    if (!(await attached(pids, tracer))) return undefined
    const requests = await run()
    tracer.kill('SIGINT')
    await ended
    const calls = readFileSync(output, 'utf8').match(/\b(?:fsync|fdatasync)\(/g)?.length ?? 0
    return calls / requests
  } finally {
    tracer.kill('SIGINT')
    rmSync(output, { force: true })
  }
}

/** Waits until every thread of the processes is traced; false when the tracer gave up. */
async function attached(pids: readonly number[], tracer: { readonly exitCode: number | null }): Promise<boolean> {
  const deadline = performance.now() + 5_000
  while (tracer.exitCode === null && performance.now() < deadline) {
    if (pids.every(isTraced)) return true
    await delay(20)
  }
  return false
}

function isTraced(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every(thread => {
      return !/^TracerPid:\t0$/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))
    })
  } catch {
    // A server's process may have ended since it was listed.
    return true
  }
}
