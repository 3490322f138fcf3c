/** A find request, ready to run: bind → run → shape. This is the hot path; it stays synchronous while the store does. */
import { whenSettled, wholeText } from '../lib/index.ts'
import { planFind } from '../plan/index.ts'
import type {
  Caller,
  CallerClass,
  ExecutionContext,
  FindPlan,
  FindRequest,
  FindResult,
  Limits,
} from '../query/index.ts'
import type { Eventually, Prepared, Store } from '../store/contract/index.ts'
import { bindParameters, checkLimitProducts } from './bind.ts'
import type { FoundRows, PreparedFind, RequestValues } from './contract.ts'
import { cursorShape, readCursor, writeCursor } from './cursor.ts'
import { resultDecoder } from './decode.ts'
import { nameCalculated } from './name-calculated.ts'
import type { PlanCache, Recipe, Variant } from './plan-cache.ts'
import { requireSendable } from './response-size.ts'

interface CompiledFind {
  readonly prepared: Prepared<FindResult>
  readonly decode: ((json: string) => string) | null
  readonly sameForAll: boolean
  release(): void
}

export function prepareFind(
  request: FindRequest,
  caller: CallerClass,
  cache: PlanCache,
  store: Store,
  limits: Limits,
): PreparedFind {
  let hashed: string | null = null
  // A hash that only pages with neighbours need: code that asks for rows once makes its request anew each time.
  const positions = (): string => (hashed ??= cursorShape(request))
  const recipe: Recipe<FindPlan, CompiledFind> = {
    key: `${caller} ${JSON.stringify(request)}`,
    caller,
    plan: environment => planFind(request, environment),
    compile: plan => {
      const prepared = nameCalculated(store.prepareFind(plan), plan)
      return {
        prepared,
        decode: resultDecoder(plan, store),
        sameForAll: plan.reads.caller.length === 0,
        release: () => prepared.release(),
      }
    },
  }

  function bind(plan: FindPlan, values: RequestValues, context: ExecutionContext) {
    const position = request.seek === null ? [] : readCursor(values.cursor ?? '', positions(), plan.parameters)
    const sources = { form: values.form, values: values.values, position, steps: {} }
    const bound = bindParameters(plan.parameters, sources, context, limits)
    if (plan.limitProducts.length > 0) checkLimitProducts(plan.limitProducts, plan.parameters, bound, limits)
    return bound
  }

  function shape({ plan, compiled }: Variant<FindPlan, CompiledFind>, result: FindResult): FoundRows {
    const { decode } = compiled
    const json = result.json === null || decode === null ? result.json : decode(wholeText(result.json))
    if (json !== null) requireSendable(json, limits)
    const { order } = plan.root
    const before = plan.backward ? result.more : request.seek !== null || isOffset(plan)
    const after = plan.backward ? true : result.more
    return {
      json,
      rows: result.rows,
      after: after && result.last !== null ? writeCursor(positions(), order, result.last) : null,
      before: before && result.first !== null ? writeCursor(positions(), order, result.first) : null,
      count: result.count,
      version: result.version,
      sameForAll: compiled.sameForAll,
    }
  }

  return {
    shape: recipe.key,
    planned(by: Caller) {
      return cache.with(recipe, by, ({ plan, compiled }) => ({ plan, command: compiled.prepared.command }))
    },
    run(values, context): Eventually<FoundRows> {
      return cache.with(
        recipe,
        context.caller,
        variant =>
          whenSettled(variant.compiled.prepared.run(bind(variant.plan, values, context), context), result =>
            shape(variant, result),
          ),
        context.observe,
      )
    },
    explain(values, context): Eventually<string> {
      return cache.with(recipe, context.caller, ({ plan, compiled }) =>
        compiled.prepared.explain(bind(plan, values, context)),
      )
    },
  }
}

/** A page that was reached by offset may have rows before it. */
function isOffset(plan: FindPlan): boolean {
  return plan.root.offset !== null
}
