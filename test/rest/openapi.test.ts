// The OpenAPI document is valid, passes a linter, and tells of each answer what is true.
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Blog, openBlog } from './blog.ts'
import { conformance } from './conforms.ts'

interface Described {
  readonly operationId: string
  readonly parameters: readonly { readonly name?: string; readonly schema?: Record<string, unknown> }[]
  readonly security: readonly object[]
}

let blog: Blog
let text: string
let document: {
  paths: Record<string, Record<string, Described>>
  components: {
    schemas: Record<
      string,
      { properties: Record<string, object>; required?: string[]; patternProperties: Record<string, object> }
    >
  }
}
beforeAll(async () => {
  blog = await openBlog()
  text = (await blog.ask({ url: '/openapi.json' })).text
  document = JSON.parse(text)
})
afterAll(() => blog.close())

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    expect(await new Validator().validate(JSON.parse(text))).toEqual({ valid: true })
  })

  it('has nothing that a linter minds, but for the licence that only an application can name', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      rules: { 'info-license': 'off', 'no-required-schema-properties-undefined': 'off' },
    })
    const problems = await lintFromString({ source: text, config })
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
  })

  it('describes every generated route, and no other', () => {
    const served = blog.server.routes
      .filter(route => 'operation' in route)
      .map(route => `${route.method} ${route.path}`)
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map(method => `${method.toUpperCase()} ${path}`),
    )
    expect(described.toSorted()).toEqual(served.toSorted())
  })

  it('leaves out what is closed to everybody', () => {
    expect(Object.keys(document.paths['/api/logs'] ?? {})).toEqual(['get'])
    expect(document.paths).not.toHaveProperty('/api/logs/{key}')
    expect(Object.keys(document.paths['/api/users'] ?? {})).toEqual(['get', 'patch'])
    const user = document.components.schemas['User']?.properties ?? {}
    expect(Object.keys(user)).toEqual(['id', 'name', 'role', 'articles'])
    expect(text).not.toMatch(/PlinthEvent|plinth_/)
    expect(Object.keys(document.components.schemas['ArticleUpdate']?.properties ?? {})).not.toContain('version')
  })

  it('offers no sums where there are no numbers, and keys that a path can name', () => {
    const words = document.paths['/api/tags:aggregate']?.['get']?.parameters.map(({ name }) => name)
    expect(words).toEqual(expect.arrayContaining(['groupBy', 'min']))
    expect(words).not.toContain('sum')
    expect(words).not.toContain('avg')
    const { name } = document.components.schemas['TagCreate']?.properties ?? {}
    expect(name).toMatchObject({ minLength: 1, maxLength: 40, not: { enum: ['.', '..'] } })
  })

  it('says where rules take a field away or hide its value', () => {
    const article = document.components.schemas['Article']
    expect(article?.required).toContain('title')
    expect(article?.required).not.toContain('secret')
    expect(article?.required).toContain('note')
    expect(article?.properties['note']).toMatchObject({ type: ['string', 'null'] })
  })

  it('tells the format alone of moments that are answered, and the pattern of those that are sent', () => {
    const { schemas } = document.components
    const moment = { type: ['string', 'null'], format: 'date-time' }
    expect(schemas['Article']?.properties['publishedAt']).toEqual(moment)
    expect(schemas['ArticleSelected']?.properties['publishedAt']).toEqual(moment)
    expect(schemas['ArticleCreate']?.properties['publishedAt']).toMatchObject({
      ...moment,
      pattern: expect.any(String),
    })
  })

  it('says who has to sign in', () => {
    const { get, post } = document.paths['/api/articles'] ?? {}
    expect(get?.security).toEqual([{}, { credential: [] }])
    expect(post?.security).toEqual([{ credential: [] }])
  })

  it('lets lists be sorted, and groups be made, by fields of to-one relations', async () => {
    const fits = (path: string, parameter: string, item: string): boolean => {
      const { schema } = document.paths[path]?.['get']?.parameters.find(({ name }) => name === parameter) ?? {}
      return new Ajv2020().compile(schema ?? false)([item])
    }
    for (const [path, parameter, item, status] of [
      ['/api/articles', 'sort', 'author.name', 200],
      ['/api/articles', 'sort', '-author.role', 200],
      ['/api/articles', 'sort', 'author.email', 403],
      ['/api/articles', 'sort', 'comments.body', 400],
      ['/api/articles:aggregate', 'groupBy', 'author.name', 200],
      ['/api/articles:aggregate', 'groupBy', 'comments.body', 400],
      ['/api/articles:aggregate?groupBy=author.name', 'sort', '-author.name', 200],
      ['/api/comments', 'sort', 'article.commentCount', 400],
      ['/api/comments', 'sort', 'article.author.name', 400],
    ] as const) {
      const url = `${path}${path.includes('?') ? '&' : '?'}${parameter}=${item}`
      expect([url, (await blog.ask({ url })).status]).toEqual([url, status])
      expect([url, fits(path.split('?')[0] ?? '', parameter, item)]).toEqual([url, status === 200])
    }
    const described = (path: string): string =>
      JSON.stringify(document.paths[path]?.['get']?.parameters.find(({ name }) => name === 'sort'))
    expect(described('/api/articles')).toContain('A field of a to-one relation is written like `author.name`.')
    expect(described('/api/tags')).not.toContain('to-one relation')
  })

  it('has patterns of names that the server understands, for every operator', async () => {
    const { properties, patternProperties } = document.components.schemas['ArticleFilter'] ?? {
      properties: {},
      patternProperties: {},
    }
    const names = [
      ...Object.keys(properties).filter(name => !['and', 'or', 'not'].includes(name)),
      ...Object.keys(patternProperties).flatMap(examplesOf),
    ]
    expect(names.length).toBeGreaterThan(150)
    // Alternatives are expanded in turn: every seventh touches all of them.
    for (const name of names.filter((_, index) => index % 7 === 0)) {
      expect(
        Object.keys(properties).includes(name) ||
          Object.keys(patternProperties).some(pattern => new RegExp(pattern, 'u').test(name)),
        name,
      ).toBe(true)
      // Whatever the value, the name itself is understood.
      const told = await blog.ask({ url: `/api/articles?${name}=x`, as: blog.admin })
      expect([200, 400], name).toContain(told.status)
      if (told.status === 400) expect([name, told.json.code]).toEqual([name, 'request.malformed-parameter'])
    }
  })
})

/** Every name that a pattern of alternatives in groups stands for, with and without what is optional. */
function examplesOf(pattern: string): string[] {
  const source = pattern.slice(1, -1).replaceAll(/\\([[\].])/g, '$1')
  const expand = (text: string): string[] => {
    const open = text.indexOf('(?:')
    if (open === -1) return [text]
    let depth = 0
    let close = open
    for (; close < text.length; close++) {
      if (text[close] === '(') depth++
      if (text[close] === ')' && --depth === 0) break
    }
    const inside = splitTop(text.slice(open + 3, close))
    const optional = text[close + 1] === '?'
    const rest = text.slice(close + (optional ? 2 : 1))
    return [...inside, ...(optional ? [''] : [])].flatMap(choice => expand(text.slice(0, open) + choice + rest))
  }
  return expand(source)
}

function splitTop(text: string): string[] {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === '|' && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}

describe('what is answered', () => {
  it('fits the document', async () => {
    const { mistakesOf } = conformance(JSON.parse(text))
    const { ann, bob, admin } = blog
    const mistakes: string[] = []
    const ask = async (
      method: string,
      url: string,
      as?: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) => {
      const told = await blog.ask({
        method,
        url,
        headers,
        ...(as === undefined ? {} : { as }),
        ...(body === undefined ? {} : { body }),
      })
      mistakes.push(...mistakesOf(method, url, told))
      return told
    }
    const created = await ask('POST', '/api/articles', ann, {
      title: 'One',
      state: 'published',
      authorId: ann,
      price: '1.5',
      labels: ['a'],
      meta: { a: 1 },
      rating: 0.5,
      publishedAt: '2026-01-01T00:00:00+01:00',
      day: '2026-01-01',
    })
    const url = created.headers['location'] ?? ''
    await ask('POST', '/api/articles?select=id,author(name),tags(name)', ann, [
      { title: 'Two', authorId: ann, tags: { connect: ['red'] } },
    ])
    await ask(
      'POST',
      '/api/articles',
      ann,
      { title: 'Three', authorId: ann },
      { prefer: 'return=minimal', 'idempotency-key': '"k"' },
    )
    await ask(
      'POST',
      '/api/articles',
      ann,
      { title: 'Three', authorId: ann },
      { prefer: 'return=minimal', 'idempotency-key': '"k"' },
    )
    await ask('POST', '/api/articles', ann, { title: '' })
    await ask('POST', '/api/articles', ann, '{')
    await ask('POST', '/api/articles', undefined, {})
    await ask('POST', '/api/tags?on=name', admin, { name: 'red', color: 'x' })
    await ask('POST', '/api/tags', admin, { name: 'red' })
    for (const caller of [undefined, ann, bob, admin]) {
      for (const query of [
        '',
        '?limit=1&count=true',
        '?include=author,tags(name),latest:comments(;limit=1)',
        '?select=title,author(*)',
        '?titel=x',
        '?sort=-rank&state=published',
        '?select=secret',
        '?note=x',
      ]) {
        await ask('GET', `/api/articles${query}`, caller)
      }
      for (const path of [
        url,
        '/api/articles/nope',
        '/api/articles:aggregate?count=*&groupBy=state&sum=price',
        '/api/users',
        '/api/logs',
        '/api/lines/1,a',
        '/api/tags/red',
      ]) {
        const told = await ask('GET', path, caller)
        if (told.headers['etag'] !== undefined)
          await ask('GET', path, caller, undefined, { 'if-none-match': told.headers['etag'] })
      }
    }
    await ask('GET', url, ann, undefined, { 'if-match': '"7.x"' })
    await ask('GET', url, ann, undefined, { accept: 'text/html' })
    await ask('PATCH', url, ann, { rank: 1 }, { 'if-match': created.headers['etag'] ?? '' })
    await ask('PATCH', url, ann, { rank: 1 }, { 'if-match': created.headers['etag'] ?? '' })
    await ask('PATCH', url, ann, { rank: 1 }, { prefer: 'return=minimal' })
    await ask('PATCH', url, bob, { rank: 1 })
    await ask('PATCH', '/api/articles?rank=1', ann, { rank: 2 })
    await ask('PATCH', '/api/articles', ann, { rank: 2 })
    await ask('DELETE', url, bob)
    await ask('DELETE', url, ann)
    await ask('GET', `${url}?withDeleted=true`, admin)
    await ask('POST', `${url}/restore`, admin)
    await ask('DELETE', '/api/articles?rank=77', ann)
    await ask('POST', '/api/comments', ann, { body: 'x', articleId: 'nope' })
    expect(mistakes).toEqual([])
  })
})
