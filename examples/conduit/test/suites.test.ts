// Our suites are complete and readable, and a folder without suites or a file that is none cannot pass for success.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseSuite } from './hurl/index.ts'
import { ownSuites, runSuiteFile, suiteFiles } from './suites.ts'

const folder = mkdtempSync(join(tmpdir(), 'conduit-suites-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('our suites ask every endpoint of the specification for every status that it answers with', () => {
  const entries = suiteFiles(ownSuites).flatMap(file => parseSuite(file, readFileSync(file, 'utf8')).entries)
  const endpoints = Map.groupBy(entries, ({ method, url }) => `${method} ${endpointOf(url)}`)
  const statuses = Object.fromEntries(
    [...endpoints].map(([name, of]) => [name, [...new Set(of.map(({ status }) => status))].toSorted((a, b) => a - b)]),
  )
  expect(statuses).toEqual({
    'POST /users': [201, 409, 422],
    'POST /users/login': [200, 401, 422],
    'GET /user': [200, 401],
    'PUT /user': [200, 401, 422],
    'GET /profiles/:name': [200, 404],
    'POST /profiles/:name/follow': [200, 401, 404],
    'DELETE /profiles/:name/follow': [200, 401, 404],
    'GET /articles': [200],
    'GET /articles/feed': [200, 401],
    'POST /articles': [201, 401, 422],
    'GET /articles/:slug': [200, 404],
    'PUT /articles/:slug': [200, 401, 403, 404, 422],
    'DELETE /articles/:slug': [204, 401, 403, 404],
    'GET /articles/:slug/comments': [200, 404],
    'POST /articles/:slug/comments': [201, 401, 404, 422],
    'DELETE /articles/:slug/comments/:id': [204, 401, 403, 404],
    'POST /articles/:slug/favorite': [200, 401, 404],
    'DELETE /articles/:slug/favorite': [200, 401, 404],
    'GET /tags': [200],
  })
})

test('a folder without suites is an error', () => {
  expect(() => suiteFiles(folder)).toThrow('there are no .hurl files')
})

test('a file that is no suite has failed', async () => {
  const file = join(folder, 'broken.hurl')
  writeFileSync(file, 'GET {{host}}/api/tags\nHTTP 200\n[Asserts]\nsha256 == "abc"\n')
  expect(await runSuiteFile(file, 'http://127.0.0.1:1')).toEqual({
    file: 'broken.hurl',
    requests: 0,
    asserts: 0,
    failures: ['broken.hurl:4: the query sha256 is not known'],
    notSent: 0,
  })
})

function endpointOf(url: string): string {
  return url
    .replace(/^\{\{host\}\}\/api/u, '')
    .replace(/\?.*/u, '')
    .replace(/^\/profiles\/[^/]+/u, '/profiles/:name')
    .replace(/^\/articles\/(?!feed$)[^/]+/u, '/articles/:slug')
    .replace(/\/comments\/.+/u, '/comments/:id')
}
