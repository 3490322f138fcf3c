/** What a store is: it compiles plans once, runs them many times, and carries transactions. Split by ability. */
import type { Kysely } from 'kysely'
import type { ModelGraph, ModelNode, StorageClass, Value } from '../../model/index.ts'
import type {
  AggregatePlan,
  AggregateResult,
  Capabilities,
  DeletePlan,
  Emulation,
  ExecutionContext,
  FindPlan,
  FindResult,
  InsertPlan,
  Positions,
  TransactionHandle,
  UpdatePlan,
  WriteResult,
} from '../../query/index.ts'
import type { DescribedDatabase } from './description.ts'
import type { NotifyingStore } from './notice.ts'
import type { StagingStore } from './staging.ts'

/** An embedded store answers at once, a remote one later; callers take both, so nothing waits for a promise that is not needed. */
export type Eventually<T> = T | Promise<T>

/** A plan that a store has compiled. `values` are the plan's parameters in order, in canonical form. */
export interface Prepared<Result> {
  /** The command as text, for logs, `explain` and golden files. */
  readonly command: string
  run(values: readonly Value[], context: ExecutionContext): Eventually<Result>
  /** The database's own description of how it will carry the command out, for `plinth explain`. */
  explain(values: readonly Value[]): Eventually<string>
  /** Called when the plan leaves the cache. */
  release(): void
}

export interface PreparedInsert {
  readonly command: string
  /** `rows`: the values of the plan's fields, row by row. */
  run(rows: readonly (readonly Value[])[], values: readonly Value[], context: ExecutionContext): Eventually<WriteResult>
  release(): void
}

export interface ReadableStore {
  prepareFind(plan: FindPlan): Prepared<FindResult>
  prepareAggregate(plan: AggregatePlan): Prepared<AggregateResult>
  /** The canonical value of a storage class from what `prepareFind` leaves in the JSON for outputs that are assembled by `decode`. */
  fromStored(storage: StorageClass, stored: Value): Value
}

export interface WritableStore {
  prepareInsert(plan: InsertPlan): PreparedInsert
  prepareUpdate(plan: UpdatePlan): Prepared<WriteResult>
  prepareDelete(plan: DeletePlan): Prepared<WriteResult>
}

/** `snapshot`: every read inside sees the state of one moment, nothing is written, and nobody who writes has to wait. */
export type Isolation = 'default' | 'serializable' | 'snapshot'

export interface TransactionOptions {
  readonly isolation: Isolation
  /**
   * No user code runs inside and `body` awaits nothing but this store: an embedded store may let several such transactions share one
   * commit (semantics 25), and may run the body again.
   */
  readonly together: boolean
  /** At most one statement of `body` writes, and none needs to see what another saw: a remote store needs no transaction around it. */
  readonly single?: boolean
  /** Finding what is written may take long: an embedded store keeps it out of commits that others share, and may answer reads late. */
  readonly searches?: boolean
  /** Milliseconds that the transaction may be open; 5,000 by default. */
  readonly limit: number
}

export interface TransactionalStore {
  /** Runs `body` in a transaction: committed and durable when the promise resolves, rolled back when it rejects. */
  transaction<T>(
    options: TransactionOptions,
    context: ExecutionContext,
    body: (transaction: TransactionHandle) => Eventually<T>,
  ): Promise<T>
  /**
   * Runs `body` inside the context's open transaction so that what it wrote is undone when it throws or rejects, and only that: user code
   * may catch the refusal of one operation and go on. Savepoints of one transaction run one after the other, or nest.
   */
  savepoint<T>(context: ExecutionContext, body: () => Eventually<T>): Eventually<T>
}

/** Typed SQL by hand; only code that acts for the system gets at it (semantics 1). */
export interface SqlStore {
  /**
   * A Kysely whose queries run in the context's transaction, or each by itself. `Database` names tables and columns as they are stored.
   * Without `around` each runs at once, and nobody is told.
   */
  typedSql<Database>(context: ExecutionContext, around?: AroundSql): Promise<Kysely<Database>>
  /** What the database calls the table of a model. */
  tableName(model: ModelNode): TableName
}

/** A table as the database knows it; `namespace` is the database schema that it is in, null for the one that is looked up first. */
export interface TableName {
  readonly namespace: string | null
  readonly name: string
}

/** What goes on around the queries of typed SQL. */
export interface AroundSql {
  /** Runs a query when nothing else goes on in the transaction. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /**
   * Called when a query may have changed rows: which, nobody knows. The store knows its SQL, and when in doubt it calls. Inside of a
   * transaction it may call before the query has run, else behind it, also when nobody knows what became of it.
   */
  changed(): void
}

export const nothingAround: AroundSql = Object.freeze({
  inTurn: <T>(work: () => Promise<T>) => work(),
  changed: () => undefined,
})

/** Reads may be answered by copies that lag behind, when their context says so. */
export interface ReplicatedStore {
  readonly positions: Positions
}

/** One difference between what the models need and what the database has. */
export interface SchemaDifference {
  readonly model: string
  /** A sentence for the developer. */
  readonly description: string
  /** Commands that mend it without losing anything; null: Plinth will not do this by itself. */
  readonly commands: readonly string[] | null
  /** The column that the table does not have, where that is the difference. */
  readonly missingColumn?: string
  /** Two versions of an application meet it while a migration is between its halves, and both work: the database promises less than the models say. */
  readonly tolerable?: boolean
}

export interface SchemaStore {
  /** Compares the database with the graph. */
  compareSchema(graph: ModelGraph): Eventually<readonly SchemaDifference[]>
  /** Runs the commands of additive differences in one transaction. */
  applySchema(differences: readonly SchemaDifference[]): Eventually<void>
}

/** A database that others have made can be taken over. */
export interface DescribableStore {
  /** What the database has. The store need not be open for it, and nothing is changed. */
  describe(): Promise<DescribedDatabase>
}

export interface Store
  extends
    ReadableStore,
    WritableStore,
    TransactionalStore,
    SchemaStore,
    Partial<SqlStore>,
    Partial<ReplicatedStore>,
    Partial<DescribableStore>,
    Partial<StagingStore>,
    Partial<NotifyingStore> {
  readonly name: string
  readonly capabilities: Capabilities
  /** What it does by other means than a word of its database; the documentation tells it. */
  readonly emulations: readonly Emulation[]
  /** Opens connections for the models of the graph; called once, before anything else. */
  open(graph: ModelGraph): Eventually<void>
  /** Ends what is running and closes. */
  close(): Eventually<void>
  /** Answers whether the store works, for readiness. */
  ping(context: ExecutionContext): Eventually<void>
}
