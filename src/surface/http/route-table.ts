/** Every route by its path: tells which methods a path has, and which path somebody may have meant. */
import { nearest } from '../../lib/index.ts'
import type { Route } from '../contract/index.ts'
import { type PathPattern, pathPattern } from './path-pattern.ts'

export interface RouteTable {
  add(route: Route): PathPattern
  /** The methods of a path, HEAD and OPTIONS included; empty when nothing is there. */
  methodsOf(path: string): readonly string[]
  /** The media types that PATCH takes at a path. */
  patchTypesOf(path: string): readonly string[]
  /** The route of the same path that has an error presenter of its own, if one has. */
  presenterOf(path: string): Route['presentError']
  nearest(path: string): string
}

/** `entrance`: where people read what is served; empty where they cannot. */
export function routeTable(entrance: string): RouteTable {
  const entries: { readonly pattern: PathPattern; readonly route: Route }[] = []
  // A literal path is meant before one with places.
  const at = (path: string): readonly Route[] => {
    const matching = entries.filter(({ pattern }) => pattern.match(path) !== null)
    const literal = matching.filter(({ pattern }) => pattern.path === path)
    return (literal.length > 0 ? literal : matching).map(({ route }) => route)
  }
  return {
    add(route) {
      const pattern = pathPattern(route.path)
      entries.push({ pattern, route })
      return pattern
    },
    methodsOf(path) {
      const methods = new Set<string>(at(path).map(route => route.method))
      if (methods.size === 0) return []
      if (methods.has('GET')) methods.add('HEAD')
      return [...methods, 'OPTIONS']
    },
    patchTypesOf: path => at(path).find(route => route.method === 'PATCH')?.consumes ?? [],
    presenterOf: path => at(path).find(route => route.presentError !== undefined)?.presentError,
    nearest(path) {
      const paths = new Set(entries.map(({ route }) => route.path))
      const near = nearest(path, paths)
      // Whoever tries the front door, or the prefix that the terminal has printed, is shown what there is.
      const begins = path === '/' || [...paths].some(served => served.startsWith(`${path}/`))
      return near === '' && begins ? entrance : near
    },
  }
}
