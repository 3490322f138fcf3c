/** The type of `db`: the operations of every model, with the types of its schema. */
import type { Kysely } from 'kysely'
import type { AggregateOptions, AggregateRow, ComparableName, GroupName, NumberName } from './aggregate.ts'
import type { Where } from './filter.ts'
import type { Address, ChangesInput, CreateInput, UniqueName, UpdateInput } from './input.ts'
import type { Mistake } from './mistake.ts'
import type { Reader } from './rows.ts'
import type { Columns, KeyNames, NativeOf, SchemaShape } from './schema.ts'
import type { CheckedInclude, CheckedSelection, Include, Result, Select, Sort } from './selection.ts'

/** What comes back of each row. Neither: every field that the caller may read. */
export interface Selecting<M, S extends SchemaShape, Sel, Inc, As extends Reader> {
  /** Exactly these fields and relations. */
  readonly select?: Sel & Select<M, S, As> & CheckedSelection<M, S, Sel>
  /** These relations besides the fields that come by themselves. */
  readonly include?: Inc & Include<M, S, As> & CheckedInclude<M, S, Inc>
}

export interface Filtering<M, S extends SchemaShape, As extends Reader> {
  readonly where?: Where<M, S, As>
  /** By key when left out. */
  readonly sort?: Sort<M, S, As>
  /** Rows that were soft-deleted too; needs the rule `withDeleted`. */
  readonly withDeleted?: boolean
}

export interface FindOptions<M, S extends SchemaShape, Sel, Inc, As extends Reader>
  extends Selecting<M, S, Sel, Inc, As>, Filtering<M, S, As> {
  /** At most so many rows; 20 when left out, at most 200 (see limits). */
  readonly limit?: number
  /** Skip so many rows; prefer `after`, which does not slow down. */
  readonly offset?: number
}

export interface PageOptions<M, S extends SchemaShape, Sel, Inc, As extends Reader> extends FindOptions<
  M,
  S,
  Sel,
  Inc,
  As
> {
  /** A cursor of an earlier page: the rows after it. */
  readonly after?: string
  /** A cursor of an earlier page: the rows before it. */
  readonly before?: string
  /** Count all rows that match. */
  readonly count?: boolean
}

/** A page of rows, and where the pages around it begin. */
export interface Page<Row> {
  readonly rows: Row[]
  readonly page: {
    /** The cursor of the next page; null when this is the last. */
    readonly after: string | null
    /** The cursor of the previous page; null when this is the first. */
    readonly before: string | null
  }
  /** All rows that match; present when it was asked for. */
  readonly count?: number
}

/** Rows to change or delete by a filter. */
interface Bulk<M, S extends SchemaShape, As extends Reader> {
  readonly where: Where<M, S, As>
}

/**
 * An empty filter is refused. (`Given` is found by the first branch; the other one leaves no trace. It stands apart from the filter, since
 * nothing would be found of a value that is a `Where` already.)
 */
interface NotEmpty<Given> {
  readonly where: [Given extends unknown ? keyof Given : never] extends [never]
    ? Mistake<'An empty filter would be about all rows'> & Given
    : unknown
}

/** What a write gives back is read by key: nothing in it is filtered or limited. */
interface Returning<M, S extends SchemaShape, Sel, Inc, As extends Reader> {
  /** Exactly these fields and relations. */
  readonly select?: Sel & Select<M, S, As> & CheckedSelection<M, S, Sel> & Unfiltered<Sel>
  /** These relations besides the fields that come by themselves. */
  readonly include?: Inc & Include<M, S, As> & CheckedInclude<M, S, Inc> & Unfiltered<Inc>
}

type Unfiltered<Sel> = {
  readonly [Name in keyof Sel]: Sel[Name] extends true
    ? unknown
    : {
        readonly [Word in keyof Sel[Name]]: Word extends 'where' | 'limit'
          ? Mistake<'What a write gives back is not filtered or limited: read the row again'>
          : Word extends 'select' | 'include'
            ? Unfiltered<Sel[Name][Word]>
            : unknown
      }
}

/** By which fields an upsert finds a row: those of the key, when nothing is said and its writer can give them. */
type UpsertOn<M, S extends SchemaShape, As extends Reader> = [KeyFlags<M, S> & ServerKey<As>] extends [never]
  ? { readonly on?: readonly UniqueName<M, S, As>[] }
  : { readonly on: readonly UniqueName<M, S, As>[] }

type ServerKey<As extends Reader> = As extends 'system' ? never : 'readOnly'

type KeyFlags<M, S extends SchemaShape> = M extends keyof S['models']
  ? Columns<M, S>[KeyNames<S['models'][M]> & keyof Columns<M, S>] extends { readonly '~flags': infer Flags }
    ? Flags
    : never
  : never

/**
 * The operations of one model. Every one runs under the rules of whoever `db` belongs to.
 *
 * `in out`, here and on the other large types that functions get as parameters: two of them are compared by their arguments. Without it the
 * compiler finds out by itself how they vary, member by member, which cost a small application a million instantiations.
 */
export interface ModelOperations<
  in out M extends keyof S['models'],
  in out S extends SchemaShape,
  in out As extends Reader,
> {
  /**
   * A list of rows.
   *
   * @example
   * const drafts = await db.Article.find({ where: { state: 'draft' }, sort: '-createdAt', include: { author: true } })
   */
  find<const Sel = unknown, const Inc = unknown>(
    options?: FindOptions<M, S, Sel, Inc, As>,
  ): Promise<Result<M, S, NoInfer<Sel>, NoInfer<Inc>, As>[]>

  /** A page of rows with the cursors of the pages around it. */
  page<const Sel = unknown, const Inc = unknown>(
    options?: PageOptions<M, S, Sel, Inc, As>,
  ): Promise<Page<Result<M, S, NoInfer<Sel>, NoInfer<Inc>, As>>>

  /** The row with this key or unique value; throws `request.not-found` when there is none that may be read. */
  get<const Sel = unknown, const Inc = unknown>(
    key: Address<M, S, As>,
    options?: Selecting<M, S, Sel, Inc, As> & { readonly withDeleted?: boolean },
  ): Promise<Result<M, S, NoInfer<Sel>, NoInfer<Inc>, As>>

  /** The first row of a list, or null. */
  first<const Sel = unknown, const Inc = unknown>(
    options?: Selecting<M, S, Sel, Inc, As> & Filtering<M, S, As>,
  ): Promise<Result<M, S, NoInfer<Sel>, NoInfer<Inc>, As> | null>

  /**
   * Creates rows, with related rows one level deep. What comes back is null when the caller may not read the new row; of a list, those rows
   * are left out.
   *
   * @example
   * await db.Article.create({ title: 'Hello', authorId: user.id, tags: { connectOrCreate: [{ name: 'news' }] } })
   */
  create<const Given = object, const Sel = unknown, const Inc = unknown>(
    rows: Taken<Given, CreateInput<M, S, As>> & Traceless<Given>,
    options?: Returning<M, S, Sel, Inc, As>,
  ): Promise<Made<Given, Result<M, S, NoInfer<Sel>, NoInfer<Inc>, As>, As>>

  /** Changes one row. */
  update<const Sel = unknown, const Inc = unknown>(
    key: Address<M, S, As>,
    changes: UpdateInput<M, S, As>,
    options?: Returning<M, S, Sel, Inc, As> & { readonly ifVersion?: number },
  ): Promise<Written<Result<M, S, NoInfer<Sel>, NoInfer<Inc>, As>, As>>

  /** Changes all rows that match, without nested writes. */
  updateMany<Given>(
    options: NotEmpty<Given> & Bulk<M, S, As> & { readonly changes: ChangesInput<M, S, As> },
  ): Promise<{ readonly count: number }>

  /** Creates the row, or updates the one that has the same values of `on` (the key's fields when left out). */
  upsert<const Sel = unknown, const Inc = unknown>(
    row: UpsertOn<M, S, As> & { readonly create: CreateInput<M, S, As>; readonly update: UpdateInput<M, S, As> },
    options?: Returning<M, S, Sel, Inc, As>,
  ): Promise<Written<Result<M, S, NoInfer<Sel>, NoInfer<Inc>, As>, As>>

  /** Deletes one row; softly where the model says so. */
  delete(key: Address<M, S, As>, options?: { readonly ifVersion?: number }): Promise<void>

  /** Deletes all rows that match. */
  deleteMany<Given>(options: NotEmpty<Given> & Bulk<M, S, As>): Promise<{ readonly count: number }>

  /** Brings a soft-deleted row back; needs the rule `withDeleted`. A row that is not deleted stays as it is. */
  restore<const Sel = unknown, const Inc = unknown>(
    key: Address<M, S, As>,
    options?: Returning<M, S, Sel, Inc, As>,
  ): Promise<Written<Result<M, S, NoInfer<Sel>, NoInfer<Inc>, As>, As>>

  /** How many rows match. */
  count(options?: { readonly where?: Where<M, S, As>; readonly withDeleted?: boolean }): Promise<number>

  /**
   * Figures over rows.
   *
   * @example
   * await db.Order.aggregate({ groupBy: ['state'], count: true, sum: ['amount'], sort: '-count' })
   */
  aggregate<
    const Group extends GroupName<M, S, As> = never,
    const Count extends true | undefined = undefined,
    const Sum extends NumberName<M, S, As> = never,
    const Avg extends NumberName<M, S, As> = never,
    const Min extends ComparableName<M, S, As> = never,
    const Max extends ComparableName<M, S, As> = never,
  >(
    options: AggregateOptions<M, S, As, Group, Count, Sum, Avg, Min, Max>,
  ): Promise<AggregateRow<M, S, As, Group, Count, Sum, Avg, Min, Max>[]>
}

/** `Given` is found by the first branch, which is never taken: what is given is typed by what stands beside, and only its form is known. */
type Traceless<Given> = [Given] extends [never] ? Given : unknown

/** One row, or a list of such. */
type Taken<Given, Row> = Given extends readonly unknown[] ? readonly Row[] : Row
type Made<Given, Row, As extends Reader> = Given extends readonly unknown[] ? Row[] : Written<Row, As>

/** What a write gives back: null when the caller may write the row and not read it. */
type Written<Row, As extends Reader> = As extends 'system' ? Row : Row | null

export interface TransactionOptions {
  readonly isolation?: 'default' | 'serializable'
}

/** What the body of a transaction is given besides its `db`. */
export interface TransactionMore {
  /** An event that leaves when the transaction commits. */
  emit(name: string, payload?: unknown): void
}

/** What every `db` can do besides the operations of its models. */
export interface DatabaseMethods<in out S extends SchemaShape, in out As extends Reader> {
  /**
   * Runs `body` in one transaction: all of it is kept when it returns, nothing when it throws. Use the `db` that it is given. What it emits
   * leaves if and only if the transaction commits.
   */
  transaction<T>(
    body: (db: Database<S, As>, more: TransactionMore) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>
  /** The same database without rules, in the same transaction. Say why; `plinth check` lists all of them. */
  asSystem(reason: string): Database<S, 'system'>
}

/**
 * A model as a table of typed SQL: numbers and texts as they are, everything else in the form in which the database keeps it. Its columns are
 * worked out before Kysely asks for them: from inside of `set(eb => …)` the compiler would come too deep.
 */
type TableOf<M, S extends SchemaShape> =
  Columns<M, S> extends infer Table
    ? {
        [Name in keyof Table]: Table[Name] extends {
          readonly '~operators': infer Operators
          readonly '~flags': infer Flags
        }
          ? 'coded' extends Flags
            ? unknown
            : StoredOf<NativeOf<Table[Name]>, Operators>
          : never
      }
    : never
type StoredOf<V, Operators> = V extends null
  ? null
  : 'none' extends Operators
    ? unknown
    : V extends number
      ? number
      : V extends string
        ? 'number' extends Operators
          ? unknown
          : string
        : unknown

/** What only code that acts for the system can do. */
export interface SystemMethods<in out S extends SchemaShape> {
  /**
   * A Kysely over these models, in the same transaction; tables and columns are called like models and fields. Rules, hooks and change
   * records know nothing of what it does.
   *
   * @example
   * const sql = await db.asSystem('monthly report').sql('Article')
   * const rows = await sql.selectFrom('Article').select('title').where('views', '>', 100).execute()
   */
  sql<const Name extends keyof S['models'] & string>(
    ...models: readonly Name[]
  ): Promise<Kysely<{ [M in Name]: TableOf<M, S> }>>
}

/**
 * A database as somebody sees it: `db.Article.find(…)`.
 *
 * @typeParam As - `caller`: with the caller's rights; `system`: without rules, private fields included
 */
export type Database<S extends SchemaShape, As extends Reader = 'caller'> = {
  readonly [Name in keyof S['models']]: ModelOperations<Name, S, As>
} & DatabaseMethods<S, As> &
  (As extends 'system' ? SystemMethods<S> : unknown)
