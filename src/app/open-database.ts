/** The database of an application by itself: compared with the models, and changed on request. */
import { withSystemModels } from '../engine/index.ts'

import type { SchemaDifference } from '../store/contract/index.ts'
import type { App } from './create-app.ts'
import { joinApplication } from './join-application.ts'
import { graphAt } from './open-application.ts'
import { storeAt } from './open-store.ts'
import { type Environment, readSettings } from './settings.ts'

export interface OpenDatabase extends AsyncDisposable {
  differences(): Promise<readonly SchemaDifference[]>
  apply(differences: readonly SchemaDifference[]): Promise<void>
}

export async function openDatabase(
  app: App,
  options: { readonly root: string; readonly environment: Environment },
): Promise<OpenDatabase> {
  const { options: declared } = app
  const settings = readSettings({
    environment: options.environment,
    mode: 'development',
    root: options.root,
    server: declared.server ?? {},
    mistakes: app.mistakes,
    needsSecret: false,
    hasStore: declared.store !== undefined,
  })
  const joined = joinApplication(app)
  const graph = withSystemModels(graphAt(joined, options.root))
  const store = declared.store ?? (await storeAt(settings.database))
  await store.open(graph)
  return {
    differences: async () => store.compareSchema(graph),
    apply: async differences => store.applySchema(differences),
    [Symbol.asyncDispose]: async () => store.close(),
  }
}
