// How often a durable write reaches the disk, counted in stretches of their own: both ways of counting slow a peer down.
//
// fsync: strace attached to the peer counts the fsync and fdatasync calls of all its threads. Where strace is missing
// or may not attach, this figure is absent.
// Commits: a frame of SQLite's write-ahead log carries the size of the database when it ends a commit (file format,
// 4.1). A reader that holds its snapshot keeps the log from being reset meanwhile, so every commit of the stretch
// stands in it. With synchronous=FULL each commit is synced once, and checkpoints add to that.
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
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
  const syncsPerRequest = await traceSyncs([pid], `${database}-strace`, run)
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
export async function traceSyncs(
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
