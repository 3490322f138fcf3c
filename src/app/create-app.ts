/** `createApp`: what an application is made of, as a description. Nothing is opened until it is started. */
import type { ErrorDetail } from '../error/index.ts'
import { callSite } from '../lib/index.ts'
import type { Database, Hooks, Rules, Schema, SchemaShape } from '../model/index.ts'
import type { Action } from '../operation/index.ts'
import type { Limits } from '../query/index.ts'
import type { TokenKey } from '../service/auth/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { AllowedOrigins, HttpLimits } from '../surface/http/index.ts'
import type { RouteGroup } from '../surface/routes/index.ts'
import { optionMistakes } from './application-options.ts'
import type { Check } from './check/index.ts'
import type { Extension } from './extension.ts'
import type { FastifyPlugin, MountDeclaration } from './mount.ts'
import type { EventHandlers } from './parts.ts'
import type { ServerOptions } from './settings.ts'

export interface AuthOptions {
  /** The word before the token in the Authorization header: `Bearer`. */
  readonly scheme?: string
  /** Who issues tokens: the application's name, or `plinth`. Tokens of another issuer are refused. */
  readonly issuer?: string
  /** Whom tokens are for: the issuer. */
  readonly audience?: string
  /** Seconds until a token expires: 86,400, a day. */
  readonly lifetime?: number
  /** Signs tokens; derived from PLINTH_SECRET when it is not given. */
  readonly key?: TokenKey
  /** Milliseconds for which attributes of callers are remembered, at most 30,000: 5,000. 0 asks the database each time. */
  readonly remember?: number
}

/** The generated API. */
export interface ApiOptions {
  /** What its paths begin with: `/api`. */
  readonly prefix?: string
  /** How many relations a filter of the query string may follow: 2. */
  readonly relationDepth?: number
  /** False: neither `/openapi.json` nor the pages at `/docs`. */
  readonly reference?: boolean
}

export interface AppOptions<S extends SchemaShape> {
  /** For people and descriptions: the name of the API. */
  readonly name?: string
  readonly description?: string
  /** The version of the API, for descriptions: `1.0.0`. */
  readonly version?: string
  readonly schema: Schema<S>
  /** Without rules no caller reaches anything. */
  readonly rules?: Rules<S>
  readonly hooks?: Hooks<S>
  /** Served as `POST /api/actions/<name in kebab-case>`. */
  readonly actions?: Readonly<Record<string, Action<S>>>
  /** Groups of routes of the application's own; see `routesOf`. */
  readonly routes?: readonly RouteGroup[]
  /**
   * Handlers of events, by the event's name; `*` gets all.
   *
   * @example
   * on: {
   *   'issue.moved': async ({ payload, at }, { db }) => {
   *     await db.asSystem('what happened is written down').Activity.create({ what: payload, at })
   *   },
   * }
   */
  readonly on?: EventHandlers<S>
  /**
   * Puts first rows into a database that has none, when `plinth dev` starts: all of them, in one transaction, or nothing.
   *
   * @example
   * seed: async db => {
   *   await db.User.create({ email: 'anna@example.com', name: 'Anna' })
   * }
   */
  readonly seed?: (db: Database<S, 'system'>) => Promise<void>
  /** The store; DATABASE_URL decides when it is not given. */
  readonly store?: Store
  /** Bounds on requests, of the data and of HTTP; see `Limits` and `HttpLimits` for the defaults. */
  readonly limits?: Partial<Limits & HttpLimits>
  readonly auth?: AuthOptions
  readonly api?: ApiOptions
  readonly server?: ServerOptions & {
    readonly headers?: Readonly<Record<string, string>>
    /** Origins whose pages may read answers in browsers, such as `https://app.example.com`, or `'*'`. */
    readonly origins?: AllowedOrigins
  }
  readonly extensions?: readonly Extension[]
  /** Fastify plugins for the whole server: they see every request. */
  readonly plugins?: readonly FastifyPlugin[]
  /** Handlers of other frameworks, by the path that they are mounted under. */
  readonly mount?: Readonly<Record<string, MountDeclaration<S>>>
  readonly checks?: readonly Check[]
}

/** An application, described. */
export class App<out S extends SchemaShape = SchemaShape> {
  declare readonly '~schema': S
  readonly options: AppOptions<SchemaShape>
  /** File and line of `createApp`, for messages. */
  readonly place: string
  /** What is wrong with the options; told together with everything else when the application is started. */
  readonly mistakes: readonly ErrorDetail[]

  constructor(options: AppOptions<SchemaShape>, place: string) {
    // JavaScript may hand in nothing; what is missing is among the mistakes.
    this.options = Object(options) as AppOptions<SchemaShape>
    this.place = place
    this.mistakes = optionMistakes(options, place)
  }
}

/**
 * Describes an application. `plinth dev` and `plinth start` serve the default export of app.ts; `plinth/testing` runs it in tests.
 *
 * @example
 * export default createApp({ schema, rules, actions: { publish } })
 */
export function createApp<S extends SchemaShape>(options: AppOptions<S>): App<S> {
  return new App<S>(options as unknown as AppOptions<SchemaShape>, callSite(createApp))
}

/** An application of this copy of Plinth. */
export const isApp = (value: unknown): value is App => value instanceof App

/** An application of another copy, as where the command is installed for all projects. */
export const isForeignApp = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !isApp(value) && Reflect.get(value, mark) === true

/** Every copy knows it. */
const mark = Symbol.for('plinth.application')
Object.defineProperty(App.prototype, mark, { value: true })
