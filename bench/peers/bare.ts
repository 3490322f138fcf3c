// The yardstick "bare": node:http, node:sqlite and the best SQL, and nothing that a served API owes beyond the answer.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import { readAuthorization } from '../data/token.ts'
import { uuid } from '../data/uuid.ts'
import { bodyOf, openDatabase, plainList, prepareStatements } from './article-sql.ts'
import { endWith, listen, servePeer } from './serve.ts'

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
  const statements = prepareStatements(openDatabase(settings.database), plainList)

  function read(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? ''
    if (url === '/hello') return send(response, 200, Buffer.from(JSON.stringify({ message: 'hello' })))
    if (url[articlesPath.length] === '/') {
      return send(response, 200, bodyOf(statements.find, idOf(url)))
    }
    const start = url.indexOf('[lt]=') + 5
    const before = url.slice(start, url.indexOf('&', start))
    if (settings.access === 'owned') {
      const caller = readAuthorization(request.headers.authorization) ?? ''
      return send(response, 200, bodyOf(statements.rule, before, '', pageSize, caller))
    }
    const statement = url.includes('author(') ? statements.nested : statements.list
    send(response, 200, bodyOf(statement, before, '', pageSize))
  }

  async function write(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const input = JSON.parse(await text(request)) as Input
    const now = new Date().toISOString()
    if (request.method === 'PATCH') {
      const id = idOf(request.url ?? '')
      return send(response, 200, bodyOf(statements.update, id, input.title, now))
    }
    const { title, slug, body, state, authorId } = input
    send(response, 201, bodyOf(statements.create, uuid(), title, slug, body, state, 0, authorId, now))
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

function send(response: ServerResponse, status: number, body: Uint8Array | undefined): void {
  if (body === undefined) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(body.byteLength)])
  endWith(response, body)
}
