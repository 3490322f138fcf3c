/** In development an application also runs on a database that does not fit all its models: what touches those is refused, and says why. */
import { refusal } from '../error/index.ts'
import { isFunction } from '../lib/index.ts'
import type { AggregatePlan, FindPlan, WriteStep } from '../query/index.ts'
import type { SchemaDifference, Store } from '../store/contract/index.ts'

/** The store, without the models whose tables differ. */
export function refuseUnfit(store: Store, left: readonly SchemaDifference[]): Store {
  if (left.length === 0) return store
  const unfit = Map.groupBy(left, ({ model }) => model)
  const check = (models: Iterable<string>): void => {
    for (const model of models) {
      const differences = unfit.get(model)
      if (differences !== undefined) throw differs(model, differences)
    }
  }
  const checkRead = (plan: FindPlan | AggregatePlan): void => check([plan.model, ...Object.keys(plan.reads.models)])
  const checkWrite = (plan: WriteStep): void => check(modelsIn(plan))
  const checked: Pick<Store, Extract<keyof Store, `prepare${string}`>> = {
    prepareFind(plan) {
      checkRead(plan)
      return store.prepareFind(plan)
    },
    prepareAggregate(plan) {
      checkRead(plan)
      return store.prepareAggregate(plan)
    },
    prepareInsert(plan) {
      checkWrite(plan)
      return store.prepareInsert(plan)
    },
    prepareUpdate(plan) {
      checkWrite(plan)
      return store.prepareUpdate(plan)
    },
    prepareDelete(plan) {
      checkWrite(plan)
      return store.prepareDelete(plan)
    },
  }
  return new Proxy(store, {
    get(_, name): unknown {
      if (name in checked) return Reflect.get(checked, name)
      const member: unknown = Reflect.get(store, name)
      return isFunction(member) ? member.bind(store) : member
    },
  })
}

/** The models that a step names, in its conditions too. */
function modelsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inside]) =>
    name === 'model' && typeof inside === 'string' ? [inside] : modelsIn(inside),
  )
}

const mostTold = 3

function differs(model: string, differences: readonly SchemaDifference[]): Error {
  const told = differences.slice(0, mostTold).map(({ description }) => description)
  if (differences.length > mostTold) told.push(`And ${differences.length - mostTold} more.`)
  return refusal('store.model-unfit', { model, differences: told.join(' ') })
}
