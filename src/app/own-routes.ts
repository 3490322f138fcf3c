/** What an application serves beside the generated API: its own routes, actions, health. */
import type { Engine } from '../engine/index.ts'
import type { Value } from '../model/index.ts'
import type { DeclaredRoute, Route } from '../surface/contract/index.ts'
import { actionRoutes, declaredRoutes } from '../surface/routes/index.ts'
import type { Joined } from './extension.ts'
import { healthRoutes } from './health.ts'

export interface OwnRouteParts {
  readonly engine: Engine
  readonly joined: Joined
  /** What the paths of the generated API begin with. */
  readonly prefix: string
  readonly issueToken: (key: readonly Value[]) => string
  readonly stopping: () => boolean
}

export function ownRoutes(parts: OwnRouteParts): readonly (Route | DeclaredRoute)[] {
  const { engine, joined, prefix, issueToken, stopping } = parts
  const ports = { issueToken }
  return [
    ...declaredRoutes({ engine, ports }, joined.routes),
    ...actionRoutes({ engine, ports }, joined.actions, prefix),
    ...healthRoutes({ store: engine.store, stopping }),
  ]
}
