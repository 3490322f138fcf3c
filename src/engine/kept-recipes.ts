/** Recipes by their request, which is the same frozen object for all rows that are alike. */
import type { CallerClass } from '../query/index.ts'
import type { Recipe } from './plan-cache.ts'

export class KeptRecipes<Plan, Compiled extends { release(): void }> {
  readonly #kept = new WeakMap<object, Map<CallerClass, Recipe<Plan, Compiled>>>()

  of(request: object, caller: CallerClass, make: () => Recipe<Plan, Compiled>): Recipe<Plan, Compiled> {
    if (!Object.isFrozen(request)) return make()
    let recipes = this.#kept.get(request)
    if (recipes === undefined) {
      recipes = new Map()
      this.#kept.set(request, recipes)
    }
    let recipe = recipes.get(caller)
    if (recipe === undefined) recipes.set(caller, (recipe = make()))
    return recipe
  }
}
