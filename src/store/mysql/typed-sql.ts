/** Runs the queries of typed SQL, in the transaction of their context or each by itself. */
import {
  type CompiledQuery,
  type Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type QueryResult,
} from 'kysely'
import { PlinthError } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { boundsOf, codedError, transactionOf, type TypedSqlParts, watched } from '../server/index.ts'
import { kyselyAccess, namedChange } from '../sql/index.ts'
import type { MysqlConnection } from './connection.ts'

const parts = {
  createQueryCompiler: () => new MysqlQueryCompiler(),
  createAdapter: () => new MysqlAdapter(),
  createIntrospector: (db: Kysely<unknown>) => new MysqlIntrospector(db),
}

const { kyselyOver } = await kyselyAccess()

export const typedSql = <Database>(connections: TypedSqlParts, context: ExecutionContext): Kysely<Database> =>
  kyselyOver<Database>(parts, connections.store, query => run(connections, context, query))

async function run(
  { store, driver, pool, constraints }: TypedSqlParts,
  context: ExecutionContext,
  query: CompiledQuery,
): Promise<QueryResult<unknown>> {
  const started = performance.now()
  try {
    const result =
      context.transaction === null
        ? await pool.use(context, connection =>
            watched(
              connection,
              boundsOf(context),
              (connection as MysqlConnection).objects(query.sql, query.parameters),
            ),
          )
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
  const connection = transaction.connection as MysqlConnection
  return watched(connection, transaction.bounds(context), connection.objects(query.sql, query.parameters))
}
