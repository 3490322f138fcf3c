// Database servers for tests; see CONTRIBUTING.md. What a test imports of this folder.
export type { ServerName } from './catalog.ts'
export { freshDatabase, freshDatabaseOn, type FreshDatabase } from './fresh-database.ts'
export { ownServer, type OwnServer } from './own-server.ts'
export type { ServerFacts } from './requests.ts'
export { needs, server, serversOf, unavailable } from './server.ts'
export { tcpProxy, type TcpProxy } from './tcp-proxy.ts'
