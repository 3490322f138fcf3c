/** Runs the queries of typed SQL, in the transaction of their context or each by itself. */
import type { CompiledQuery, QueryResult } from 'kysely'
import { PlinthError, refusal } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { AroundSql } from '../contract/index.ts'
import { leavesTraces, mayChange, namedChange } from '../sql/index.ts'
import type { ObjectRows, ServerConnection, ServerDriver } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import type { ConstraintNames } from './constraint-names.ts'
import { codedErrorOfWrite } from './failure.ts'
import { noteCommit } from './note-commit.ts'
import type { Replication } from './replication.ts'
import { transactionOf } from './server-transaction.ts'
import { boundsOf, watched } from './watch.ts'

export interface TypedSqlParts {
  readonly store: string
  readonly driver: ServerDriver
  readonly pool: ConnectionPool
  readonly constraints: ConstraintNames
  readonly replication: Replication | null
  readonly around: AroundSql
}

export async function runTypedSql(
  parts: TypedSqlParts,
  context: ExecutionContext,
  query: CompiledQuery,
): Promise<QueryResult<unknown>> {
  const started = performance.now()
  const { rows, count } = await (context.transaction === null
    ? byItself(parts, context, query)
    : inTransaction(parts, context, query))
  context.observe?.({
    kind: 'statement',
    command: query.sql,
    milliseconds: performance.now() - started,
    rows: rows.length,
    where: context.transaction === null ? 'pooled' : 'transaction',
  })
  return { rows: [...rows], numAffectedRows: BigInt(count) }
}

const isChange = (query: CompiledQuery): boolean => mayChange(query, { routines: true })

async function byItself(parts: TypedSqlParts, context: ExecutionContext, query: CompiledQuery): Promise<ObjectRows> {
  try {
    return await parts.pool.use(context, connection =>
      isChange(query)
        ? changing(parts, context, connection, query)
        : watched(connection, boundsOf(context), objects(connection, query)),
    )
  } catch (error) {
    throw refused(parts, query, error)
  }
}

async function changing(
  { driver, replication, around }: TypedSqlParts,
  context: ExecutionContext,
  connection: ServerConnection,
  query: CompiledQuery,
): Promise<ObjectRows> {
  const running = objects(connection, query)
  const note = noteCommit(replication, connection, context)
  try {
    const ran = await watched(connection, boundsOf(context), running)
    await note?.('committed')
    around.changed()
    return ran
  } catch (error) {
    const isLost = driver.failureOf(error).kind === 'lost'
    // A procedure commits what it has done before it fails, where it says so or where each of its statements is a transaction.
    if (isLost || query.query.kind === 'RawNode') {
      await note?.('unknown')
      around.changed()
    }
    // The server goes on with what it has begun, and commits it.
    throw isLost ? refusal('store.outcome-unknown', {}, { cause: error }) : error
  }
}

/** A statement that fails undoes itself and nothing else, whether the database ends the transaction then or not. */
async function inTransaction(
  parts: TypedSqlParts,
  context: ExecutionContext,
  query: CompiledQuery,
): Promise<ObjectRows> {
  const transaction = transactionOf(parts.store, context)
  const { connection } = transaction
  transaction.requireAlive()
  if (isChange(query)) parts.around.changed()
  try {
    const running = transaction.errorsAbort ? enclosed(connection, query) : objects(connection, query)
    return await watched(connection, transaction.bounds(context), running)
  } catch (error) {
    const failed = transaction.failed(parts.driver, error, () => refused(parts, query, error))
    if (failed === transaction.aborted) await transaction.undo(enclosing)
    throw failed
  }
}

const enclosing = 'typed'

/** In a savepoint of its own; all three go out together, so nobody waits for more than one answer. */
async function enclosed(connection: ServerConnection, query: CompiledQuery): Promise<ObjectRows> {
  const [, rows] = await Promise.all([
    connection.command(`savepoint ${enclosing}`),
    objects(connection, query),
    // Behind a statement that has failed this fails as well, which says nothing new.
    connection.command(`release savepoint ${enclosing}`).catch(() => undefined),
  ])
  return rows
}

function objects(connection: ServerConnection, query: CompiledQuery): Promise<ObjectRows> {
  return connection.objects({ sql: query.sql, name: null }, query.parameters, leavesTraces(query))
}

function refused({ driver, constraints }: TypedSqlParts, query: CompiledQuery, error: unknown): unknown {
  if (error instanceof PlinthError) return error
  const failure = driver.failureOf(error)
  return failure.kind === 'constraint'
    ? constraints.refusalOfQuery(failure.constraint, namedChange(query.query), error)
    : codedErrorOfWrite(failure, error)
}
