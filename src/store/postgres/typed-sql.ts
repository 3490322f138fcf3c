/** Runs the queries of typed SQL, in the transaction of their context or each by itself. */
import {
  type CompiledQuery,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { PlinthError } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { boundsOf, codedError, noteCommit, transactionOf, type TypedSqlParts, watched } from '../server/index.ts'
import { kyselyAccess, namedChange } from '../sql/index.ts'
import type { PostgresConnection } from './connection.ts'

const parts = {
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
}

const { kyselyOver } = await kyselyAccess()

export const typedSql = <Database>(connections: TypedSqlParts, context: ExecutionContext): Kysely<Database> =>
  kyselyOver<Database>(parts, connections.store, query => run(connections, context, query))

async function run(
  { store, driver, pool, constraints, replication }: TypedSqlParts,
  context: ExecutionContext,
  query: CompiledQuery,
): Promise<QueryResult<unknown>> {
  const started = performance.now()
  try {
    const result =
      context.transaction === null
        ? await pool.use(context, async connection => {
            const running = (connection as PostgresConnection).objects(query.sql, query.parameters)
            const note = noteCommit(replication, connection, context)
            const ran = await watched(connection, boundsOf(context), running)
            await note?.('committed')
            return ran
          })
        : await inTransaction(store, context, query)
    context.observe?.({
      kind: 'statement',
      command: query.sql,
      milliseconds: performance.now() - started,
      rows: result.rows.length,
      where: context.transaction === null ? 'pooled' : 'transaction',
    })
    return { rows: [...result.rows], numAffectedRows: BigInt(result.count) }
  } catch (error) {
    if (error instanceof PlinthError) throw error
    const failure = driver.failureOf(error)
    throw failure.kind === 'constraint'
      ? constraints.refusalOfQuery(failure.constraint, namedChange(query.query), error)
      : codedError(failure, error)
  }
}

async function inTransaction(store: string, context: ExecutionContext, query: CompiledQuery) {
  const transaction = transactionOf(store, context)
  const connection = transaction.connection as PostgresConnection
  return watched(connection, transaction.bounds(context), connection.objects(query.sql, query.parameters))
}
