// Takes away what a run left whose keeper was itself killed: its servers and its folder.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { folderPrefix } from './run-folder.ts'

/** A folder younger than this may belong to a run whose keeper is still starting. */
const minute = 60_000

/** Sweeps beside `own`, the folder of a run that goes on. Ages are in milliseconds. */
export function sweep(own: string, youngest = minute): void {
  const base = dirname(own)
  const folders = readdirSync(base)
    .filter(name => name.startsWith(folderPrefix) && name !== basename(own))
    .map(name => join(base, name))
  if (folders.length === 0) return
  const commands = runningCommands()
  for (const folder of folders) {
    const users = commands.filter(({ command }) => command.includes(folder))
    const kept = users.some(({ command }) => command.includes('keeper.ts'))
    if (kept || ageOf(folder) < youngest) continue
    for (const { id, command } of users) kill(id, command)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

function ageOf(folder: string): number {
  return Date.now() - (statSync(folder, { throwIfNoEntry: false })?.ctimeMs ?? Date.now())
}

/** PostgreSQL gives back its shared memory when it ends at once by a signal that it can hear. */
function kill(id: number, command: string): void {
  try {
    process.kill(id, /postgres/.test(command) ? 'SIGQUIT' : 'SIGKILL')
  } catch {
    // it has ended meanwhile
  }
}

function runningCommands(): { id: number; command: string }[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n')
    return lines.map(line => ({ id: Number.parseInt(line, 10), command: line }))
  }
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => ({ id: Number(name), command: commandOf(name) }))
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // it has ended meanwhile
  }
}
