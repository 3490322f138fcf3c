/** The types of actions: what they take, what they are given, what they give back. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type {
  CallerSymbols,
  Condition,
  Database,
  FieldsToWrite,
  FieldValues,
  InputOf,
  Columns,
  KeyNames,
  KeyOf,
  ModelName,
  NamedFields,
  NativeKey,
  PartialFields,
  SchemaShape,
} from '../../model/index.ts'
import type { Projection } from '../projection/index.ts'

/** Named fields, or a Standard Schema that can give a JSON Schema (Zod 4, Valibot, ArkType …). */
export type InputDeclaration = NamedFields | PartialFields<NamedFields> | StandardSchemaV1

/** A model's rows, rows as a projection shows them, lists of either in brackets; or named fields, or a Standard Schema. */
export type OutputDeclaration<S extends SchemaShape> =
  | RowsDeclaration<S>
  | readonly [RowsDeclaration<S>]
  | NamedFields
  | PartialFields<NamedFields>
  | StandardSchemaV1

type RowsDeclaration<S extends SchemaShape> = ModelName<S> | Projection<S>

export type InputValues<In, S extends SchemaShape> = In extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<In>
  : FieldValues<In, S>

/** What `run` gives back. Of rows only their keys are looked at: the caller gets what the caller may read. Null is answered with 204. */
export type OutputValues<Out, S extends SchemaShape> = Out extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<Out>
  : Out extends readonly [infer Rows]
    ? readonly RowReference<ModelOf<Rows>, S>[]
    : Out extends string | Projection<S>
      ? RowReference<ModelOf<Out>, S> | null
      : [Out] extends [undefined]
        ? unknown
        : FieldsToWrite<Out, S>

type ModelOf<Rows> = Rows extends { readonly '~model': infer M } ? M : Rows

/** A row, or its key. */
type RowReference<M, S extends SchemaShape> = M extends keyof S['models']
  ? KeyOf<S, M> | { readonly [Name in KeyNames<S['models'][M]> & keyof Columns<M, S>]: InputOf<Columns<M, S>[Name]> }
  : never

export interface ActionCaller<S extends SchemaShape> {
  readonly isSignedIn: boolean
  /** The key of the caller's row. Whoever is not signed in is refused with 401 when this is read. */
  readonly key: S['caller'] extends keyof S['models'] ? NativeKey<S, S['caller']> : never
}

/** A request as it was sent: for what is no input, as a header, or the bytes that a signature is made of. */
export interface ActionRequest {
  readonly method: string
  /** Still percent-encoded, without the query. */
  readonly path: string
  /** The query, still percent-encoded, without its "?". */
  readonly search: string
  /** A header by its name, in whatever case; what was sent several times is joined by commas. */
  header(name: string): string | undefined
  /** The body, byte for byte; null when there is none. */
  readonly bytes: Uint8Array | null
  /** The address at the other end of the connection. */
  readonly remoteAddress: string
  /** As the answer has it (`X-Request-Id`), and the log. */
  readonly id: string
}

/** What an action is given when it runs. */
export interface ActionCall<Input, S extends SchemaShape> {
  /** The database with the caller's rights, inside the action's transaction. */
  readonly db: Database<S>
  readonly input: Input
  readonly caller: ActionCaller<S>
  readonly request: ActionRequest
  /** An event that leaves when the transaction commits, and only then. */
  emit(name: string, payload?: unknown): void
  /** The request's one moment. */
  readonly now: Date
  /** Aborted when nobody waits for the answer any more. Hand it to what can be stopped. */
  readonly signal: AbortSignal
  /** A signed token for the caller with this key: what signing in gives out. */
  issueToken(key: S['caller'] extends keyof S['models'] ? KeyOf<S, S['caller']> : never): string
}

/** What an action is declared with. */
export interface ActionOptions<In, Out, S extends SchemaShape> {
  /** What the action takes; nothing when it is left out. */
  readonly input?: In
  /** What it answers with; 204 without a body when it is left out. */
  readonly output?: Out
  /** Who may call it, by the caller alone. Nobody, when it is left out. It opens the action, not the rows. */
  readonly allow?: Condition | ((symbols: CallerSymbols<S>) => Condition)
  /** Its answers are not kept for repeated requests: it cannot be called with an Idempotency-Key. */
  readonly secret?: boolean
  /** It may run again when the database is busy with others: at most ten times in all, as long as the request has time. */
  readonly retryable?: boolean
  /** Of its transaction; `serializable` where the store's default is not enough. */
  readonly isolation?: 'default' | 'serializable'
  /**
   * False: no transaction is begun; each write is one of its own, or use `db.transaction`. For work that takes long before it writes, such as
   * hashing a password or asking another system: a transaction would hold up every other writer meanwhile. It emits in
   * a `db.transaction` of its own.
   */
  readonly transaction?: false
  /** What it does, for OpenAPI and the documents made of it. */
  readonly description?: string
  /** What people call it. */
  readonly label?: string
  /** It will go away: true, or why and what instead. */
  readonly deprecated?: boolean | string
  /** What happens. Rows that it gives back are selected again with the caller's rights. */
  readonly run: (call: ActionCall<InputValues<In, S>, S>) => OutputValues<Out, S> | Promise<OutputValues<Out, S>>
}
