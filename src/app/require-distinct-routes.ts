/** Each method of a path is served by one route, and what is mounted has its part of the paths for itself. */
import { type PlinthError, refusal } from '../error/index.ts'
import type { DeclaredRoute, ModelRoute, Route } from '../surface/contract/index.ts'

export interface DistinctRoutes {
  readonly routes: readonly (Route | ModelRoute | DeclaredRoute)[]
  /** What handlers of other frameworks are mounted under. */
  readonly prefixes: readonly string[]
  /** Where the application is made. */
  readonly place: string
}

export function requireDistinctRoutes({ routes, prefixes, place }: DistinctRoutes): void {
  const taken = new Map<string, Route>()
  for (const route of routes) {
    const { method, path } = route
    // What a place is called makes no difference to the router.
    const served = `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`
    const other = taken.get(served)
    if (other !== undefined) throw routeTaken(`${method} ${path}`, ownerOf(other), ownerOf(route))
    taken.set(served, route)
    const prefix = prefixes.find(each => path === each || path.startsWith(`${each}/`))
    if (prefix !== undefined)
      throw routeTaken(`${method} ${path}`, ownerOf(route), `what is mounted at ${prefix} (createApp at ${place})`)
  }
}

export const routeTaken = (route: string, first: string, second: string): PlinthError =>
  refusal('boot.route-taken', { route, first, second })

function ownerOf(route: Route | ModelRoute | DeclaredRoute): string {
  if ('model' in route) return `the generated API of ${route.model}`
  if (!('described' in route)) return 'Plinth itself'
  return route.place === null ? `the action "${route.described.id}"` : `a route of the application (${route.place})`
}
