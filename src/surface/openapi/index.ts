/** The description of what is served: an OpenAPI document and pages that show it. */
export { referenceRoutes } from './reference-routes.ts'
