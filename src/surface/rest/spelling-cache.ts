/** Remembers spellings that were understood: route, caller class and skeleton → the engine's prepared request. */
import { LRUCache } from 'lru-cache'
import type { CallerClass } from '../../query/index.ts'

/** A map of bounded size for each class of caller, so that a look-up needs no text of its own. */
export interface SpellingCache<Held extends object> {
  get(caller: CallerClass, skeleton: string, make: () => Held): Held
}

export function spellingCache<Held extends object>(most: number): SpellingCache<Held> {
  const byClass = new Map<CallerClass, LRUCache<string, Held>>()
  return {
    get(caller, skeleton, make) {
      let spellings = byClass.get(caller)
      if (spellings === undefined) {
        spellings = new LRUCache({ max: most })
        byClass.set(caller, spellings)
      }
      const known = spellings.get(skeleton)
      if (known !== undefined) return known
      // What is refused is not remembered: it would push out what is served.
      const made = make()
      spellings.set(skeleton, made)
      return made
    },
  }
}
