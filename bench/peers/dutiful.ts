// The yardstick "dutiful": what "bare" does, plus what a served API owes its clients and operators, written by hand:
// input checked and the unknown refused, callers verified, problem documents (RFC 9457), security headers, entity tags
// and conditional requests (RFC 9110), page tokens with links (RFC 8288), a request id and an access-log line per
// request, limits. Writes are durable one commit at a time, as in "bare".
import { hash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import type { PeerSettings } from '../harness/messages.ts'
import { verifyAuthorization } from '../data/token.ts'
import { uuid } from '../data/uuid.ts'
import { logAccess } from './access-log.ts'
import { type Answer as Eventually, type Articles, type Body, openArticles, type Page } from './articles/articles.ts'
import { readArticleChange, readId, readItemQuery, readListQuery, readNewArticle, Refusal } from './dutiful-input.ts'
import { bytesOf, endWith, listen, servePeer } from './serve.ts'

const articlesPath = '/api/articles'
const maximumUrlLength = 8_192
const maximumBodyBytes = 1_048_576

const commonHeaders = [
  ...['x-content-type-options', 'nosniff'],
  ...['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ...['referrer-policy', 'no-referrer'],
  ...['cross-origin-resource-policy', 'same-origin'],
  ...['x-frame-options', 'DENY'],
  ...['vary', 'authorization'],
  ...['cache-control', 'private, no-cache'],
]

const helloBody = Buffer.from(JSON.stringify({ message: 'hello' }))

/** An answer before its headers. */
interface Answer {
  readonly status: number
  readonly body: Body
  readonly location?: string
  /** The token of the next page. */
  readonly after?: string
}

await servePeer(async settings => {
  const articles = await openArticles(settings.engine, settings.database, true)
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    void handle(request, response, articles, settings)
  })
  return listen(server)
})

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  articles: Articles,
  settings: PeerSettings,
): Promise<void> {
  const start = performance.now()
  const url = request.url ?? ''
  const method = request.method ?? ''
  const queryStart = url.indexOf('?')
  const path = queryStart === -1 ? url : url.slice(0, queryStart)
  const query = queryStart === -1 ? '' : url.slice(queryStart + 1)
  const requestId = readRequestId(request) ?? randomUUID()
  let status: number
  let bytes = 0
  try {
    if (url.length > maximumUrlLength) throw new Refusal(414, 'url-too-long', 'The URL is too long.')
    requireAcceptable(request.headers.accept)
    if (method === 'GET' || method === 'HEAD') {
      requireNoBody(request)
      const reading = read(request, path, query, articles, settings)
      // SQLite has answered already.
      const answer = reading instanceof Promise ? await reading : reading
      ;[status, bytes] = sendRead(request, response, answer, requestId)
    } else {
      const answer = await write(request, method, path, query, articles)
      status = answer.status
      bytes = bytesOf(answer.body)
      const headers = [...commonHeaders, 'content-type', 'application/json', 'content-length', String(bytes)]
      if (answer.location !== undefined) headers.push('location', answer.location)
      endWith(response.writeHead(status, [...headers, 'x-request-id', requestId]), answer.body)
    }
  } catch (error) {
    ;[status, bytes] = sendProblem(response, error, requestId)
  }
  logAccess(method, path, status, bytes, start, requestId, request.socket.remoteAddress)
}

function read(
  request: IncomingMessage,
  path: string,
  query: string,
  articles: Articles,
  settings: PeerSettings,
): Answer | Promise<Answer> {
  if (path === '/hello') {
    if (query !== '') throw new Refusal(400, 'unknown-parameter', 'There are no parameters here.')
    return { status: 200, body: helloBody }
  }
  if (path === articlesPath) {
    const { time, id, limit, selection } = readListQuery(query)
    if (settings.access === 'open') return page(articles[selection](time, id, limit))
    const caller = verifyAuthorization(request.headers.authorization)
    if (caller === undefined) throw new Refusal(401, 'not-signed-in', 'A valid bearer token is needed.')
    // The suite measures the rule on the plain list only.
    if (selection === 'nested') throw new Refusal(400, 'invalid-parameter', 'Unknown selection.', 'select')
    return page(articles.rule(time, id, limit, caller))
  }
  if (path.startsWith(`${articlesPath}/`)) {
    readItemQuery(query)
    return itemOf(articles.find(readId(path.slice(articlesPath.length + 1))))
  }
  throw new Refusal(404, 'not-found', 'There is nothing at this path.')
}

async function write(
  request: IncomingMessage,
  method: string,
  path: string,
  query: string,
  articles: Articles,
): Promise<Answer> {
  readItemQuery(query)
  const now = new Date().toISOString()
  if (method === 'POST' && path === articlesPath) {
    const article = readNewArticle(await readBody(request, ['application/json']))
    const id = uuid()
    const created = await constrained(articles, () => articles.create({ ...article, id, now }))
    return { ...found(created), status: 201, location: `${articlesPath}/${id}` }
  }
  if (method === 'PATCH' && path.startsWith(`${articlesPath}/`)) {
    const id = readId(path.slice(articlesPath.length + 1))
    const { title } = readArticleChange(await readBody(request, ['application/json', 'application/merge-patch+json']))
    return found(await constrained(articles, () => articles.update(id, title, now)))
  }
  throw new Refusal(405, 'method-not-allowed', `${method} is not allowed here.`)
}

function itemOf(body: Eventually<Body | undefined>): Answer | Promise<Answer> {
  return body instanceof Promise ? body.then(found) : found(body)
}

function found(body: Body | undefined): Answer {
  if (body === undefined) throw new Refusal(404, 'not-found', 'There is no such article.')
  return { status: 200, body }
}

function page(answer: Eventually<Page>): Answer | Promise<Answer> {
  return answer instanceof Promise ? answer.then(pageAnswer) : pageAnswer(answer)
}

function pageAnswer({ body, after }: Page): Answer {
  return after === undefined ? { status: 200, body } : { status: 200, body, after }
}

/** Turns broken constraints into refusals. */
async function constrained<T>(articles: Articles, run: () => Eventually<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const broken = articles.brokenBy(error)
    if (broken === 'foreign-key') throw new Refusal(409, broken, 'A referenced row does not exist.')
    if (broken === 'unique') throw new Refusal(409, broken, 'A row with this value exists.')
    throw error
  }
}

/** Only JSON is served: a request that takes none is refused (RFC 9110 section 12.5.1). */
function requireAcceptable(accept: string | undefined): void {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return
  const ranges = accept.split(',').map(range => range.split(';').map(part => part.trim().toLowerCase()))
  const refused = (quality: string) => /^q=0(?:\.0{0,3})?$/.test(quality)
  for (const wanted of ['application/json', 'application/*', '*/*']) {
    const range = ranges.find(([type]) => type === wanted)
    if (range === undefined) continue
    if (!range.some(refused)) return
    break
  }
  throw new Refusal(406, 'not-acceptable', 'Expected to be asked for application/json.')
}

/** A body that is not read would be taken for the next request. */
function requireNoBody({ headers }: IncomingMessage): void {
  const length = headers['content-length']
  if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return
  throw new Refusal(400, 'unexpected-body', 'This request takes no body.')
}

function readRequestId(request: IncomingMessage): string | undefined {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : undefined
}

function readBody(request: IncomingMessage, types: readonly string[]): Promise<string> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (!types.includes(type)) throw new Refusal(415, 'unsupported-media-type', `Expected ${types.join(' or ')}.`)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maximumBodyBytes) chunks.push(chunk)
      else reject(new Refusal(413, 'body-too-large', `The body has more than ${maximumBodyBytes} bytes.`))
    })
    request.on('end', () => {
      try {
        // Bytes that are not UTF-8 are refused and not turned into U+FFFD.
        resolve(utf8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
      } catch {
        reject(new Refusal(400, 'invalid-json', 'The body is not UTF-8.'))
      }
    })
    request.on('error', reject)
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function sendRead(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  requestId: string,
): [status: number, bytes: number] {
  const etag = `"${hash('sha1', answer.body, 'base64url')}"`
  const headers = [...commonHeaders, 'etag', etag, 'x-request-id', requestId]
  if (answer.after !== undefined) headers.push('link', `<${nextPage(request.url ?? '', answer.after)}>; rel="next"`)
  const expected = request.headers['if-match']
  if (expected !== undefined && !matches(expected, etag)) {
    throw new Refusal(412, 'precondition-failed', 'The article is another one by now.')
  }
  const known = request.headers['if-none-match']
  if (known !== undefined && matches(known, etag)) {
    response.writeHead(304, headers).end()
    return [304, 0]
  }
  const bytes = bytesOf(answer.body)
  headers.push('content-type', 'application/json', 'content-length', String(bytes))
  response.writeHead(answer.status, headers)
  // Node leaves the body out for HEAD.
  endWith(response, answer.body)
  return [answer.status, bytes]
}

function nextPage(url: string, after: string): string {
  return `${url.replace(/&after=[^&]*/, '')}&after=${after}`
}

function matches(known: string, etag: string): boolean {
  return known === '*' || known.split(',').some(tag => tag.trim().replace(/^W\//, '') === etag)
}

function sendProblem(response: ServerResponse, error: unknown, requestId: string): [status: number, bytes: number] {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'unexpected', 'Something went wrong.')
  const { status, code, message, where } = refusal
  const problem = {
    type: `https://bench.example.test/problems/${code}`,
    title: message,
    status,
    code,
    ...(where === undefined ? {} : { errors: [{ pointer: where, detail: message }] }),
  }
  const body = Buffer.from(JSON.stringify(problem))
  const headers = [...commonHeaders, 'content-type', 'application/problem+json', 'x-request-id', requestId]
  headers.push('content-length', String(body.length))
  if (status === 405) headers.push('allow', 'GET, HEAD, POST, PATCH')
  if (status === 413 || code === 'unexpected-body') headers.push('connection', 'close')
  response.writeHead(status, headers).end(body)
  return [status, body.length]
}
