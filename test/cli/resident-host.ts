/**
 * Runs one command of `plinth` after the other in one process, each as if it had a process of its own: its folder, environment and standard
 * input, and the application's files as they are on the disk now. What is loaded once for all is Plinth.
 */
import { globSync, statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { main } from '../../src/cli/run.ts'
import type { Ended, ResidentCommand } from './resident.ts'

let folder = ''
let version = ''

// A module is loaded once for each address: the application's get new ones when one of its files has changed.
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const isOwn = folder !== '' && found.url.startsWith(`file://${folder}/`)
    return isOwn ? { ...found, url: `${found.url}?${version}` } : found
  },
})

function versionOf(place: string): string {
  const files = globSync('**/*.{ts,js,mjs}', { cwd: place, exclude: name => name === 'node_modules' })
  return String(Math.max(0, ...files.map(name => statSync(join(place, name)).mtimeMs)))
}

const own = { stdout: process.stdout.write, stderr: process.stderr.write, stdin: process.stdin }
process.setMaxListeners(0)
// A command that is still busy would go on without whoever asked for it.
process.once('disconnect', () => process.exit(1))

async function answer({ words, folder: place, environment, input }: ResidentCommand): Promise<Ended> {
  let [output, results] = ['', '']
  const taking =
    (stream: 'stdout' | 'stderr') =>
    (chunk: Uint8Array | string, ...more: readonly unknown[]) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      output += text
      if (stream === 'stdout') results += text
      const done = more.find(one => typeof one === 'function') as (() => void) | undefined
      if (done !== undefined) process.nextTick(done)
      return true
    }
  folder = place
  // First: the folder of the command before may be gone by now.
  process.chdir(place)
  version = versionOf(place)
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
  const standardInput = Readable.from(input === '' ? [] : [Buffer.from(input, 'base64')])
  Object.defineProperty(process, 'stdin', { configurable: true, value: standardInput })
  process.stdout.write = taking('stdout')
  process.stderr.write = taking('stderr')
  try {
    return { code: await main(words), output, results }
  } finally {
    process.stdout.write = own.stdout
    process.stderr.write = own.stderr
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal)
  }
}

process.on('message', message => {
  void answer(message as ResidentCommand).then(given => process.send?.(given))
})
process.on('disconnect', () => process.exit())
