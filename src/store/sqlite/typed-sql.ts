/** Runs the queries of typed SQL: reads on a worker, changes on the writer. */
import type { SQLInputValue } from 'node:sqlite'
import {
  type CompiledQuery,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { PlinthError } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { AroundSql } from '../contract/index.ts'
import { kyselyAccess, mayChange, namedChange } from '../sql/index.ts'
import type { Constraints } from './constraint.ts'
import { isConstraint, isReadOnly, storeError } from './driver-error.ts'
import { endingIn, endingWith, type OpenTransaction } from './read-connections.ts'
import type { ReaderPool } from './reader-pool.ts'
import type { View } from './reader-worker.ts'
import { rowsOn } from './rows.ts'
import type { SqliteTransaction } from './transaction.ts'
import type { Writer } from './writer.ts'

export interface TypedSqlConnections {
  readonly writer: Writer
  readonly pool: ReaderPool
  readonly constraints: Constraints
  /** Throws unless the context is inside of an open transaction of this store that may write. */
  timeLeft(context: ExecutionContext): number
  /** Throws unless the context is inside of an open one. */
  transaction(context: ExecutionContext): OpenTransaction
  changing(context: ExecutionContext): void
  readonly around: AroundSql
}

const parts = {
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
}

const { kyselyOver } = await kyselyAccess()

export const typedSql = <Database>(connections: TypedSqlConnections, context: ExecutionContext): Kysely<Database> =>
  kyselyOver<Database>(parts, 'sqlite', query => connections.around.inTurn(() => run(connections, context, query)))

async function run(
  connections: TypedSqlConnections,
  context: ExecutionContext,
  query: CompiledQuery,
): Promise<QueryResult<unknown>> {
  const bound = query.parameters.map(inputOf)
  const { writer, constraints, around } = connections
  const change = (): QueryResult<unknown> => {
    const started = performance.now()
    try {
      const result = rowsOn(writer.database, query.sql, bound)
      context.observe?.({
        kind: 'statement',
        command: query.sql,
        milliseconds: performance.now() - started,
        rows: result.rows.length,
        where: 'writer',
      })
      return result
    } catch (error) {
      throw error instanceof Error && isConstraint(error)
        ? constraints.ofTypedSql(error, namedChange(query.query))
        : storeError(error)
    }
  }
  const onWorker = async (within: ExecutionContext, view: View = 'committed'): Promise<QueryResult<unknown>> => ({
    rows: (await connections.pool.run({ kind: 'rows', sql: query.sql, bound }, within, view)) as unknown[],
  })
  const onWriter = (handle: SqliteTransaction): QueryResult<unknown> => {
    connections.timeLeft(context)
    connections.changing(context)
    if (isChange(query)) around.changed()
    if (isForWriterAlone(query)) handle.threadsCanRead = false
    return change()
  }
  if (context.transaction !== null) {
    const { left, handle } = connections.transaction(context)
    const within = endingIn(left, context)
    if (isForAnyConnection(query) && handle.seenByOthers) return await onWorker(within)
    return await handle.whenFree(() =>
      isForAnyConnection(query) && handle.threadsCanRead
        ? handle.readOnThread(ended => onWorker(endingWith(ended, within), 'among changes'))
        : onWriter(handle),
    )
  }
  const inOwnTransaction = async () => {
    const result = await writer.transaction({ isolation: 'default', together: true, limit: 5000 }, context, change)
    around.changed()
    return result
  }
  if (isChange(query) && !hasRawWords.has(query.query.kind)) return await inOwnTransaction()
  try {
    return await onWorker(context)
  } catch (error) {
    // What only may change rows is mostly a read, which would hold up the process; the connections of workers can do nothing else.
    if (isReadOnly(error instanceof PlinthError ? error.cause : error)) return await inOwnTransaction()
    throw error
  }
}

/** SQLite has no functions but its own. */
const isChange = (query: CompiledQuery): boolean => mayChange(query, { routines: false })

/** Of these words may be in doubt; others say what they do. */
const hasRawWords = new Set(['SelectQueryNode', 'RawNode'])

/** Raw SQL may mean what only the writer has; these functions always do. */
const isForAnyConnection = ({ query, sql }: CompiledQuery): boolean =>
  query.kind === 'SelectQueryNode' && !/\b(?:last_insert_rowid|changes|total_changes)\s*\(/iu.test(sql)

const changingRows = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode'])

/**
 * It may make what the writer's connection alone has, as a temporary table, or lock for all others what they would have to know of the
 * tables. What is read behind it is read there.
 */
const isForWriterAlone = ({ query, sql }: CompiledQuery): boolean =>
  !changingRows.has(query.kind) && /\b(?:create|alter|drop|analyze|reindex|attach|detach|pragma)\b/iu.test(sql)

/** What a program writes, in the stored form of its kind. */
function inputOf(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Date) return value.toISOString()
  if (value === undefined) return null
  return value as SQLInputValue
}
