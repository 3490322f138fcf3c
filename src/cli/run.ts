/**
 * Runs the command line and tells people what went wrong, at their own line where there is one. What a command needs is loaded by it: help
 * and `plinth dev`, which only watches, should not wait for a server to be loaded.
 */
import { readFileSync } from 'node:fs'
import { runCommandLine } from './command-line.ts'
import { commands } from './commands.ts'

export async function main(words: readonly string[]): Promise<number> {
  try {
    return await runCommandLine(words, {
      commands,
      version: ownVersion(),
      print: text => void process.stdout.write(`${text}\n`),
      complain: text => void process.stderr.write(`${text}\n`),
    })
  } catch (error) {
    const { describeFailure } = await import('../service/observe/index.ts')
    process.stderr.write(`${describeFailure(error, process.cwd())}\n`)
    return 1
  }
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
