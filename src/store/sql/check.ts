/** Checks of tables as SQL. */
import { type ModelGraph, type ModelNode, type Predicate, storedPredicate } from '../../model/index.ts'
import type { SqlDialect } from './dialect.ts'
import { predicateSql, scopeOf } from './predicate.ts'
import { tableRow } from './row.ts'
import { Statement } from './statement.ts'

/** A check fails when it is false, not when it is NULL; ours has two values (semantics 6). */
export function checkSql(model: ModelNode, predicate: Predicate, graph: ModelGraph, dialect: SqlDialect): string {
  const statement = new Statement(unranged(dialect), graph, [])
  const condition = predicateSql(storedPredicate(predicate), scopeOf(statement, [tableRow(statement, model, '')]))
  const { sql, bindings } = statement.finish(condition.strict ? condition.sql : `(${condition.sql}) is true`)
  if (bindings.length > 0) throw new TypeError(`A check of ${model.name} depends on a value of the request.`)
  return sql
}

/**
 * Arithmetic is left to the database: a check says yes or no and hands nothing out, other programs write into the table, too, and the text of
 * a check that is there must not change.
 */
const unranged = (dialect: SqlDialect): SqlDialect => ({ ...dialect, inRange: sql => sql })
