// The yardstick "bare": node:http, the driver and the best SQL, and nothing that a served API owes beyond the answer.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import { readAuthorization } from '../data/token.ts'
import { uuid } from '../data/uuid.ts'
import { type Answer, type Body, openArticles, type Page } from './articles/articles.ts'
import { bytesOf, endWith, listen, servePeer } from './serve.ts'

const articlesPath = '/api/articles'
const pageSize = 20

interface Input {
  readonly title: string
  readonly slug: string
  readonly body: string
  readonly state: string
  readonly authorId: string
}

await servePeer(async settings => {
  const articles = await openArticles(settings.engine, settings.database, false)

  function read(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? ''
    if (url === '/hello') return send(response, 200, Buffer.from(JSON.stringify({ message: 'hello' })))
    if (url[articlesPath.length] === '/') {
      return answer(response, 200, articles.find(idOf(url)))
    }
    const start = url.indexOf('[lt]=') + 5
    const before = url.slice(start, url.indexOf('&', start))
    if (settings.access === 'owned') {
      const caller = readAuthorization(request.headers.authorization) ?? ''
      return answerPage(response, articles.rule(before, '', pageSize, caller))
    }
    if (url.includes('author(')) return answerPage(response, articles.nested(before, '', pageSize))
    return answerPage(response, articles.list(before, '', pageSize))
  }

  async function write(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const input = JSON.parse(await text(request)) as Input
    const now = new Date().toISOString()
    if (request.method === 'PATCH') {
      const id = idOf(request.url ?? '')
      return answer(response, 200, articles.update(id, input.title, now))
    }
    const { title, slug, body, state, authorId } = input
    const row = { id: uuid(), title, slug, body, state, featured: false, authorId, now }
    answer(response, 201, articles.create(row))
  }

  return listen(
    createServer((request, response) => {
      if (request.method === 'GET') read(request, response)
      else void write(request, response)
    }),
  )
})

function idOf(url: string): string {
  return url.slice(articlesPath.length + 1, articlesPath.length + 37)
}

function text(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? ''))
    request.on('error', reject)
  })
}

function answer(response: ServerResponse, status: number, body: Answer<Body | undefined>): void {
  if (body instanceof Promise) void body.then(known => send(response, status, known))
  else send(response, status, body)
}

function answerPage(response: ServerResponse, page: Answer<Page>): void {
  if (page instanceof Promise) void page.then(({ body }) => send(response, 200, body))
  else send(response, 200, page.body)
}

function send(response: ServerResponse, status: number, body: Body | undefined): void {
  if (body === undefined) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(bytesOf(body))])
  endWith(response, body)
}
