/** Typed SQL by hand: a Kysely that runs every query where its context says, in the context's transaction if it has one. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type DatabaseIntrospector,
  type Driver,
  Kysely,
  type QueryCompiler,
  type QueryResult,
} from 'kysely'
import { refusal } from '../../error/index.ts'

/** What Kysely has to know of the database. */
export interface KyselyParts {
  createQueryCompiler(): QueryCompiler
  createAdapter(): DialectAdapter
  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector
}

export type RunQuery = (query: CompiledQuery) => Promise<QueryResult<unknown>>

export function kyselyOver<Database>(parts: KyselyParts, store: string, run: RunQuery): Kysely<Database> {
  return new Kysely<Database>({
    dialect: {
      createDriver: () => new BorrowingDriver(store, run),
      createQueryCompiler: () => parts.createQueryCompiler(),
      createAdapter: () => parts.createAdapter(),
      createIntrospector: db => parts.createIntrospector(db as Kysely<unknown>),
    },
  })
}

/** Connections belong to the store: nothing is opened or closed here. */
class BorrowingDriver implements Driver {
  readonly #connection: DatabaseConnection
  readonly #store: string

  constructor(store: string, run: RunQuery) {
    this.#store = store
    this.#connection = {
      executeQuery: <Row>(query: CompiledQuery) => run(query) as Promise<QueryResult<Row>>,
      // eslint-disable-next-line require-yield -- the contract asks for a generator
      async *streamQuery() {
        throw refusal('store.unsupported', { store, reason: 'typed SQL gives its rows at once, not one by one' })
      },
    }
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    throw refusal('store.unsupported', {
      store: this.#store,
      reason: 'typed SQL takes part in the transaction of its db; use db.transaction()',
    })
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}
