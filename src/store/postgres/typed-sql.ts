/** Runs the queries of typed SQL, in the transaction of their context or each by itself. */
import { type Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { ExecutionContext } from '../../query/index.ts'
import { runTypedSql, type TypedSqlParts } from '../server/index.ts'
import { kyselyAccess } from '../sql/index.ts'

const parts = {
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
}

const { kyselyOver } = await kyselyAccess()

export const typedSql = <Database>(connections: TypedSqlParts, context: ExecutionContext): Kysely<Database> =>
  kyselyOver<Database>(parts, connections.store, query =>
    connections.around.inTurn(() => runTypedSql(connections, context, query)),
  )
