// The examples of docs/rest.md are served.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Blog, openBlog } from './blog.ts'

const page = readFileSync(new URL('../../docs/rest.md', import.meta.url), 'utf8')
const urls = [...page.matchAll(/(?:^|[`])(\/api\/articles[^\s`]*\?[^\s`]*)/gm)].map(match => match[1] ?? '')
const selections = [...page.matchAll(/`((?:select|include|sort)=[^\s`]+)`/g)].map(
  match => `/api/articles?${match[1] ?? ''}`,
)
const nested = [...page.matchAll(/`((?:\w+:)?comments\([^\s`]*\))`/g)].map(
  match => `/api/articles?include=${match[1] ?? ''}`,
)

let blog: Blog
beforeAll(async () => {
  blog = await openBlog()
})
afterAll(() => blog.close())

it('has examples', () => {
  expect(urls.length).toBeGreaterThan(12)
  expect(selections.length).toBeGreaterThan(2)
  expect(nested.length).toBeGreaterThan(2)
})

it.each([...urls, ...selections, ...nested])('has an example that is served: %s', async url => {
  const told = await blog.ask({ url })
  expect([told.status, told.text]).toEqual([200, expect.any(String)])
})

it('shows the words of the grammar that routes take', () => {
  const grammar = page.slice(page.indexOf('```abnf'))
  const words = new Set(
    blog.server.routes.flatMap(route => ('query' in route ? (route.query as { words: string[] }).words : [])),
  )
  for (const word of words) expect(grammar).toContain(`"${word}`)
})
