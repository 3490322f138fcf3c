/**
 * Runs the command line and tells people what went wrong, at their own line where there is one. What a command needs is loaded by it: help
 * and `plinth dev`, which only watches, should not wait for a server to be loaded.
 */
import { readFileSync } from 'node:fs'
import { runCommandLine } from './command-line.ts'
import { check } from './commands/check.ts'
import { database } from './commands/database.ts'
import { dev } from './commands/dev.ts'
import { explain } from './commands/explain.ts'
import { migrateCheck } from './commands/migrate/check.ts'
import { migrateNew } from './commands/migrate/new.ts'
import { migrateRebase } from './commands/migrate/rebase.ts'
import { migrateRename } from './commands/migrate/rename.ts'
import { migrateStatus } from './commands/migrate/status.ts'
import { migrateUp } from './commands/migrate/up.ts'
import { pull } from './commands/pull.ts'
import { exportRows } from './commands/export.ts'
import { importRows } from './commands/import.ts'
import { seed } from './commands/seed.ts'
import { start } from './commands/start.ts'

export async function main(words: readonly string[]): Promise<number> {
  try {
    return await runCommandLine(words, {
      commands: [
        dev,
        start,
        check,
        explain,
        database,
        pull,
        seed,
        importRows,
        exportRows,
        migrateNew,
        migrateStatus,
        migrateUp,
        migrateCheck,
        migrateRebase,
        migrateRename,
      ],
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
