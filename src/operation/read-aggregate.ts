/** Figures over rows for the typed db. */
import { refusal } from '../error/index.ts'
import type { Engine } from '../engine/index.ts'
import { type ModelNode, nativeValue, type Value } from '../model/index.ts'
import type { AggregateRequest, ExecutionContext } from '../query/index.ts'
import { readSort, readWhere, Values } from './read-arguments.ts'

export interface AggregateArguments {
  readonly where?: unknown
  /** Fields, or fields of to-one relations (`author.role`); each is a property of the answer's rows. */
  readonly groupBy?: string | readonly string[]
  /** True: the number of rows as `count`. */
  readonly count?: boolean
  readonly sum?: string | readonly string[]
  readonly avg?: string | readonly string[]
  readonly min?: string | readonly string[]
  readonly max?: string | readonly string[]
  /** By groups and figures: `-count`, `state`, `sum.price`. */
  readonly sort?: unknown
  readonly limit?: number
  readonly withDeleted?: boolean
}

const functions = ['sum', 'avg', 'min', 'max'] as const

const listOf = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : typeof given === 'string' ? [given] : given

/** Rows such as `{ state: 'draft', count: 3, sum: { price: '12.50' } }`. */
export async function readAggregate(
  engine: Engine,
  model: ModelNode,
  options: AggregateArguments,
  context: ExecutionContext,
): Promise<Record<string, unknown>[]> {
  const values = new Values()
  const measures: AggregateRequest['measures'][number][] = []
  if (options.count === true) measures.push({ output: 'count', function: 'count', field: null })
  for (const name of functions) {
    for (const field of listOf(options[name])) measures.push({ output: `${name}.${field}`, function: name, field })
  }
  const groupBy = listOf(options.groupBy)
  if (measures.length === 0 && groupBy.length === 0) {
    throw refusal('request.unknown-aggregate', { name: '', model: model.name, reason: 'name at least one figure' })
  }
  const request: AggregateRequest = {
    operation: 'aggregate',
    model: model.name,
    where: readWhere(engine.graph, model, options.where, values),
    groupBy: groupBy.map(name => ({ output: name, path: name.split('.') })),
    measures,
    sort: readSort(options.sort).map(({ path, direction }) => ({ output: path.join('.'), direction })),
    limit: options.limit === undefined ? null : values.slot(options.limit),
    withDeleted: options.withDeleted === true,
  }
  const prepared = engine.aggregate(request, context.caller.class)
  const { plan } = prepared.planned(context.caller)
  const given = { form: 'native', values: values.list, cursor: null } as const
  const { json } = await engine.transactions.read(context, async () => prepared.run(given, context))
  const types = new Map([...plan.groupBy, ...plan.measures].map(({ output, type }) => [output, type]))
  const native = (output: string, value: Value): unknown => {
    const type = types.get(output)
    return type === undefined ? value : nativeValue(value, type)
  }
  return (JSON.parse(json) as Record<string, Value>[]).map(row => {
    const figures: Record<string, unknown> = {}
    for (const { output } of plan.groupBy) figures[output] = native(output, row[output] ?? null)
    for (const { output, function: name } of plan.measures) {
      const value = native(output, row[output] ?? null)
      if (output === 'count') figures['count'] = value
      else {
        const group = (figures[name] ??= {}) as Record<string, unknown>
        group[output.slice(name.length + 1)] = value
      }
    }
    return figures
  })
}
