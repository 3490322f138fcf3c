/** The story of an application that starts: settings → models → store → engine → who is calling → server. */
import {
  createDispatcher,
  createEngine,
  type Dispatcher,
  type Engine,
  type EventMore,
  forgetUnhandledEvents,
  type HandlerTable,
  type HookTable,
  namesOf,
  withSystemModels,
} from '../engine/index.ts'
import { graphOf, type ModelGraph, requireCreatable, Schema } from '../model/index.ts'
import { hasMigrations, withSnapshot } from '../migrate/index.ts'
import { createDb, forgetIdempotencyKeys } from '../operation/index.ts'
import {
  anonymous,
  type Caller,
  defaultLimits,
  type ExecutionContext,
  type Limits,
  systemCaller,
} from '../query/index.ts'
import {
  bearerTokens,
  type BearerTokens,
  callerAttributes,
  type CallerResolver,
  callerResolver,
  defaultScheme,
  derivedKey,
} from '../service/auth/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { HttpServer } from '../surface/http/index.ts'
import type { App } from './create-app.ts'
import type { Extension, Joined } from './extension.ts'
import { fitSchema, type SchemaPolicy, type SchemaReport } from './fit-schema.ts'
import { loadSnapshot } from './follow-snapshot.ts'
import { joinApplication } from './join-application.ts'
import { type Lifecycle, lifecycle } from './lifecycle.ts'
import { readMounted } from './mount.ts'
import { chosen, openServer } from './open-server.ts'
import { describeAddress, requireThere, storeAt } from './open-store.ts'
import { joinHandlers } from './parts.ts'
import type { Environment, Mode, Settings } from './settings.ts'
import { settingsOf } from './settings-of.ts'
import { refuseUnfit } from './refuse-unfit.ts'
import { developmentSecret } from './secret.ts'
import type { Watching } from './watching.ts'

export interface OpenOptions {
  /** The folder of the application. */
  readonly root: string
  readonly mode: Mode
  readonly environment: Environment
  readonly schema: SchemaPolicy
  /** It only reads: a file of the settings that is not there is not made. */
  readonly looks?: boolean
  /** It delivers events. Otherwise what it emits waits in the outbox for an application that does. */
  readonly delivers?: boolean
  /** Told at once what happened to the database: whatever comes later may fail or never end. */
  readonly fitted?: (report: SchemaReport, settings: Settings) => void
  /** What is seen of it while it runs. */
  readonly watching: (settings: Settings, graph: ModelGraph) => Watching
  /** Goes before the store of the description. */
  readonly store?: Store
  /** The clock, in milliseconds of the epoch. */
  readonly clock?: () => number
  readonly newId?: () => string
  /** Makes the db of hooks and actions, where something has to be known about their use of it. */
  readonly makeDb?: (engine: Engine, context: ExecutionContext) => unknown
  /** Puts something between the surfaces and the engine, to look on. */
  readonly wrapEngine?: (engine: Engine) => Engine
  /** Go before those of the description. */
  readonly limits?: Partial<Limits>
  /** False: columns have the names of today's declaration, whatever the folder's snapshot says. */
  readonly useSnapshot?: boolean
}

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

interface Begun {
  readonly settings: Settings
  readonly joined: Joined
  readonly graph: ModelGraph
  readonly watching: Watching
  readonly life: Lifecycle
  readonly clock: () => number
}

async function openParts(app: App, options: OpenOptions, begun: Begun): Promise<OpenApplication> {
  const { settings, joined, graph, watching, life, clock } = begun
  const { options: declared } = app
  await life.start(
    'log',
    () => watching,
    started => started.close(),
  )

  const stored = withSystemModels(graph)
  const handedIn = options.store ?? declared.store
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
    hasMigrations: hasMigrations(options.root),
    database: handedIn === undefined ? describeAddress(settings.database, options.root) : handedIn.name,
  })
  options.fitted?.(schemaReport, settings)
  const store = refuseUnfit(opened, schemaReport.left)

  const engine = await life.start(
    'engine',
    () => makeEngine(app, options, begun, store),
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

  const auth = declared.auth ?? {}
  const issuer = auth.issuer ?? declared.name ?? 'plinth'
  const scheme = auth.scheme ?? defaultScheme
  const tokens = bearerTokens({
    key: auth.key ?? derivedKey(settings.secret ?? developmentSecret(options.root)),
    issuer,
    audience: auth.audience ?? issuer,
    type: 'JWT',
    lifetime: auth.lifetime ?? 86_400,
    now: clock,
  })
  const mounted = readMounted(graph, declared.mount ?? {})
  const callers = callerResolver({
    engine,
    tokens,
    scheme,
    attributes: callerAttributes(graph, [joined.actions, joined.routes, mounted.map(({ allow }) => allow)]),
    remember: auth.remember ?? 5000,
    now: clock,
  })
  const stopListening = engine.transactions.onCommit(({ changes, crowds }) => callers.changed(changes, crowds))
  await life.start('callers', () => {}, stopListening)

  const handlers = joinHandlers(joined.on)
  const dispatcher = options.delivers === true ? deliver(engine, handlers, { context, watching }) : null
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

const hour = 3_600_000

interface Behind {
  readonly context: (caller: Caller) => ExecutionContext
  readonly watching: Watching
}

function deliver(engine: Engine, handlers: HandlerTable, { context, watching }: Behind): Dispatcher {
  return createDispatcher(engine, {
    handlers,
    context: () => context(systemCaller('deliver events')),
    db: createDb(engine, () => context(anonymous)) as unknown as EventMore['db'],
    onFailure: error => watching.failed(error, null),
  })
}

/** Keys, and events that nobody handles, are deleted once an hour when they are past their window. */
function forgettingOldRows(engine: Engine, handlers: HandlerTable | null, { context, watching }: Behind): () => void {
  let stopped = false
  const system = (): ExecutionContext | null => (stopped ? null : context(systemCaller('forget old rows')))
  const forget = async (): Promise<void> => {
    try {
      await forgetIdempotencyKeys(engine, system)
      if (handlers !== null) await forgetUnhandledEvents(engine, namesOf(handlers), system)
    } catch (error) {
      if (!stopped) watching.failed(error, null)
    }
  }
  const timer = setInterval(() => void forget(), hour).unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}

/** The graph with rules, hooks, and the columns that fields were born with. */
export function graphAt(joined: Joined, root: string | null): ModelGraph {
  const graph = graphOf(joined.schema, joined.rules, joined.hooks)
  requireCreatable(graph)
  const snapshot = root === null ? null : loadSnapshot(root)
  return snapshot === null ? graph : withSnapshot(graph, snapshot)
}

function makeEngine(app: App, options: OpenOptions, { joined, graph }: Begun, store: Store): Engine {
  const engine = createEngine({
    graph,
    store,
    hooks: hookTable(joined),
    limits: { ...chosen(app.options.limits ?? {}, limitNames), ...options.limits },
    ...(options.newId === undefined ? {} : { newId: options.newId }),
    makeDb: options.makeDb ?? createDb,
  })
  return options.wrapEngine?.(engine) ?? engine
}

function hookTable({ hooks }: Joined): HookTable {
  const models = Object.entries(hooks?.models ?? {}).map(([model, moments]) => [
    model,
    Object.fromEntries(Object.entries(moments).map(([moment, hook]) => [moment, [hook]])),
  ])
  return Object.fromEntries(models) as HookTable
}

interface ExtensionStart {
  readonly engine: Engine
  readonly joined: Joined
  readonly life: Lifecycle
  readonly context: (caller: Caller) => ExecutionContext
  readonly root: string
}

async function startExtension(
  extension: Extension,
  { engine, joined, life, context, root }: ExtensionStart,
): Promise<void> {
  const caller = systemCaller(`the extension ${extension.name}`)
  const given = { db: createDb(engine, () => context(caller)), schema: joined.schema, root }
  await life.start(
    `extension ${extension.name}`,
    async () => {
      await extension.start?.(given)
    },
    () => extension.stop?.(given),
  )
}

const limitNames = Object.keys(defaultLimits) as (keyof Limits)[]
