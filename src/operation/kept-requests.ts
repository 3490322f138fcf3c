/** Requests that are the same objects for all rows that are alike: what is compiled for them is found by the object. */
import type { ModelNode } from '../model/index.ts'
import type { Selection } from '../query/index.ts'

/** Callers choose which fields they give: what they can fill has an end. */
const mostOfModel = 200

export class KeptRequests<T> {
  readonly #ofModel = new WeakMap<ModelNode, Map<string, T>>()

  /** `words` say what makes rows alike. */
  of(model: ModelNode, words: string, make: () => T): T {
    let kept = this.#ofModel.get(model)
    if (kept === undefined) {
      kept = new Map()
      this.#ofModel.set(model, kept)
    }
    const known = kept.get(words)
    if (known !== undefined) return known
    const made = make()
    if (kept.size >= mostOfModel) kept.clear()
    kept.set(words, made)
    return made
  }
}

/** What callers want back is the same object whenever it was asked for in the same words. */
export function byAnswer<Request>(make: (answer: Selection | null) => Request): (answer: Selection | null) => Request {
  const known = new WeakMap<Selection, Request>()
  const without = make(null)
  return answer => {
    if (answer === null) return without
    let request = known.get(answer)
    if (request === undefined) known.set(answer, (request = make(answer)))
    return request
  }
}
