/** Aggregate plans: rows are filtered, grouped, measured, ordered and written as JSON text. */
import type { ModelGraph, Value } from '../../model/index.ts'
import type { AggregatePlan, AggregateResult } from '../../query/index.ts'
import { type Run, type Scope, compileExpression, compilePredicate } from './expression.ts'
import { figure } from './figure.ts'
import { compareTuples, peekOf } from './find.ts'
import { conversion, ordering } from './value.ts'

interface Group {
  readonly by: readonly Value[]
  /** For each measure the values of the group's rows. */
  readonly measured: readonly Value[][]
}

export function compileAggregate(plan: AggregatePlan, graph: ModelGraph): (run: Run) => AggregateResult {
  const scope: Scope = { graph, parameters: plan.parameters, models: [plan.model] }
  const test = compilePredicate(plan.where, scope)
  const groupBy = plan.groupBy.map(term => {
    const of = compileExpression(term.of, scope)
    const convert = conversion(of.type, term.type)
    return (run: Run) => convert(of.of(run))
  })
  const measures = plan.measures.map(({ function: name, of, type }) => {
    const compiled = of === null ? null : compileExpression(of, scope)
    return {
      of: (run: Run): Value => (compiled === null ? true : compiled.of(run)),
      figure: (values: readonly Value[]) => figure(name, values, compiled?.type ?? null, type),
    }
  })
  const names = [...plan.groupBy, ...plan.measures].map(({ output }) => output)
  const types = [...plan.groupBy, ...plan.measures].map(({ type }) => type)
  const order = plan.order.map(({ output, direction }) => {
    const index = names.indexOf(output)
    const type = types[index]
    if (type === undefined) throw new Error(`The plan is ordered by ${output}, which is not among its outputs.`)
    return { index, compare: ordering(type, direction) }
  })
  const peek = peekOf(plan.parameters, plan.limit)

  return run => {
    const groups = new Map<string, Group>()
    const enter = (by: readonly Value[]): Group => {
      const key = JSON.stringify(by)
      const group = groups.get(key) ?? { by, measured: measures.map(() => []) }
      groups.set(key, group)
      return group
    }
    if (groupBy.length === 0) enter([])
    for (const [, row] of run.layer.read(plan.model).entries()) {
      run.step()
      run.rows[0] = row
      if (!test(run)) continue
      const group = enter(groupBy.map(of => of(run)))
      for (const [index, measure] of measures.entries()) group.measured[index]?.push(measure.of(run))
    }
    const answers = Array.from(groups.values(), ({ by, measured }) => [
      ...by,
      ...measures.map((measure, index) => measure.figure(measured[index] ?? [])),
    ])
    const pick = (values: readonly Value[]): readonly Value[] => order.map(({ index }) => values[index] ?? null)
    answers.sort((left, right) => compareTuples(pick(left), pick(right), order))
    const kept = plan.limit === null ? answers : answers.slice(0, Number(run.values[plan.limit]) - peek)
    const texts = kept.map(
      values => `{${names.map((name, index) => `${JSON.stringify(name)}:${JSON.stringify(values[index])}`).join(',')}}`,
    )
    return { json: `[${texts.join(',')}]`, rows: texts.length }
  }
}
