/** An aggregate request, ready to run. */
import { whenSettled } from '../lib/index.ts'
import { planAggregate } from '../plan/index.ts'
import type { AggregatePlan, AggregateRequest, AggregateResult, Caller, CallerClass, Limits } from '../query/index.ts'
import type { Prepared, Store } from '../store/contract/index.ts'
import { bindParameters } from './bind.ts'
import type { PreparedAggregate } from './contract.ts'
import { groupDecoder } from './decode.ts'
import { nameCalculated } from './name-calculated.ts'
import type { PlanCache, Recipe } from './plan-cache.ts'

interface CompiledAggregate {
  readonly prepared: Prepared<AggregateResult>
  readonly decode: ((json: string) => string) | null
  release(): void
}

export function prepareAggregate(
  request: AggregateRequest,
  caller: CallerClass,
  cache: PlanCache,
  store: Store,
  limits: Limits,
): PreparedAggregate {
  const recipe: Recipe<AggregatePlan, CompiledAggregate> = {
    key: `${caller} ${JSON.stringify(request)}`,
    caller,
    plan: environment => planAggregate(request, environment),
    compile: plan => {
      const prepared = nameCalculated(store.prepareAggregate(plan), plan)
      return { prepared, decode: groupDecoder(plan, store), release: () => prepared.release() }
    },
  }
  const noPosition = { position: [], steps: {} }
  return {
    planned(by: Caller) {
      return cache.with(recipe, by, ({ plan, compiled }) => ({ plan, command: compiled.prepared.command }))
    },
    run(values, context) {
      return cache.with(
        recipe,
        context.caller,
        ({ plan, compiled }) => {
          const bound = bindParameters(plan.parameters, { ...values, ...noPosition }, context, limits)
          const sameForAll = plan.reads.caller.length === 0
          return whenSettled(compiled.prepared.run(bound, context), ({ json, rows }) => ({
            json: compiled.decode === null ? json : compiled.decode(json),
            rows,
            sameForAll,
          }))
        },
        context.observe,
      )
    },
    explain(values, context) {
      return cache.with(recipe, context.caller, ({ plan, compiled }) =>
        compiled.prepared.explain(bindParameters(plan.parameters, { ...values, ...noPosition }, context, limits)),
      )
    },
  }
}
