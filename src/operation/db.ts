/** The typed db of actions, hooks, scripts and tests: one object with the operations of every model, under one caller's rights. */
import type { Kysely } from 'kysely'
import { refusal, wordsOfOthers } from '../error/index.ts'
import type { Engine } from '../engine/index.ts'
import { isFunction, own, settle, type Steps } from '../lib/index.ts'
import { declaredModels, type ModelGraph, type TransactionMore } from '../model/index.ts'
import { asSystem, type ExecutionContext } from '../query/index.ts'
import { modelDb, type UntypedModelDb } from './db-model.ts'
import { emittedEvents } from './emitted-events.ts'
import { typedSql } from './typed-sql.ts'

export interface DbTransactionOptions {
  /** `serializable` where the store's default is not enough. */
  readonly isolation?: 'default' | 'serializable'
}

type TransactionBody<T> = (db: UntypedDb, more: TransactionMore) => Promise<T>

/** The db without its types; `Db` gives it those of a schema. */
export interface UntypedDb {
  transaction<T>(body: TransactionBody<T>, options?: DbTransactionOptions): Promise<T>
  asSystem(reason: string): UntypedDb
  sql(...models: readonly string[]): Promise<Kysely<unknown>>
  readonly [model: string]: unknown
}

/** Events are written after the body, as those of an action are: they are the last that a transaction holds locks for. */
function* bodySteps<T>(engine: Engine, body: TransactionBody<T>, inside: ExecutionContext): Steps<T> {
  const emitted = emittedEvents()
  const result = yield* settle(body(createDb(engine, inside), { emit: emitted.emit }))
  yield* emitted.write(engine, inside)
  return result
}

const others = wordsOfOthers('db', {
  $transaction: 'transaction',
  $queryRaw: 'sql',
  $executeRaw: 'sql',
  query: 'sql',
  raw: 'sql',
  execute: 'sql',
})

/** Prisma's `db.post`, or the name of a collection: undefined would only have no `find`. */
function refuseSpelling(graph: ModelGraph, name: string): void {
  const asked = name.toLowerCase()
  const meant = declaredModels(graph).find(
    model => asked === model.name.toLowerCase() || asked === model.plural.replaceAll('-', '').toLowerCase(),
  )
  if (meant === undefined) return
  throw refusal('boot.word-unknown', { what: 'db', name, nearest: meant.name, possible: '' })
}

/** What JavaScript itself asks of objects, as `await` does. */
const askedByJavaScript = new Set(['then', 'toJSON'])

/** A db for a context. Its models are made when they are first used. */
export function createDb(engine: Engine, context: ExecutionContext | (() => ExecutionContext)): UntypedDb {
  const makeContext = typeof context === 'function' ? context : () => context
  const models = new Map<string, UntypedModelDb>()
  const methods: Record<string, unknown> = {
    async transaction<T>(body: TransactionBody<T>, options: DbTransactionOptions = {}): Promise<T> {
      if (!isFunction(body)) throw refusal('writes.transaction-needs-function', {})
      const choice = { together: false, isolation: options.isolation ?? 'default' } as const
      return engine.transactions.run(makeContext(), choice, inside => bodySteps(engine, body, inside))
    },
    asSystem(reason: string): UntypedDb {
      if (typeof reason !== 'string' || reason.trim() === '') throw refusal('writes.system-needs-reason', {})
      return createDb(engine, () => asSystem(makeContext(), reason))
    },
    sql: (...names: readonly string[]) => typedSql(engine, names, makeContext()),
  }
  return new Proxy(methods, {
    get(target, name) {
      if (typeof name !== 'string' || Object.hasOwn(target, name)) return Reflect.get(target, name) as unknown
      const model = own(engine.graph.models, name)
      if (model === undefined || model.hidden) {
        if (!askedByJavaScript.has(name)) refuseSpelling(engine.graph, name)
        return Reflect.get(others, name) as unknown
      }
      const known = models.get(name) ?? modelDb(engine, model, makeContext)
      models.set(name, known)
      return known
    },
    has: (target, name) =>
      Object.hasOwn(target, name) || (typeof name === 'string' && Object.hasOwn(engine.graph.models, name)),
    // Unknown properties would otherwise be silent: a db is not extended.
    set: () => false,
  }) as unknown as UntypedDb
}
