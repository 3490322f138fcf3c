// Database servers for tests; see CONTRIBUTING.md. What a test imports of this folder.
export type { ServerName } from './catalog.ts'
export { freshDatabase, type FreshDatabase } from './fresh-database.ts'
export { ownServer } from './own-server.ts'
export { needs, server, serversOf, unavailable } from './server.ts'
export { tcpProxy } from './tcp-proxy.ts'
