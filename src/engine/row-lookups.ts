/** What writes look up of rows: how they stand with the rules, what is stored, and what their writer gets back. All inside of their transaction. */
import { settle, type Steps, wholeText } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import {
  type FoundRequest,
  foundStep,
  planFound,
  planReadBack,
  planReadBackOne,
  planStatus,
  planStored,
  type StatusRequest,
} from '../plan/index.ts'
import type { Caller, ExecutionContext, FindPlan, FindResult, Limits, Selection } from '../query/index.ts'
import type { Prepared, Store } from '../store/contract/index.ts'
import { bindParameters, checkLimitProducts, noSources } from './bind.ts'
import { resultDecoder } from './decode.ts'
import { nameCalculated } from './name-calculated.ts'
import type { PlanCache, Recipe } from './plan-cache.ts'
import { requireSendable } from './response-size.ts'
import { rowKey } from './row-values.ts'
import { keyOf, keysOf, keyText, storedValue, type StepValues, tuplesOf } from './step-values.ts'

/** How a row stands with the rules of an operation. */
export interface RowStatus {
  readonly key: readonly Value[]
  readonly readable: boolean
  readonly allowed: boolean
  readonly references: boolean
  readonly version: number | null
}

interface CompiledRead {
  readonly prepared: Prepared<FindResult>
  readonly decode: ((json: string) => string) | null
  release(): void
}

export class RowLookups {
  readonly #cache: PlanCache
  readonly #store: Store
  readonly #limits: Limits

  constructor(cache: PlanCache, store: Store, limits: Limits) {
    this.#cache = cache
    this.#store = store
    this.#limits = limits
  }

  /** How the rows with these keys stand with the rules; rows that are not there are missing from the answer. */
  *status(
    request: StatusRequest,
    keys: readonly (readonly Value[])[],
    model: ModelNode,
    context: ExecutionContext,
  ): Steps<readonly RowStatus[]> {
    return yield* this.#status(request, keysOf(model, keys), model, context)
  }

  /** How the row with these values of the unique fields that the request names stands with the rules; undefined when there is none. */
  *statusBy(
    request: StatusRequest & { readonly by: readonly string[] },
    values: readonly Value[],
    model: ModelNode,
    context: ExecutionContext,
  ): Steps<RowStatus | undefined> {
    const steps: Record<string, Value> = {}
    for (const [index, field] of request.by.entries())
      steps[`by.${field}`] = storedValue(model, field, values[index] ?? null)
    const [status] = yield* this.#status(request, steps, model, context)
    return status
  }

  /** Refuses now when the caller may not know the fields by which the request names its row. */
  requireOpenStatus(request: StatusRequest, caller: Caller): void {
    this.#cache.with(this.#statusRecipe(request, caller), caller, () => undefined)
  }

  #statusRecipe(request: StatusRequest, caller: Caller): Recipe<FindPlan, CompiledRead> {
    const plan: Recipe<FindPlan, CompiledRead>['plan'] = environment => planStatus(request, environment)
    return this.#readRecipe(`status ${JSON.stringify(request)}`, plan, caller)
  }

  *#status(
    request: StatusRequest,
    steps: StepValues,
    model: ModelNode,
    context: ExecutionContext,
  ): Steps<readonly RowStatus[]> {
    const { json } = yield* this.#readResult(this.#statusRecipe(request, context.caller), steps, context)
    const rows = JSON.parse(json === null ? '[]' : wholeText(json)) as Record<string, Value>[]
    return rows.map(row => ({
      key: rowKey(model, row),
      readable: row['$readable'] === true,
      allowed: row['$allowed'] === true,
      references: row['$references'] === true,
      version: typeof row['$version'] === 'number' ? row['$version'] : null,
    }))
  }

  /** The stored fields of rows, in canonical form, in the order of the keys; rows that are not there are left out. */
  *stored(
    model: ModelNode,
    keys: readonly (readonly Value[])[],
    context: ExecutionContext,
  ): Steps<readonly Record<string, Value>[]> {
    const json = yield* this.#read(
      `stored ${model.name}`,
      environment => planStored(model.name, environment),
      keysOf(model, keys),
      context,
    )
    const found = JSON.parse(json ?? '[]') as Record<string, Value>[]
    return found.length > 1 ? inOrder(model, keys, found) : found
  }

  /** Rows that the caller may read by values of fields, one tuple for each row; `folded`: those fields whose letter case does not count. */
  *found(
    model: ModelNode,
    by: readonly string[],
    folded: ReadonlySet<string>,
    tuples: readonly (readonly Value[])[],
    wanted: readonly string[],
    context: ExecutionContext,
  ): Steps<readonly Record<string, Value>[]> {
    // One row is found by its index whatever the database thinks of lists, and no list leaves out letter case.
    const apart = tuples.length === 1 || folded.size > 0 ? tuples.length : null
    const request: FoundRequest = { model: model.name, by, folded: [...folded], apart, wanted }
    const steps = apart === null ? tuplesOf(model, by, tuples) : stepsOf(model, by, tuples)
    const json = yield* this.#read(
      `found ${JSON.stringify(request)}`,
      environment => planFound(request, environment),
      steps,
      context,
    )
    return JSON.parse(json ?? '[]') as Record<string, Value>[]
  }

  /**
   * The written rows as the caller may read them, in the order of the keys; rows that the caller may not read are left out. An answer that
   * is too large is refused like that of a read; as that is before the commit, nothing has been written then.
   */
  *readBack(
    model: ModelNode,
    select: Selection,
    keys: readonly (readonly Value[])[],
    context: ExecutionContext,
  ): Steps<string> {
    const json = yield* this.#read(
      `read back ${model.name} ${JSON.stringify(select)}`,
      environment => planReadBack(model.name, select, environment),
      { ...keysOf(model, keys), rows: keys.length },
      context,
    )
    const found = JSON.parse(json ?? '[]') as { row: unknown; key: Record<string, Value> }[]
    const byKey = new Map(found.map(({ row, key }) => [keyText(rowKey(model, key)), row]))
    const answer = JSON.stringify(keys.map(key => byKey.get(keyText(key))).filter(row => row !== undefined))
    requireSendable(answer, this.#limits)
    return answer
  }

  *readBackOne(
    model: ModelNode,
    select: Selection,
    key: readonly Value[],
    context: ExecutionContext,
  ): Steps<{ readonly json: string | null; readonly version: number | null }> {
    const recipe = this.#readRecipe(
      `read back one ${model.name} ${JSON.stringify(select)}`,
      environment => planReadBackOne(model.name, select, environment),
      context.caller,
    )
    const { json, version } = yield* this.#readResult(recipe, keyOf(model, key), context)
    if (json !== null) requireSendable(json, this.#limits)
    return { json: json === null ? null : wholeText(json), version }
  }

  *#read(
    shape: string,
    plan: Recipe<FindPlan, CompiledRead>['plan'],
    steps: StepValues,
    context: ExecutionContext,
  ): Steps<string | null> {
    const { json } = yield* this.#readResult(this.#readRecipe(shape, plan, context.caller), steps, context)
    return json === null ? null : wholeText(json)
  }

  #readRecipe(
    shape: string,
    plan: Recipe<FindPlan, CompiledRead>['plan'],
    { class: caller }: Caller,
  ): Recipe<FindPlan, CompiledRead> {
    return {
      key: `${caller} ${shape}`,
      caller,
      plan,
      compile: made => {
        const prepared = nameCalculated(this.#store.prepareFind(made), made)
        return { prepared, decode: resultDecoder(made, this.#store), release: () => prepared.release() }
      },
    }
  }

  *#readResult(
    recipe: Recipe<FindPlan, CompiledRead>,
    steps: StepValues,
    context: ExecutionContext,
  ): Steps<FindResult> {
    let decode: CompiledRead['decode'] = null
    const result = yield* settle(
      this.#cache.with(
        recipe,
        context.caller,
        ({ plan: made, compiled }) => {
          decode = compiled.decode
          const bound = bindParameters(made.parameters, { ...noSources, steps }, context, this.#limits)
          if (made.limitProducts.length > 0)
            checkLimitProducts(made.limitProducts, made.parameters, bound, this.#limits)
          return compiled.prepared.run(bound, context)
        },
        context.observe,
      ),
    )
    const decoded = decode as CompiledRead['decode']
    return result.json === null || decoded === null ? result : { ...result, json: decoded(wholeText(result.json)) }
  }
}

/** What a statement finds comes in no particular order. */
function inOrder(
  model: ModelNode,
  keys: readonly (readonly Value[])[],
  rows: readonly Record<string, Value>[],
): readonly Record<string, Value>[] {
  const places = new Map(keys.map((key, place) => [keyText(key), place]))
  const placeOf = (row: Record<string, Value>): number => places.get(keyText(rowKey(model, row))) ?? keys.length
  const placed = rows.map(row => ({ row, place: placeOf(row) }))
  return placed.toSorted((one, other) => one.place - other.place).map(({ row }) => row)
}

function stepsOf(model: ModelNode, by: readonly string[], tuples: readonly (readonly Value[])[]): StepValues {
  const entries = tuples.flatMap((tuple, row) =>
    by.map((field, place) => [foundStep(row, place), storedValue(model, field, tuple[place] ?? null)] as const),
  )
  return Object.fromEntries(entries)
}
