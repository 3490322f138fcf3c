/** The description of what is served: an OpenAPI document and pages that show it. */
export { type DocumentOptions, openapiDocument, type OpenApiDocument } from './document.ts'
export { referenceRoutes, type ReferenceOptions } from './reference-routes.ts'
