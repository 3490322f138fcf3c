/** The routes of the description: the document for programs, the pages for people. */
import { readFileSync } from 'node:fs'
import { escapeHtml } from '../../lib/index.ts'
import { type Answer, bytesHash, type Exchange, noneMatchHolds, type Route, tagOf } from '../contract/index.ts'
import { type DocumentOptions, openapiDocument } from './document.ts'

export interface ReferenceOptions extends Omit<DocumentOptions, 'routes'> {
  /** Everything that is served, asked for when the document is made. */
  readonly routes: () => readonly Route[]
}

/** Where the document is, and the pages that show it. */
export const referencePaths = { document: '/openapi.json', pages: '/docs' } as const

/** Scripts and styles are files of ours; nothing else is loaded or run. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const pageHeaders = { 'Content-Security-Policy': pagePolicy, 'Cross-Origin-Opener-Policy': 'same-origin' }

const route = { method: 'GET', caller: 'ignored', consumes: null } as const

/**
 * Makes the routes of the description. The document is made at the first request for it, once.
 *
 * @example
 * for (const each of referenceRoutes({ graph, routes: () => server.routes, limits, relationDepth: 2 })) server.route(each)
 */
export function referenceRoutes(options: ReferenceOptions): readonly Route[] {
  let document: string | undefined
  const documentRoute: Route = {
    ...route,
    path: referencePaths.document,
    produces: ['application/json', 'application/vnd.oai.openapi+json'],
    handler: exchange =>
      tagged(
        exchange,
        'application/json',
        (document ??= JSON.stringify(openapiDocument({ ...options, routes: options.routes() }))),
        {},
      ),
  }
  return [documentRoute, ...pages(referencePaths.document, referencePaths.pages)]
}

function pages(documentPath: string, base: string): readonly Route[] {
  const file = (name: string): string => readFileSync(new URL(`reference/${name}`, import.meta.url), 'utf8')
  const page = file('index.html')
    .replaceAll('{document}', escapeHtml(documentPath))
    .replaceAll('{base}', escapeHtml(base))
  const asset = (path: string, type: string, content: string, headers: Readonly<Record<string, string>>): Route => ({
    ...route,
    path,
    produces: [type],
    handler: exchange => tagged(exchange, type, content, headers),
  })
  return [
    asset(base, 'text/html', page, pageHeaders),
    asset(`${base}/style.css`, 'text/css', file('style.css'), {}),
    asset(`${base}/script.js`, 'text/javascript', file('script.js'), {}),
  ]
}

function tagged(exchange: Exchange, type: string, body: string, more: Readonly<Record<string, string>>): Answer {
  const tag = tagOf(null, bytesHash(body))
  const headers = { ETag: tag, 'Cache-Control': 'no-cache', ...more }
  const ifNoneMatch = exchange.header('if-none-match')
  if (ifNoneMatch !== undefined && noneMatchHolds(ifNoneMatch, tag))
    return { status: 304, type: null, body: null, headers }
  return { status: 200, type, body, headers }
}
