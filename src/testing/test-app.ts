/** An application in process, with a database of its own. */
import { type App, isApp, isForeignApp, type OpenApplication, openApplication, silent } from '../app/index.ts'
import type { Committed } from '../engine/index.ts'
import { type Database, kindOf, type ModelNode, type SchemaShape } from '../model/index.ts'
import { createDb, hasParts, keySegment, type UntypedDb } from '../operation/index.ts'
import { anonymous, systemCaller } from '../query/index.ts'
import { defaultScheme } from '../service/auth/index.ts'
import type { Store } from '../store/contract/index.ts'
import { memoryStore } from '../store/memory/index.ts'
import { sqliteStore } from '../store/sqlite/index.ts'
import { type TestClock, testClock, testIds } from './controlled-clock.ts'
import { statementCounter } from './count-statements.ts'
import { isServerUrl, type OwnDatabase, ownDatabase } from './own-database.ts'
import { requireWords, type Words } from './require-words.ts'
import { headersOf, parsedBody, type RequestOptions, type TestResponse } from './test-response.ts'

/** What differs from an application as tests have it by default. */
export interface TestAppOptions {
  /**
   * `sqlite`: a file of its own that is removed at the end (the default). `memory`: rows in this process. The URL of a database server: a database of
   * its own there, or a schema of PostgreSQL, which is dropped at the end. Or a store of yours.
   */
  readonly store?: 'sqlite' | 'memory' | (string & {}) | Store
  /** Where the clock stands at the beginning: 2030-01-01T00:00:00.000Z. */
  readonly now?: Date | string
  /** Seed of the ids; the same seed gives the same ids. 1 by default. */
  readonly ids?: number
  /** Settings, instead of the process's variables. */
  readonly environment?: Readonly<Record<string, string>>
}

export const optionWords: Words<TestAppOptions> = { store: true, now: true, ids: true, environment: true }
const requestWords: Words<RequestOptions & { readonly as?: unknown }> = { as: true, body: true, headers: true }

/** Whom to act as: the key of the caller's row, or a row that has it. */
export type ActAs = string | number | bigint | Date | Uint8Array | Readonly<Record<string, unknown>>

/** An application as one caller meets it. */
export interface TestCaller<S extends SchemaShape> {
  /** The db with this caller's rights. */
  readonly db: Database<S, 'caller'>
  /** Any request, by this caller. */
  request(method: string, url: string, options?: RequestOptions): Promise<TestResponse>
  get(url: string, options?: RequestOptions): Promise<TestResponse>
  post(url: string, body?: unknown, options?: RequestOptions): Promise<TestResponse>
  patch(url: string, body?: unknown, options?: RequestOptions): Promise<TestResponse>
  delete(url: string, options?: RequestOptions): Promise<TestResponse>
}

export interface TestApp<S extends SchemaShape> extends AsyncDisposable {
  /** The db without rules, for what a test begins with and for looking at what is there afterwards. */
  readonly db: Database<S, 'system'>
  /** The application's time, which stands still until the test moves it. */
  readonly clock: TestClock
  /** Errors of status 500 and above, and of event handlers, that happened so far. A test that expects none can say so. */
  readonly failures: readonly unknown[]
  /** Acts as somebody who is signed in. */
  as(caller: ActAs): TestCaller<S>
  /** Acts as somebody who is not signed in. */
  asAnonymous(): TestCaller<S>
  /** A request, by default of an anonymous caller. */
  request(method: string, url: string, options?: RequestOptions & { readonly as?: ActAs | null }): Promise<TestResponse>
  /** A bearer token for a caller. */
  token(caller: ActAs): string
  /** Stops the application and removes its database; `await using` does so by itself. */
  close(): Promise<void>
}

/** For tests only: what it signs is worth nothing elsewhere. */
const testSecret = 'plinth/testing signs with this, and nobody else does'

/**
 * Opens an application in this process: no port, a database of its own, time and ids that are the same in every run.
 *
 * @example
 * await using test = await createTestApp(app)
 * const anna = await test.db.User.create({ email: 'anna@example.com', name: 'Anna' })
 * const answer = await test.as(anna).post('/api/articles', { title: 'Hello' })
 * expect(answer.status).toBe(201)
 */
export async function createTestApp<S extends SchemaShape>(
  app: App<S>,
  options: TestAppOptions = {},
): Promise<TestApp<S>> {
  if (!isApp(app) && !isForeignApp(app))
    throw new TypeError('createTestApp() takes what createApp() gives, the default export of app.ts')
  requireWords('The option object of createTestApp()', options, optionWords)
  const clock = testClock(options.now ?? '2030-01-01T00:00:00.000Z')
  const counter = statementCounter()
  const failures: unknown[] = []
  const committed: Committed[] = []
  const own = await storeFor(options.store ?? 'sqlite', app)
  const opened = await openApplication(app, {
    root: process.cwd(),
    mode: 'test',
    delivers: true,
    environment: { PLINTH_SECRET: testSecret, ...options.environment },
    schema: 'follow',
    useSnapshot: false,
    store: own.store,
    clock: clock.now,
    newId: testIds(clock, options.ids ?? 1),
    makeDb: (engine, context) => createDb(engine, { ...context, observe: counter.forCode(context.observe) }),
    watching: () => ({ ...silent, failed: error => failures.push(error), timeline: counter.timeline }),
  }).catch(async (error: unknown) => {
    // What stands against the start may stand against this, too, and is what has to be told.
    await own.drop().catch(() => undefined)
    throw error
  })
  const close = async (): Promise<void> => {
    await opened.close()
    await own.drop()
  }
  opened.engine.transactions.onCommit(one => committed.push(one))
  const scheme = (app as unknown as App).options.auth?.scheme ?? defaultScheme

  const request: TestApp<S>['request'] = async (method, url, given = {}) => {
    requireWords('A request', given, requestWords)
    const { body, headers = {} } = given
    const as = 'as' in given && given.as !== null ? somebody(given.as) : null
    const sent: Record<string, string> = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    if (as !== null) {
      const key = keyOf(opened, as)
      sent['authorization'] ??= `${scheme} ${opened.tokens.issue(key)}`
      await lookUp(opened, key)
    }
    if (body !== undefined && typeof body !== 'string') sent['content-type'] ??= 'application/json'
    const before = committed.length
    const answer = await opened.http.fastify.inject({
      method: method as 'GET',
      url,
      headers: sent,
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const received = headersOf(answer.headers)
    const { own, code } = counter.last()
    // What a handler of events writes meanwhile is no part of the request.
    const mine = committed.slice(before).filter(({ trace }) => trace === received['x-request-id'])
    return {
      status: answer.statusCode,
      headers: received,
      text: answer.body,
      body: parsedBody(received['content-type'], answer.body),
      statements: own,
      codeStatements: code,
      changes: mine.flatMap(({ changes }) => changes),
      events: mine.flatMap(({ events }) => events),
    }
  }

  const callerFor = (as: ActAs | null): TestCaller<S> => {
    const send = (method: string, url: string, given: RequestOptions = {}) => request(method, url, { as, ...given })
    return {
      db: lazyDb(opened, as) as Database<S, 'caller'>,
      request: send,
      get: (url, given) => send('GET', url, given),
      post: (url, body, given) => send('POST', url, { ...given, body }),
      patch: (url, body, given) => send('PATCH', url, { ...given, body }),
      delete: (url, given) => send('DELETE', url, given),
    }
  }

  return {
    db: createDb(opened.engine, () => opened.context(system)) as unknown as Database<S, 'system'>,
    clock,
    failures,
    as: caller => callerFor(somebody(caller)),
    asAnonymous: () => callerFor(null),
    request,
    token: as => opened.tokens.issue(keyOf(opened, as)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const system = systemCaller('a test')

/** A row that is not there acts as nobody, and what is refused to nobody proves nothing. */
export function somebody(as: ActAs | null | undefined): ActAs {
  if (as === null || as === undefined)
    throw new TypeError(
      `There is ${String(as)} to act as; whoever is not signed in is asAnonymous(), or a scenario without "as"`,
    )
  return as
}

async function storeFor(choice: string | Store, app: App): Promise<OwnDatabase> {
  const kept = (store: Store): OwnDatabase => ({ store, drop: async () => undefined })
  if (typeof choice === 'object') return kept(choice)
  if (choice === 'sqlite') return kept(sqliteStore({ file: ':memory:' }))
  if (choice === 'memory') return kept(memoryStore())
  if (typeof choice === 'string' && isServerUrl(choice)) return await ownDatabase(choice, app.options.schema.graph)
  throw new TypeError(
    `"${String(choice)}" is no store; there are sqlite, memory, URLs of database servers, and stores of yours`,
  )
}

/** Finding out who is calling is remembered between requests; here it is always done before, so that budgets do not depend on order. */
async function lookUp(opened: OpenApplication, subject: string): Promise<void> {
  try {
    await opened.callers.ofSubject(subject, opened.context(anonymous))
  } catch {
    // The request itself will be refused for it.
  }
}

/** The key as tokens have it. */
function keyOf(opened: OpenApplication, as: ActAs): string {
  const model = opened.graph.caller === null ? undefined : opened.graph.models[opened.graph.caller]
  if (!hasParts(as)) return partText(model?.fields[model.key[0] ?? ''], as)
  if (model === undefined) throw new TypeError('The schema names no caller model, so nobody can be acted as')
  return model.key
    .map(name => {
      const part = as[name]
      if (part === undefined || part === null) throw new TypeError(`The row to act as has no "${name}"`)
      return partText(model.fields[name], part)
    })
    .join(',')
}

/** What is no value of the field names nobody, and is sent as it is. */
function partText(field: ModelNode['fields'][string] | undefined, given: unknown): string {
  const parsed = field === undefined ? null : kindOf(field.type).parseNative(given, field.type, '')
  return keySegment([parsed?.ok === true ? parsed.value : String(given)])
}

/** The db of a caller who is looked up each time: what the caller may do can change while a test runs. */
function lazyDb(opened: OpenApplication, as: ActAs | null): unknown {
  const dbFor = async (): Promise<UntypedDb> => {
    const base = opened.context(anonymous)
    const caller = as === null ? anonymous : await opened.callers.ofSubject(keyOf(opened, as), base)
    return createDb(opened.engine, () => opened.context(caller))
  }
  const own: Record<string, unknown> = {
    transaction: async (body: never, options: never) => (await dbFor()).transaction(body, options),
    asSystem: (reason: string) => createDb(opened.engine, () => opened.context({ ...system, reason })),
  }
  return new Proxy(own, {
    get(target, name) {
      if (typeof name !== 'string' || Object.hasOwn(target, name)) return Reflect.get(target, name) as unknown
      if (!Object.hasOwn(opened.graph.models, name)) return undefined
      return new Proxy(
        {},
        {
          get: (_, operation) => {
            if (typeof operation !== 'string' || operation === 'then') return undefined
            return async (...given: unknown[]) => {
              const db = await dbFor()
              const model = db[name] as Readonly<Record<string, (...given: unknown[]) => unknown>>
              const run = model[operation]
              if (run === undefined) throw new TypeError(`db.${name} has no operation "${operation}"`)
              return run(...given)
            }
          },
        },
      )
    },
  })
}
