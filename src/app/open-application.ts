/** The story of an application that starts: settings → models → store → engine → who is calling → server. */
import type { Dispatcher, Engine } from '../engine/index.ts'
import { graphOf, type ModelGraph, requireCreatable, Schema } from '../model/index.ts'
import { withSnapshot } from '../migrate/index.ts'
import type { Caller, ExecutionContext } from '../query/index.ts'
import type { BearerTokens, CallerResolver } from '../service/auth/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { HttpServer } from '../surface/http/index.ts'
import { deliverEvents, forgettingOldRows } from './background-work.ts'
import type { App } from './create-app.ts'
import type { Joined } from './extension.ts'
import type { SchemaReport } from './fit-schema.ts'
import { loadSnapshot } from './follow-snapshot.ts'
import { joinApplication } from './join-application.ts'
import { lifecycle } from './lifecycle.ts'
import { makeEngine } from './make-engine.ts'
import { readMounted } from './mount.ts'
import { openCallers } from './open-callers.ts'
import { openFittedStore } from './open-fitted-store.ts'
import type { Begun, OpenOptions } from './open-options.ts'
import { openServer } from './open-server.ts'
import { joinHandlers } from './parts.ts'
import type { Settings } from './settings.ts'
import { settingsOf } from './settings-of.ts'
import { startExtension } from './start-extension.ts'
import type { Watching } from './watching.ts'

export interface OpenApplication {
  readonly settings: Settings
  readonly joined: Joined
  readonly graph: ModelGraph
  readonly store: Store
  readonly engine: Engine
  readonly http: HttpServer
  readonly callers: CallerResolver
  readonly tokens: BearerTokens
  readonly schemaReport: SchemaReport
  readonly watching: Watching
  /** A context for work that no request asked for. */
  context(caller: Caller): ExecutionContext
  /** Null: it delivers no events. */
  readonly dispatcher: Dispatcher | null
  /** Readiness fails from now on. */
  refuseReadiness(): void
  /** Stops everything in reverse order. */
  close(): Promise<void>
  /** What is being stopped, for people; null: nothing is. */
  unstopped(): string | null
}

/** JavaScript may have given no schema: that is told with the other mistakes of the settings. */
const signsIn = ({ options: { schema } }: App): boolean => schema instanceof Schema && schema.graph.caller !== null

/** Opens everything but the door: no address is listened at. */
export async function openApplication(app: App, options: OpenOptions): Promise<OpenApplication> {
  const { root, mode, environment } = options
  const { options: declared } = app
  const settings = settingsOf(app, {
    root,
    environment,
    mode,
    needsSecret: signsIn(app) && declared.auth?.key === undefined,
    hasStore: options.store !== undefined,
  })

  const joined = joinApplication(app)
  const graph = graphAt(joined, options.useSnapshot === false ? null : root)
  const watching = options.watching(settings, graph)
  const life = lifecycle((part, error) => watching.failed(error, part))
  const clock = options.clock ?? Date.now

  try {
    return await openParts(app, options, { settings, joined, graph, watching, life, clock })
  } catch (error) {
    await life.stop()
    throw error
  }
}

async function openParts(app: App, options: OpenOptions, begun: Begun): Promise<OpenApplication> {
  const { settings, joined, graph, watching, life, clock } = begun
  const { options: declared } = app
  await life.start(
    'log',
    () => watching,
    started => started.close(),
  )

  const { store, schemaReport } = await openFittedStore(app, options, begun)
  const engine = await life.start(
    'engine',
    () => makeEngine(app, options, { joined, graph, store }),
    started => started.close(),
  )
  const context = (caller: Caller): ExecutionContext => ({
    caller,
    now: new Date(clock()).toISOString(),
    deadline: Date.now() + engine.limits.requestTime,
    signal: null,
    observe: null,
    trace: engine.newId(),
    transaction: null,
    consistency: null,
  })

  const mounted = readMounted(graph, declared.mount ?? {})
  const { tokens, scheme, callers } = openCallers(app, options.root, {
    settings,
    joined,
    graph,
    engine,
    mounted,
    clock,
  })
  const stopListening = engine.transactions.onCommit(({ changes, crowds }) => callers.changed(changes, crowds))
  await life.start('callers', () => {}, stopListening)

  const handlers = joinHandlers(joined.on)
  const dispatcher = options.delivers === true ? deliverEvents(engine, handlers, { context, watching }) : null
  await life.start(
    'events',
    () => dispatcher?.start(),
    () => dispatcher?.stop({ grace: settings.shutdownGrace }),
  )
  await life.start(
    'old rows',
    () => forgettingOldRows(engine, dispatcher === null ? null : handlers, { context, watching }),
    stopForgetting => stopForgetting(),
  )
  for (const extension of joined.extensions)
    await startExtension(extension, { engine, joined, life, context, root: options.root })

  let ready = true
  const mounts = { engine, callers, context, mounted }
  const http = await life.start(
    'server',
    () => openServer(app, { ...mounts, joined, tokens, scheme, watching, clock, stopping: () => !ready }),
    started => started.close(),
  )

  return {
    settings,
    joined,
    graph,
    store,
    engine,
    http,
    callers,
    tokens,
    schemaReport,
    watching,
    context,
    dispatcher,
    refuseReadiness: () => {
      ready = false
    },
    close: () => life.stop(),
    unstopped: () => life.stopping(),
  }
}

/** The graph with rules, hooks, and the columns that fields were born with. */
export function graphAt(joined: Joined, root: string | null): ModelGraph {
  const graph = graphOf(joined.schema, joined.rules, joined.hooks)
  requireCreatable(graph)
  const snapshot = root === null ? null : loadSnapshot(root)
  return snapshot === null ? graph : withSnapshot(graph, snapshot)
}
