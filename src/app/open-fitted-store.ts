/** The store of an application, open, with a database that fits its models. */
import { withSystemModels } from '../engine/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { App } from './create-app.ts'
import { fitSchema, type SchemaReport } from './fit-schema.ts'
import type { Begun, OpenOptions } from './open-options.ts'
import { describeAddress, requireThere, storeAt } from './open-store.ts'
import { refuseUnfit } from './refuse-unfit.ts'

interface FittedStore {
  readonly store: Store
  readonly schemaReport: SchemaReport
}

export async function openFittedStore(app: App, options: OpenOptions, begun: Begun): Promise<FittedStore> {
  const { settings, graph, watching, life } = begun
  const stored = withSystemModels(graph)
  const handedIn = options.store ?? app.options.store
  const opened = await life.start(
    'store',
    async () => {
      // What demands a database that fits makes none.
      if (handedIn === undefined && (options.looks === true || options.schema === 'require'))
        requireThere(settings.database, options.root)
      const chosen = handedIn ?? (await storeAt(settings.database))
      chosen.onNotice?.(notice => watching.noticed(notice))
      await chosen.open(stored)
      return chosen
    },
    started => started.close(),
  )
  const schemaReport = await fitSchema(opened, stored, {
    policy: options.schema,
    root: options.root,
    database: handedIn === undefined ? describeAddress(settings.database, options.root) : handedIn.name,
  })
  options.fitted?.(schemaReport, settings)
  return { store: refuseUnfit(opened, schemaReport.left), schemaReport }
}
