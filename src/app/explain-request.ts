/** `plinth explain`: what a request would do: its plans, the commands of the store, and how the database carries them out. */
import type { Engine, PreparedAggregate, PreparedFind, RequestValues } from '../engine/index.ts'
import { whenSettled } from '../lib/index.ts'
import { anonymous, type Caller, type ExecutionContext, type ReadPlan } from '../query/index.ts'
import { defaultScheme } from '../service/auth/index.ts'
import type { App } from './create-app.ts'
import { openApplication } from './open-application.ts'
import type { Environment } from './settings.ts'
import { silent } from './watching.ts'

export interface ExplainOptions {
  readonly root: string
  readonly environment: Environment
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The key of a caller's row, as in a URL; null for anonymous. */
  readonly as: string | null
}

export interface ExplainedStep {
  readonly plan: ReadPlan
  /** The most rows of this request's answer; null where nothing limits them. */
  readonly limit: number | null
  readonly command: string
  /** The database's own description. */
  readonly explained: string
}

export interface Explained {
  readonly caller: Caller
  /** The answer to the request: its status, and the problem when it was refused. */
  readonly status: number
  readonly problem: { readonly code: string; readonly detail: string; readonly hint?: string } | null
  readonly steps: readonly ExplainedStep[]
}

/** Asks the application in this process and looks on; nothing listens, and the database is not changed to fit. */
export async function explainRequest(app: App, options: ExplainOptions): Promise<Explained> {
  const steps: ExplainedStep[] = []
  let recording = false
  const opened = await openApplication(app, {
    root: options.root,
    mode: 'development',
    environment: { ...options.environment, PLINTH_LOG: 'off' },
    schema: 'require',
    looks: true,
    watching: () => silent,
    wrapEngine: engine => lookingOn(engine, step => (recording ? steps.push(step) : undefined)),
  })
  try {
    const headers: Record<string, string> = {}
    if (options.as !== null)
      headers['authorization'] = `${app.options.auth?.scheme ?? defaultScheme} ${opened.tokens.issue(options.as)}`
    const caller = await opened.callers.ofHeader(headers['authorization'], opened.context(anonymous))
    recording = true
    const response = await opened.http.fastify.inject({ method: options.method as 'GET', url: options.url, headers })
    recording = false
    const problem = response.statusCode >= 400 ? response.json<NonNullable<Explained['problem']>>() : null
    return { caller, status: response.statusCode, problem, steps }
  } finally {
    await opened.close()
  }
}

function limitOf(plan: ReadPlan, { values }: RequestValues): number | null {
  const place = plan.kind === 'find' ? plan.root.limit : plan.limit
  const parameter = place === null ? undefined : plan.parameters[place]
  if (parameter?.source !== 'limit') return null
  const asked = parameter.slot === null ? undefined : values[parameter.slot]
  return Number(asked ?? Math.min(parameter.fallback, parameter.maximum))
}

/** The same engine, whose reads are told when they run. */
function lookingOn(engine: Engine, tell: (step: ExplainedStep) => void): Engine {
  const watched = <P extends PreparedFind | PreparedAggregate>(prepared: P): P => {
    // Not async: what is refused before a store is asked has to be refused at once, as without an onlooker.
    const run = (values: RequestValues, context: ExecutionContext): unknown => {
      const { plan, command } = prepared.planned(context.caller)
      return whenSettled(prepared.explain(values, context), explained => {
        tell({ plan, limit: limitOf(plan, values), command, explained })
        return prepared.run(values, context)
      })
    }
    return { ...prepared, run }
  }
  return {
    ...engine,
    find: (request, caller) => watched(engine.find(request, caller)),
    aggregate: (request, caller) => watched(engine.aggregate(request, caller)),
  }
}
