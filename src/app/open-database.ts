/** The database of an application by itself: compared with the models, and changed on request. */
import { existsSync, renameSync } from 'node:fs'
import { withSystemModels } from '../engine/index.ts'
import { refusal } from '../error/index.ts'
import type { SchemaDifference } from '../store/contract/index.ts'
import type { App } from './create-app.ts'
import type { DatabaseAddress } from './database-address.ts'
import { joinApplication } from './join-application.ts'
import { graphAt } from './open-application.ts'
import { requireThere, storeAt } from './open-store.ts'
import type { Environment } from './settings.ts'
import { databaseSettings } from './settings-of.ts'

export interface OpenDatabase extends AsyncDisposable {
  /** Where the database that was there before is now; null unless it was set aside. */
  readonly setAside: string | null
  differences(): Promise<readonly SchemaDifference[]>
  apply(differences: readonly SchemaDifference[]): Promise<void>
}

export async function openDatabase(
  app: App,
  options: {
    readonly root: string
    readonly environment: Environment
    readonly setAside?: boolean
    /** It is only compared: a file that is not there is not made. */
    readonly looks?: boolean
  },
): Promise<OpenDatabase> {
  const { options: declared } = app
  const settings = databaseSettings(app, options)
  const joined = joinApplication(app)
  const graph = withSystemModels(graphAt(joined, options.root))
  const setAside = options.setAside === true ? moveAside(settings.database, declared.store !== undefined) : null
  if (declared.store === undefined && options.looks === true) requireThere(settings.database, options.root)
  const store = declared.store ?? (await storeAt(settings.database))
  await store.open(graph)
  return {
    setAside,
    differences: async () => store.compareSchema(graph),
    apply: async differences => store.applySchema(differences),
    [Symbol.asyncDispose]: async () => store.close(),
  }
}

/** Moves the database's files away, so that an empty one is made in their place. Nothing is deleted. */
function moveAside(address: DatabaseAddress, storeInCode: boolean): string | null {
  if (storeInCode || address.store !== 'sqlite') {
    throw refusal('boot.database-not-recreatable', {})
  }
  const { file } = address
  if (!existsSync(file)) return null
  const moment = new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '')
  const aside = `${file}.${moment}.old`
  // The write-ahead log belongs to the file: without it the latest rows would be missing there.
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  return aside
}
