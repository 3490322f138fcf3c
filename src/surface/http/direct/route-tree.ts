/** Finds the route of a path as Fastify's router does: literal segments before places, places before the rest of a path. */

/** Somebody else's route: found, and left to Fastify. */
const foreign = Symbol('foreign')

interface Branch<R> {
  readonly literals: Map<string, Branch<R>>
  place: Branch<R> | null
  route: R | typeof foreign | null
  /** A route that takes whatever follows. */
  rest: boolean
}

export interface FoundRoute<R> {
  readonly route: R
  /** What stood in the places. */
  readonly segments: readonly string[]
}

export class RouteTree<R> {
  readonly #methods = new Map<string, Branch<R>>()
  #clear = true

  /** `/articles/{key}`: names in braces are places. */
  add(methods: readonly string[], path: string, route: R): void {
    for (const method of methods) this.#grow(method, path.split('/'), segment => segment.startsWith('{')).route = route
  }

  /** A route that a plugin has added, in Fastify's spelling: `/articles/:key`, `/files/*`. */
  addForeign(methods: readonly string[], url: string): void {
    const segments = url.split('/')
    const wild = segments.at(-1) === '*'
    if (wild) segments.pop()
    // A place within a segment, with a pattern, or an optional one: only Fastify knows what it takes.
    if (segments.some(segment => /[*(?)]|.:/.test(segment.replaceAll('::', '')))) this.#clear = false
    const literal = (segment: string): string => segment.replaceAll('::', ':')
    for (const method of methods) {
      const isPlace = (segment: string): boolean => segment.startsWith(':') && !segment.startsWith('::')
      const branch = this.#grow(method, segments, isPlace, literal)
      if (wild) branch.rest = true
      else branch.route = foreign
    }
  }

  /** Null where no route is, where a foreign one is, and where a path would have to be decoded to know. */
  find(method: string, path: string): FoundRoute<R> | null {
    const root = this.#methods.get(method)
    if (root === undefined || !this.#clear || path.includes('%')) return null
    const sent = path.split('/')
    const places: string[] = []
    const found = search(root, sent, 0, places)
    return found === null || found === foreign ? null : { route: found, segments: places }
  }

  #grow(
    method: string,
    segments: readonly string[],
    isPlace: (segment: string) => boolean,
    literal: (segment: string) => string = segment => segment,
  ): Branch<R> {
    let branch = this.#methods.get(method)
    if (branch === undefined) this.#methods.set(method, (branch = bare()))
    for (const segment of segments) {
      if (isPlace(segment)) {
        branch = branch.place ??= bare()
        continue
      }
      const next: Branch<R> = branch.literals.get(literal(segment)) ?? bare()
      branch.literals.set(literal(segment), next)
      branch = next
    }
    return branch
  }
}

const bare = <R>(): Branch<R> => ({ literals: new Map(), place: null, route: null, rest: false })

function search<R>(
  branch: Branch<R>,
  sent: readonly string[],
  at: number,
  places: string[],
): R | typeof foreign | null {
  if (at === sent.length) return branch.route
  const segment = sent[at] ?? ''
  const literal = branch.literals.get(segment)
  if (literal !== undefined) {
    const found = search(literal, sent, at + 1, places)
    if (found !== null) return found
  }
  if (branch.place !== null && segment !== '') {
    const before = places.length
    places.push(segment)
    const found = search(branch.place, sent, at + 1, places)
    if (found !== null) return found
    places.length = before
  }
  return branch.rest ? foreign : null
}
