// The page of errors and the catalogue agree in both directions, and the server explains each code that clients can meet.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { errorsPage, writtenErrorsPage } from '../../scripts/errors-page.ts'
import { catalog, type CatalogEntry, fillText } from '../../src/error/index.ts'
import { serve } from './serve.ts'
import { errorPages } from '../../src/surface/http/index.ts'

const entries = Object.entries(catalog as Readonly<Record<string, CatalogEntry>>)
const documented = [...writtenErrorsPage().matchAll(/^\| `([^`]+)` \| (\d+) \|/gm)].map(
  ([, code, status]) => `${code} ${status}`,
)

it('lists every code of the catalogue, and nothing else', () => {
  expect(documented.toSorted()).toEqual(entries.map(([code, { status }]) => `${code} ${status}`).toSorted())
})

it('is as the catalogue makes it; otherwise run node scripts/errors-page.ts', () => {
  expect(writtenErrorsPage()).toBe(errorsPage())
})

it('names statuses that HTTP has, or the one for clients that have gone', () => {
  for (const [code, { status }] of entries) expect([code, status >= 400 && status <= 599], code).toEqual([code, true])
})

it('has texts whose places are all filled by parameters', () => {
  for (const [code, { message, hint = '' }] of entries) {
    const names = [...`${message}${hint}`.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? '')
    const filled = fillText(message + hint, Object.fromEntries(names.map(name => [name, 'x'])))
    expect(filled, code).not.toMatch(/\{\w+\}/)
  }
})

it('has no code that nothing raises', () => {
  const folder = new URL('../../src/', import.meta.url)
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !/\.test\.ts$|^error[/\\]catalog[/\\]/.test(name))
    .map(name => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n')
  // Those of `fail` are put together from the word that it is given.
  const unused = Object.keys(catalog).filter(code => !code.startsWith('application.') && !sources.includes(`'${code}'`))
  expect(unused).toEqual([])
})

it('is served where the type of a problem leads', async () => {
  const { fastify } = serve(errorPages())
  for (const [code, { message }] of entries) {
    const page = await fastify.inject({ url: `/errors/${code}` })
    expect([code, page.statusCode]).toEqual([code, code.startsWith('boot.') ? 404 : 200])
    if (page.statusCode === 200) expect(page.body).toContain(message.slice(0, message.search(/["'<>&{]|$/)))
  }
  const all = await fastify.inject({ url: '/errors', headers: { accept: 'text/html' } })
  expect(all.headers['content-security-policy']).toContain("default-src 'none'")
  expect((await fastify.inject('/errors/nothing.such')).statusCode).toBe(404)
})
