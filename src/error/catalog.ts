/** The catalogue: every coded error of Plinth, grouped by the step that raises it. */
import { application } from './catalog/application.ts'
import { boot } from './catalog/boot.ts'
import { identity } from './catalog/identity.ts'
import { migrate } from './catalog/migrate.ts'
import { request } from './catalog/request.ts'
import { rules } from './catalog/rules.ts'
import { server } from './catalog/server.ts'
import { store } from './catalog/store.ts'
import { transfer } from './catalog/transfer.ts'
import { values } from './catalog/values.ts'
import { writes } from './catalog/writes.ts'

/** One row of the catalogue. `{name}` in a text is replaced by the parameter of that name. */
export interface CatalogEntry {
  /** The HTTP status that the error answers with. */
  readonly status: number
  /** A sentence for whoever made the mistake. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

export const catalog = {
  ...request,
  ...rules,
  ...values,
  ...writes,
  ...store,
  ...identity,
  ...server,
  ...application,
  ...boot,
  ...migrate,
  ...transfer,
} as const

export type Catalog = typeof catalog
export type ErrorCode = keyof Catalog
