/** The surfaces, assembled. */
export { defaultPrefix } from './contract/index.ts'
export { createHttpServer, type ServerOptions } from './create-http-server.ts'
export type { HttpServer } from './http/index.ts'
export { referencePaths } from './openapi/index.ts'
