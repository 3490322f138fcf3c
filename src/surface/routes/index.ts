/** Routes that an application declares itself: projections under paths of their own, functions, and its actions. */
export { RouteGroup } from './declaration.ts'
export { actionRoutes, declaredRoutes } from './declared-routes.ts'

export type { GroupOptions, PresentedError } from './route-types.ts'
export { type RouteBuilders, routesOf } from './routes-of.ts'
