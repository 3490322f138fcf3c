/** Runs the checks of an application without serving it. */
import { createEngine } from '../engine/index.ts'
import type { ModelGraph } from '../model/index.ts'
import { anonymous } from '../query/index.ts'
import { memoryStore } from '../store/memory/index.ts'
import { createHttpServer, defaultPrefix } from '../surface/index.ts'
import { type CheckedFinding, ownChecks, runChecks } from './check/index.ts'
import type { App } from './create-app.ts'
import type { Joined } from './extension.ts'
import { joinApplication } from './join-application.ts'
import { readMounted } from './mount.ts'
import { graphAt } from './open-application.ts'
import { ownRoutes } from './own-routes.ts'
import { requireDistinctRoutes } from './require-distinct-routes.ts'
import { configurationInvalid } from './settings.ts'

export async function checkApplication(
  app: App,
  options: { readonly root: string; readonly tags: readonly string[] },
): Promise<readonly CheckedFinding[]> {
  if (app.mistakes.length > 0) throw configurationInvalid(app.mistakes)
  const { options: declared } = app
  const joined = joinApplication(app)
  const graph: ModelGraph = graphAt(joined, options.root)
  requireServable(app, joined, graph)
  const handlers = Object.entries(declared.mount ?? {}).map(([path, { allow }]) => ({
    path,
    allowed: allow !== undefined,
  }))
  return runChecks([...ownChecks, ...joined.checks], { graph, root: options.root, handlers }, options.tags)
}

/** Makes all routes as a start does; what they would read from is never opened. */
function requireServable({ options, place }: App, joined: Joined, graph: ModelGraph): void {
  const mounted = readMounted(graph, options.mount ?? {})
  const engine = createEngine({ graph, store: options.store ?? memoryStore() })
  const { prefix = defaultPrefix, reference = true } = options.api ?? {}
  const { routes } = createHttpServer({ engine, prefix, reference, resolveCaller: () => anonymous })
  const own = ownRoutes({ engine, joined, prefix, issueToken: () => '', stopping: () => false })
  requireDistinctRoutes({ routes: [...routes, ...own], prefixes: mounted.map(({ path }) => path), place })
}
