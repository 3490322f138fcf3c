/** Runs the queries of typed SQL, in the transaction of their context or each by itself. */
import { type Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from 'kysely'
import type { ExecutionContext } from '../../query/index.ts'
import { runTypedSql, type TypedSqlParts } from '../server/index.ts'
import { kyselyAccess } from '../sql/index.ts'

const parts = {
  createQueryCompiler: () => new MysqlQueryCompiler(),
  createAdapter: () => new MysqlAdapter(),
  createIntrospector: (db: Kysely<unknown>) => new MysqlIntrospector(db),
}

const { kyselyOver } = await kyselyAccess()

export const typedSql = <Database>(connections: TypedSqlParts, context: ExecutionContext): Kysely<Database> =>
  kyselyOver<Database>(parts, connections.store, query =>
    connections.around.inTurn(() => runTypedSql(connections, context, query)),
  )
