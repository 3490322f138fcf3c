/** Aggregate plans as commands. */
import { isAlways, type ModelGraph, modelOf } from '../../model/index.ts'
import type { AggregatePlan } from '../../query/index.ts'
import { type CommandLimit, commandLimit } from './command-limit.ts'
import type { SqlDialect, SqlValue } from './dialect.ts'
import { typedValueSql } from './expression.ts'
import { joinValue, reached } from './joined-value.ts'
import { converted, figureSql } from './number.ts'
import { scopeOf } from './predicate.ts'
import { guarded, tableRow, whereClause } from './row.ts'
import { words } from './select.ts'
import { type Command, integerType, Statement } from './statement.ts'

/** Each row of the result is one JSON text. */
export interface AggregateCommand extends Command {
  readonly limit: CommandLimit | null
}

export function aggregateCommand(plan: AggregatePlan, graph: ModelGraph, dialect: SqlDialect): AggregateCommand {
  const statement = new Statement(dialect, graph, plan.parameters)
  const model = modelOf(graph, plan.model)
  const joins: string[] = []
  let row = tableRow(statement, model, statement.alias('t0'))
  for (const { of } of plan.groupBy) {
    const end = reached(of, model)
    if (end === null) continue
    const joined = joinValue({ of, reached: end, optional: true }, scopeOf(statement, [row]))
    row = joined.row
    joins.push(joined.join)
  }
  const scope = scopeOf(statement, [row])
  const groups = plan.groupBy.map((term, index) => ({
    output: term.output,
    name: `g${index}`,
    value: converted(dialect, typedValueSql(term.of, scope), term.type),
  }))
  const measures = plan.measures.map((measure, index) => {
    const of = measure.of === null ? null : typedValueSql(measure.of, scope)
    return {
      output: measure.output,
      name: `m${index}`,
      value: {
        sql: figureSql(dialect, measure.function, of, measure.type),
        type: measure.type,
        nullable: measure.function !== 'count',
        checked: of?.checked ?? true,
      },
    }
  })
  const guard = dialect.guard(row.alias, model, 0)
  const conditions = guarded(guard, isAlways(plan.where) ? null : scope.condition(plan.where, scope).sql)
  const all = [...groups, ...measures]
  // Grouped inside, written outside: the JSON and the order name each figure once.
  const inner = words(
    `select ${all.map(({ name, value }) => `${value.sql} as ${name}`).join(', ')} from ${dialect.table(model)} ${row.alias}`,
    ...joins,
    whereClause(conditions),
    groups.length === 0 ? '' : `group by ${groups.map((_group, index) => String(index + 1)).join(', ')}`,
  )
  const outer = (name: string, value: SqlValue): SqlValue => ({ ...value, sql: `a.${name}` })
  const order = plan.order.map(({ output, direction }) => {
    const term = all.find(one => one.output === output)
    if (term === undefined) throw new Error(`The plan is ordered by ${output}, which is not among its outputs.`)
    return dialect.orderTerm(
      `a.${term.name}`,
      direction === 'descending',
      term.value.nullable ? true : undefined,
      false,
    )
  })
  const json = dialect.json.object(
    all.map(({ output, name, value }) => ({ name: output, json: dialect.json.value(outer(name, value)) })),
  )
  const limit = plan.limit === null ? null : statement.bind({ parameter: plan.limit, as: 'limit', type: integerType })
  return {
    ...statement.finish(
      words(
        `select ${dialect.json.text(json)} from (${inner}) a`,
        order.length === 0 ? '' : `order by ${order.join(', ')}`,
        dialect.limit(limit, null),
      ),
    ),
    limit: commandLimit(plan.limit, plan.parameters),
  }
}
