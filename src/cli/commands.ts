/** Every command, in the order in which help names them. What a command needs is loaded when it runs. */
import type { Command } from './command.ts'
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

export const commands: readonly Command[] = [
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
]
