/** Runs the checks of an application without serving it. */
import type { ModelGraph } from '../model/index.ts'
import { type CheckedFinding, ownChecks, runChecks } from './check/index.ts'
import type { App } from './create-app.ts'
import { joinApplication } from './join-application.ts'
import { graphAt } from './open-application.ts'
import { configurationInvalid } from './settings.ts'

export async function checkApplication(
  app: App,
  options: { readonly root: string; readonly tags: readonly string[] },
): Promise<readonly CheckedFinding[]> {
  if (app.mistakes.length > 0) throw configurationInvalid(app.mistakes)
  const { options: declared } = app
  const joined = joinApplication(app)
  const graph: ModelGraph = graphAt(joined, options.root)
  const handlers = Object.entries(declared.mount ?? {}).map(([path, { allow }]) => ({
    path,
    allowed: allow !== undefined,
  }))
  return runChecks([...ownChecks, ...joined.checks], { graph, root: options.root, handlers }, options.tags)
}
