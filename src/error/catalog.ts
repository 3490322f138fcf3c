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
/** What an error is told apart by: `writes.unique`. Codes stay; texts may be said better. All of them are in docs/errors.md. */
export type ErrorCode = keyof Catalog
