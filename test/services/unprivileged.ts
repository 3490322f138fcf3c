// Database servers refuse to run as root: as root they and what makes their files are run as the user `nobody`.
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { accessSync, chownSync, constants, cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const nobody = 65_534
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}

/** Makes `folder` for the user that servers run as. */
export function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  give(folder)
  return folder
}

/** Gives a file or folder to the user that servers run as. */
export function give(path: string): void {
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid)
}

/** Starts a program as the user that servers run as. */
export function launch(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(program, args, { ...options, ...user, env: environmentOf(options.cwd) })
}

/** Runs a program to its end as that user; an error carries what it printed. */
export function runToEnd(program: string, args: readonly string[], cwd: string, input?: string): Promise<void> {
  const child = launch(program, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  const collect = (chunk: Buffer): void => void (output += chunk.toString())
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  child.stdin?.on('error', () => {}) // it ended without reading all; its status tells
  child.stdin?.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', status => {
      if (status === 0) resolve()
      else reject(new Error(`${basename(program)} ended with status ${status}:\n${output.trim()}`))
    })
  })
}

/**
 * The folder of `program` where the user that servers run as can reach it. What lies under a closed folder, as a clone in /root does, is
 * copied beside the data; programs find their libraries from where they lie.
 */
export function reachable(program: string, folder: string): string {
  if (user.uid === undefined || spawnSync(program, ['--version'], { ...user, cwd: '/' }).status === 0) return program
  const bin = dirname(program)
  const copy = join(folder, `programs-${encodeURIComponent(dirname(bin))}`)
  if (!existsSync(copy)) cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  const copied = join(copy, basename(bin), basename(program))
  accessSync(copied, constants.X_OK)
  return copied
}

/** Messages in English, moments in UTC, and nothing of the caller's own settings of clients (PGHOST, MYSQL_PWD …). */
function environmentOf(cwd: SpawnOptions['cwd']): NodeJS.ProcessEnv {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, HOME: String(cwd ?? '/'), LC_ALL: 'C', TZ: 'UTC' }
}
