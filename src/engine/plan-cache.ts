/**
 * Compiled plans by the shape of their request. A shape enters the cache at its second use, so ten thousand different requests
 * that come once each do not push a hot one out (semantics 14).
 */
import { LRUCache } from 'lru-cache'
import type { ModelGraph } from '../model/index.ts'
import { answerForCaller, type Planned, type PlanEnvironment, type Question } from '../plan/index.ts'
import type { Caller, CallerClass, Limits, Observe } from '../query/index.ts'
import type { Store } from '../store/contract/index.ts'

/** A plan for the callers who answer its questions as they stand there, and what a store made of it. */
export interface Variant<Plan, Compiled> {
  readonly plan: Plan
  readonly compiled: Compiled
  readonly questions: readonly Question[]
}

/** How the plans of one shape are made. */
export interface Recipe<Plan, Compiled extends { release(): void }> {
  /** The request without its values, and the caller's class. */
  readonly key: string
  readonly caller: CallerClass
  plan(environment: PlanEnvironment): Planned<Plan>
  compile(plan: Plan): Compiled
}

/** What every plan has. */
interface NamedPlan {
  readonly kind: string
  readonly model: string
}

interface Entry {
  readonly variants: Variant<unknown, { release(): void }>[]
}

/** More different sets of answers than this for one shape, and the oldest plan makes room. */
const variantLimit = 32

export class PlanCache {
  readonly #graph: ModelGraph
  readonly #store: Pick<Store, 'name' | 'capabilities'>
  readonly #limits: Limits
  readonly #entries: LRUCache<string, Entry>
  /** Shapes that were used once of late. */
  readonly #seen: LRUCache<string, true>

  constructor(graph: ModelGraph, store: Pick<Store, 'name' | 'capabilities'>, limits: Limits) {
    this.#graph = graph
    this.#store = store
    this.#limits = limits
    this.#entries = new LRUCache({
      max: limits.planCache,
      dispose: entry => entry.variants.forEach(variant => variant.compiled.release()),
    })
    this.#seen = new LRUCache({ max: limits.planCache, ttl: seenWindow })
  }

  /** Finds or makes the plan for a caller and uses it. `use` has to be done with the plan when it returns or its promise settles. */
  with<Plan extends NamedPlan, Compiled extends { release(): void }, Result>(
    recipe: Recipe<Plan, Compiled>,
    caller: Caller,
    use: (variant: Variant<Plan, Compiled>) => Result,
    observe: Observe | null = null,
  ): Result {
    const { key } = recipe
    const entry = this.#entries.get(key)
    if (entry !== undefined) return use(this.#variant(recipe, entry, caller, observe))
    if (this.#seen.has(key)) {
      this.#seen.delete(key)
      const fresh: Entry = { variants: [] }
      const variant = this.#variant(recipe, fresh, caller, observe)
      this.#entries.set(key, fresh)
      return use(variant)
    }
    const once: Entry = { variants: [] }
    const variant = this.#variant(recipe, once, caller, observe)
    this.#seen.set(key, true)
    return releasing(use(variant), () => variant.compiled.release())
  }

  #variant<Plan extends NamedPlan, Compiled extends { release(): void }>(
    recipe: Recipe<Plan, Compiled>,
    entry: Entry,
    caller: Caller,
    observe: Observe | null,
  ): Variant<Plan, Compiled> {
    const began = observe === null ? 0 : performance.now()
    // All variants of an entry were made by recipes of the same shape, so they have the recipe's types.
    const variants = entry.variants as Variant<Plan, Compiled>[]
    const known = variants.find(variant => this.#holds(variant.questions, caller))
    if (known !== undefined) {
      if (observe !== null) tell(observe, known.plan, true, began)
      return known
    }
    const environment: PlanEnvironment = {
      graph: this.#graph,
      store: this.#store.name,
      capabilities: this.#store.capabilities,
      limits: this.#limits,
      caller: recipe.caller,
      answer: question => answerForCaller(question, caller, this.#graph),
    }
    const { plan, questions } = recipe.plan(environment)
    const variant = { plan, questions, compiled: recipe.compile(plan) }
    if (variants.length >= variantLimit) variants.shift()?.compiled.release()
    variants.push(variant)
    if (observe !== null) tell(observe, plan, false, began)
    return variant
  }

  #holds(questions: readonly Question[], caller: Caller): boolean {
    for (const { predicate, answer } of questions) {
      if (answerForCaller(predicate, caller, this.#graph) !== answer) return false
    }
    return true
  }

  clear(): void {
    this.#entries.clear()
    this.#seen.clear()
  }
}

const seenWindow = 60_000

const tell = (observe: Observe, { model, kind }: NamedPlan, cached: boolean, began: number): void =>
  observe({ kind: 'plan', model, operation: kind, cached, milliseconds: performance.now() - began })

function releasing<Result>(result: Result, release: () => void): Result {
  if (!(result instanceof Promise)) {
    release()
    return result
  }
  // `finally` gives a promise of the same value, which the type of Result cannot tell.
  return result.finally(release) as Result
}
