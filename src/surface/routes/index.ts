/** Routes that an application declares itself: projections under paths of their own, functions, and its actions. */
export { type RouteDeclaration, RouteGroup } from './declaration.ts'
export { actionRoutes, declaredRoutes } from './declared-routes.ts'
export type { RouteContext } from './route-context.ts'
export type {
  CreateOptions,
  FilterDeclaration,
  FunctionOptions,
  GroupOptions,
  ListOptions,
  OneOptions,
  PresentedError,
  RowsOptions,
  UpdateOptions,
} from './route-types.ts'
export { type RouteBuilders, routesOf } from './routes-of.ts'
