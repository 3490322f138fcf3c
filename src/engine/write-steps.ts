/** The steps of writes: plan → bind → run, each from the cache, all inside the transaction of their context. */
import { settle, type Steps } from '../lib/index.ts'
import type { ModelGraph, ModelNode, Value } from '../model/index.ts'
import {
  type DeleteRequest,
  type InsertRequest,
  leavesRow,
  planDelete,
  planInsert,
  planUpdate,
  type UpdateRequest,
} from '../plan/index.ts'
import type {
  Caller,
  DeletePlan,
  ExecutionContext,
  InsertPlan,
  Limits,
  Selection,
  UpdatePlan,
  WriteResult,
} from '../query/index.ts'
import type { Prepared, PreparedInsert, Store } from '../store/contract/index.ts'
import { bindParameters, noSources } from './bind.ts'
import { KeptRecipes } from './kept-recipes.ts'
import { nameAnswered, nameInserted } from './name-calculated.ts'
import type { PlanCache, Recipe } from './plan-cache.ts'
import { insertReturningCanonical, returningCanonical } from './returned-values.ts'
import { type RuleFields, ruleFields } from './rule-fields.ts'

export class WriteSteps {
  readonly #graph: ModelGraph
  readonly #cache: PlanCache
  readonly #store: Store
  readonly #limits: Limits
  readonly #ruleFields = { ruled: new WeakMap<ModelNode, RuleFields>(), system: new WeakMap<ModelNode, RuleFields>() }
  readonly #selections = new WeakMap<Selection, string>()
  readonly #inserts = new KeptRecipes<InsertPlan, PreparedInsert>()
  readonly #updates = new KeptRecipes<UpdatePlan, Prepared<WriteResult>>()

  constructor(graph: ModelGraph, cache: PlanCache, store: Store, limits: Limits) {
    this.#graph = graph
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

  /** Whether rules or scopes look at other rows than the new one, as at those that it refers to. */
  insertLooksElsewhere(request: InsertRequest, caller: Caller): boolean {
    return this.#cache.with(this.#insertRecipe(request, caller), caller, ({ plan }) => leavesRow(plan.check))
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
      compile: plan => nameInserted(insertReturningCanonical(this.#store.prepareInsert(plan), this.#graph, plan), plan),
    }))
  }

  #deleteRecipe(request: DeleteRequest, caller: Caller): Recipe<DeletePlan, Prepared<WriteResult>> {
    return {
      key: `${caller.class} delete ${JSON.stringify(request)}`,
      caller: caller.class,
      plan: environment => planDelete(request, environment),
      compile: plan => returningCanonical(this.#store.prepareDelete(plan), this.#graph, plan),
    }
  }

  #updateRecipe(request: UpdateRequest, caller: Caller): Recipe<UpdatePlan, Prepared<WriteResult>> {
    return this.#updates.of(request, caller.class, () => ({
      ...this.#shapeOf('update', request, caller),
      plan: environment => planUpdate(request, environment),
      compile: plan => nameAnswered(returningCanonical(this.#store.prepareUpdate(plan), this.#graph, plan), plan),
    }))
  }

  #shapeOf(word: string, { answer, ...rest }: InsertRequest | UpdateRequest, caller: Caller) {
    const key = `${caller.class} ${word} ${JSON.stringify(rest)} ${this.#answerText(answer)}`
    return { key, caller: caller.class }
  }
}
