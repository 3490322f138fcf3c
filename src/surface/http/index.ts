/** The HTTP server that carries the surfaces. */

export { type AllowedOrigins, isOrigin } from './cross-origin.ts'
export { defaultHttpLimits, type HttpLimits } from './limits.ts'
export type { HttpOptions, RequestTimeline } from './options.ts'
export { parseJson } from './parse-json.ts'
export { errorPages } from './error-pages.ts'
export { httpServer, type HttpServer } from './server.ts'
