/** The steps of writes: plan → bind → run, each from the cache, all inside the transaction of their context. */
import { settle, type Steps, wholeText } from '../lib/index.ts'
import { kindOf, type ModelNode, type Value } from '../model/index.ts'
import {
  type DeleteRequest,
  type FoundRequest,
  foundStep,
  type InsertRequest,
  planDelete,
  planFound,
  planInsert,
  planReadBack,
  planReadBackOne,
  planStatus,
  planStored,
  planUpdate,
  type StatusRequest,
  type UpdateRequest,
} from '../plan/index.ts'
import type {
  Caller,
  DeletePlan,
  ExecutionContext,
  FindPlan,
  FindResult,
  InsertPlan,
  Limits,
  Selection,
  UpdatePlan,
  WriteResult,
} from '../query/index.ts'
import type { Prepared, PreparedInsert, Store } from '../store/contract/index.ts'
import { bindParameters, checkLimitProducts, noSources } from './bind.ts'
import { resultDecoder } from './decode.ts'
import { KeptRecipes } from './kept-recipes.ts'
import type { PlanCache, Recipe } from './plan-cache.ts'
import { requireSendable } from './response-size.ts'
import { type RuleFields, ruleFields } from './rule-fields.ts'

export type StepValues = Readonly<Record<string, Value>>

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

export class WriteSteps {
  readonly #cache: PlanCache
  readonly #store: Store
  readonly #limits: Limits
  readonly #ruleFields = { ruled: new WeakMap<ModelNode, RuleFields>(), system: new WeakMap<ModelNode, RuleFields>() }
  readonly #selections = new WeakMap<Selection, string>()
  readonly #inserts = new KeptRecipes<InsertPlan, PreparedInsert>()
  readonly #updates = new KeptRecipes<UpdatePlan, Prepared<WriteResult>>()

  constructor(cache: PlanCache, store: Store, limits: Limits) {
    this.#cache = cache
    this.#store = store
    this.#limits = limits
  }

  /** Refuses now when the operation is closed to the caller, before anything else is looked at (semantics 9). */
  requireOpenInsert(request: InsertRequest, caller: Caller): void {
    this.answersInsert(request, caller)
  }

  requireOpenUpdate(request: UpdateRequest, caller: Caller): void {
    this.answersUpdate(request, caller)
  }

  /** The same; and whether it needs no transaction, since the statement itself gives back what `request.answer` asks for. */
  answersInsert(request: InsertRequest, caller: Caller): boolean {
    return this.#cache.with(this.#insertRecipe(request, caller), caller, ({ plan }) => plan.answer !== null)
  }

  answersUpdate(request: UpdateRequest, caller: Caller): boolean {
    const isAnswered = ({ plan }: { readonly plan: UpdatePlan }): boolean =>
      plan.single && (plan.answer !== null || (request.answer ?? null) === null)
    return this.#cache.with(this.#updateRecipe(request, caller), caller, isAnswered)
  }

  /** Refuses what is closed to the caller, and tells whether the one row is deleted without a transaction. */
  deletesAlone(request: DeleteRequest, caller: Caller): boolean {
    return this.#cache.with(this.#deleteRecipe(request, caller), caller, ({ plan }) => plan.single)
  }

  /** Whether inserting one row can be one statement: then it needs no transaction around it. */
  get insertsAlone(): boolean {
    return this.#store.capabilities.answers !== 'none'
  }

  requireOpenDelete(request: DeleteRequest, caller: Caller): void {
    this.#cache.with(this.#deleteRecipe(request, caller), caller, () => undefined)
  }

  *insert(request: InsertRequest, rows: readonly (readonly Value[])[], context: ExecutionContext): Steps<WriteResult> {
    return yield* settle(
      this.#cache.with(
        this.#insertRecipe(request, context.caller),
        context.caller,
        ({ plan, compiled }) =>
          compiled.run(rows, bindParameters(plan.parameters, noSources, context, this.#limits), context),
        context.observe,
      ),
    )
  }

  *update(request: UpdateRequest, sources: Partial<typeof noSources>, context: ExecutionContext): Steps<WriteResult> {
    return yield* settle(
      this.#cache.with(
        this.#updateRecipe(request, context.caller),
        context.caller,
        ({ plan, compiled }) =>
          compiled.run(bindParameters(plan.parameters, { ...noSources, ...sources }, context, this.#limits), context),
        context.observe,
      ),
    )
  }

  *delete(request: DeleteRequest, sources: Partial<typeof noSources>, context: ExecutionContext): Steps<WriteResult> {
    return yield* settle(
      this.#cache.with(
        this.#deleteRecipe(request, context.caller),
        context.caller,
        ({ plan, compiled }) =>
          compiled.run(bindParameters(plan.parameters, { ...noSources, ...sources }, context, this.#limits), context),
        context.observe,
      ),
    )
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
      key: model.key.map(field => row[field] ?? null),
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
    const stored = tuples.map(tuple => tuple.map((value, place) => storedValue(model, by[place] ?? '', value)))
    const steps = apart === null ? { keys: by.length === 1 ? stored.flat() : stored } : stepsOf(stored)
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
    withDeleted: boolean,
    context: ExecutionContext,
  ): Steps<string> {
    const json = yield* this.#read(
      `read back ${model.name} ${withDeleted} ${JSON.stringify(select)}`,
      environment => planReadBack(model.name, select, withDeleted, environment),
      { ...keysOf(model, keys), rows: keys.length },
      context,
    )
    const found = JSON.parse(json ?? '[]') as { row: unknown; key: Record<string, Value> }[]
    const byKey = new Map(found.map(({ row, key }) => [keyText(model.key.map(field => key[field] ?? null)), row]))
    const answer = JSON.stringify(keys.map(key => byKey.get(keyText(key))).filter(row => row !== undefined))
    requireSendable(answer, this.#limits)
    return answer
  }

  *readBackOne(
    model: ModelNode,
    select: Selection,
    key: readonly Value[],
    withDeleted: boolean,
    context: ExecutionContext,
  ): Steps<{ readonly json: string | null; readonly version: number | null }> {
    const recipe = this.#readRecipe(
      `read back one ${model.name} ${withDeleted} ${JSON.stringify(select)}`,
      environment => planReadBackOne(model.name, select, withDeleted, environment),
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
        const prepared = this.#store.prepareFind(made)
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

  /** Whether a change of these fields can change what scopes, the update rule, the field rules or the references say about the row. */
  ruleDependsOn(model: ModelNode, fields: readonly string[], { class: caller }: Caller): boolean {
    const kept = caller === 'system' ? this.#ruleFields.system : this.#ruleFields.ruled
    let known = kept.get(model)
    if (known === undefined) kept.set(model, (known = ruleFields(model, caller)))
    if (known === 'all') return true
    for (const field of fields) if (known.has(field)) return true
    return false
  }

  /** What callers want back is the same object whenever it was asked for in the same words. */
  #answerText(answer: Selection | null | undefined): string {
    if (answer === null || answer === undefined) return 'null'
    let text = this.#selections.get(answer)
    if (text === undefined) {
      text = JSON.stringify(answer)
      this.#selections.set(answer, text)
    }
    return text
  }

  #insertRecipe(request: InsertRequest, caller: Caller): Recipe<InsertPlan, PreparedInsert> {
    return this.#inserts.of(request, caller.class, () => ({
      ...this.#shapeOf('insert', request, caller),
      plan: environment => planInsert(request, environment),
      compile: plan => this.#store.prepareInsert(plan),
    }))
  }

  #deleteRecipe(request: DeleteRequest, caller: Caller): Recipe<DeletePlan, Prepared<WriteResult>> {
    return {
      key: `${caller.class} delete ${JSON.stringify(request)}`,
      caller: caller.class,
      plan: environment => planDelete(request, environment),
      compile: plan => this.#store.prepareDelete(plan),
    }
  }

  #updateRecipe(request: UpdateRequest, caller: Caller): Recipe<UpdatePlan, Prepared<WriteResult>> {
    return this.#updates.of(request, caller.class, () => ({
      ...this.#shapeOf('update', request, caller),
      plan: environment => planUpdate(request, environment),
      compile: plan => this.#store.prepareUpdate(plan),
    }))
  }

  #shapeOf(word: string, { answer, ...rest }: InsertRequest | UpdateRequest, caller: Caller) {
    const key = `${caller.class} ${word} ${JSON.stringify(rest)} ${this.#answerText(answer)}`
    return { key, caller: caller.class }
  }
}

/** Keys as the one list that plans bind: values of a single key field, tuples of several. */
export function keysOf(model: ModelNode, keys: readonly (readonly Value[])[]): StepValues {
  return { keys: model.key.length === 1 ? keys.map(key => key[0] ?? null) : keys }
}

/** What a statement finds comes in no particular order. */
function inOrder(
  model: ModelNode,
  keys: readonly (readonly Value[])[],
  rows: readonly Record<string, Value>[],
): readonly Record<string, Value>[] {
  const places = new Map(keys.map((key, place) => [keyText(key), place]))
  const placeOf = (row: Record<string, Value>): number =>
    places.get(keyText(model.key.map(field => row[field] ?? null))) ?? keys.length
  const placed = rows.map(row => ({ row, place: placeOf(row) }))
  return placed.toSorted((one, other) => one.place - other.place).map(({ row }) => row)
}

/** One key as the step values of a plan for one row. */
export function keyOf(model: ModelNode, key: readonly Value[]): Record<string, Value> {
  const values: Record<string, Value> = {}
  for (const [index, field] of model.key.entries()) values[`key.${field}`] = key[index] ?? null
  return values
}

const stepsOf = (tuples: readonly (readonly Value[])[]): StepValues =>
  Object.fromEntries(tuples.flatMap((tuple, row) => tuple.map((value, place) => [foundStep(row, place), value])))

export function keyText(key: readonly Value[]): string {
  return JSON.stringify(key)
}

/** What the store keeps for a canonical value: the same, but for kinds with a codec. */
export function storedValue(model: ModelNode, field: string, value: Value): Value {
  const type = model.fields[field]?.type
  if (type === undefined || value === null) return value
  const { codec } = kindOf(type)
  return codec === undefined ? value : codec.encode(value, type)
}
