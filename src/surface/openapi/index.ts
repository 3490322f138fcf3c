/** The description of what is served: an OpenAPI document and pages that show it. */
export { referencePaths, referenceRoutes } from './reference-routes.ts'
