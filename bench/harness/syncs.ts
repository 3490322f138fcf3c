// How often a durable write reaches the disk, counted in stretches of their own.
//
// fsync: perf counts the calls of fsync and fdatasync of all threads in the kernel, at no cost to the peer. Where it may not, strace attached to
// the peer counts them; it stops at every call of the system, so that a peer commits what it has more often. Without either this figure is absent.
// Commits: a frame of SQLite's write-ahead log carries the size of the database when it ends a commit (file format,
// 4.1). A reader that holds its snapshot keeps the log from being reset meanwhile, so every commit of the stretch
// stands in it. With synchronous=FULL each commit is synced once, and checkpoints add to that.
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** What was counted; absent is what cannot be counted here. */
export interface SyncCount {
  /** Statements that a server was given. */
  readonly statementsPerRequest?: number
  readonly commitsPerRequest?: number
  /** Calls of fsync and fdatasync. */
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
  // It counts nothing before it is told to by its descriptor 3, and confirms that by its descriptor 4.
  const told = ['--delay', '-1', '--control', 'fd:3,4']
  const options = ['stat', ...told, '-x', ',', '-o', output, '-e', events.join(','), '-p', pids.join(',')]
  const counter = spawn('perf', options, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>(resolve => {
    counter.once('exit', () => resolve())
    counter.once('error', () => resolve())
  })
  const [, , , orders, answers] = counter.stdio as unknown as [null, null, null, Writable, Readable]
  orders.on('error', () => {}) // it ended before it was told
  try {
    orders.write('enable\n')
    const confirmed = new Promise<boolean>(resolve => answers.once('data', () => resolve(true)))
    if (!(await Promise.race([confirmed, ended.then(() => false)]))) return undefined
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
