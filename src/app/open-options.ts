/** How an application is opened, and what there is of it before anything is. */
import type { Engine } from '../engine/index.ts'
import type { ModelGraph } from '../model/index.ts'
import type { ExecutionContext, Limits } from '../query/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { Joined } from './extension.ts'
import type { SchemaPolicy, SchemaReport } from './fit-schema.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Environment, Mode, Settings } from './settings.ts'
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

export interface Begun {
  readonly settings: Settings
  readonly joined: Joined
  readonly graph: ModelGraph
  readonly watching: Watching
  readonly life: Lifecycle
  readonly clock: () => number
}
