// The reference tells the truth about declared routes and actions: it is valid, and every answer is what it says.
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import * as z from 'zod'
import {
  action,
  createApp,
  defineRules,
  defineSchema,
  everyone,
  fail,
  field,
  model,
  partial,
  routesOf,
} from '../../src/index.ts'
import { createTestApp, type TestResponse } from '../../src/testing/index.ts'
import { conformance } from '../rest/conforms.ts'
import { PersonView, routes, rules, schema, ShowView } from './theatre.ts'

const { group, get, post, list } = routesOf(schema)

const greet = post('/greet/{name}', {
  envelope: 'greeting',
  status: 201,
  input: { name: field.text({ max: 20 }), loud: field.boolean().default(false) },
  output: { text: field.text(), echo: { loud: field.boolean() }, at: field.datetime().optional() },
  allow: everyone,
  description: 'Says hello.',
  run: ({ input }) => {
    if (input.name === 'nobody') throw fail('conflict', 'There is nobody.')
    return { text: `Hello ${input.name}`, echo: { loud: input.loud } }
  },
})
const search = get('/people/{role}', {
  input: {
    role: field.enum(['member', 'manager']),
    limit: field.integer({ min: 1, max: 5 }).default(2),
    since: field.date().optional(),
    mood: field.enum(['merry', 'sad']).optional(),
    ids: field.array(field.integer()).optional(),
  },
  output: [PersonView],
  allow: ({ user }) => user.isSignedIn,
  run: ({ db, input }) => db.Person.find({ where: { role: input.role }, limit: input.limit }),
})
const other = group(
  {
    prefix: '/other',
    presentError: error => ({ body: { failed: error.code } }),
    errorSchema: {
      type: 'object',
      properties: { failed: { type: 'string' } },
      required: ['failed'],
      additionalProperties: false,
    },
  },
  [greet, search, list('/shows', ShowView.without('firstSeats'), { summary: 'The programme', deprecated: 'Use /v1.' })],
)
const actions = {
  publish: action(schema, {
    input: { id: field.id('Show') },
    output: 'Show',
    allow: ({ user }) => user.isSignedIn,
    run: ({ db, input }) => db.Show.update(input.id, { published: true }),
  }),
  nothing: action(schema, { allow: everyone, run: () => null }),
  closeAll: action(schema, { allow: ({ user }) => user.role.is('manager'), run: () => null }),
  sum: action(schema, {
    input: z.object({ of: z.array(z.number()), label: z.string().optional() }),
    output: z.object({ sum: z.number() }),
    allow: everyone,
    secret: true,
    run: ({ input }) => ({ sum: input.of.reduce((one, two) => one + two, 0) }),
  }),
  rename: action(schema, {
    input: { id: field.id('Person'), changes: partial({ name: field.text({ min: 1 }) }) },
    output: ShowView,
    allow: everyone,
    run: () => null,
  }),
}
const app = createApp({ name: 'Theatre', schema, rules, routes: [routes, other], actions })

test('the document is valid, and a linter minds nothing but the licence that only an application can name', async () => {
  await using plinth = await createTestApp(app)
  const { text } = await plinth.asAnonymous().get('/openapi.json')
  const { valid, errors } = await new Validator().validate(JSON.parse(text) as Record<string, unknown>)
  expect(valid, JSON.stringify(errors)?.slice(0, 1000)).toBe(true)
  const config = await createConfig({
    extends: ['recommended'],
    rules: {
      'info-license': 'off',
      'no-required-schema-properties-undefined': 'off',
      // A path with a literal beside a path with a place is what this API has: /articles/feed beside /articles/{slug}.
      'no-ambiguous-paths': 'off',
    },
  })
  const problems = await lintFromString({ source: text, config })
  expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
})

test('it has every route with its words, its parameters and who may use it', async () => {
  await using plinth = await createTestApp(app)
  const { body } = await plinth.asAnonymous().get('/openapi.json')
  const { paths } = body as { paths: Record<string, Record<string, Record<string, unknown>>> }
  const own = Object.entries(paths).filter(([path]) => !path.startsWith('/api/') || path.startsWith('/api/actions/'))
  expect(own.flatMap(([path, item]) => Object.keys(item).map(method => `${method} ${path}`)).toSorted()).toEqual([
    'delete /v1/shows/{code}',
    'delete /v1/shows/{code}/fans',
    'delete /v1/shows/{code}/guests',
    'get /other/people/{role}',
    'get /other/shows',
    'get /v1/labels',
    'get /v1/me',
    'get /v1/my-shows',
    'get /v1/shows',
    'get /v1/shows/{code}',
    'get /v1/shows/{showCode}/seats',
    'patch /v1/shows/{code}',
    'post /api/actions/close-all',
    'post /api/actions/nothing',
    'post /api/actions/publish',
    'post /api/actions/rename',
    'post /api/actions/sum',
    'post /other/greet/{name}',
    'post /v1/shows',
    'post /v1/shows/{code}/fans',
    'post /v1/shows/{code}/guests',
    'post /v1/shows/{showCode}/seats',
    'put /v1/me',
  ])
  const required = own.flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { security }]) =>
      (security as unknown[]).length === 1 ? [`${method} ${path}`] : [],
    ),
  )
  expect(required).toEqual(
    expect.arrayContaining([
      'get /v1/my-shows',
      'get /v1/me',
      'post /v1/shows',
      'post /v1/shows/{code}/fans',
      'post /api/actions/publish',
    ]),
  )
  expect(required).not.toEqual(expect.arrayContaining(['get /v1/shows']))
  expect(paths['/other/shows']?.['get']).toMatchObject({
    summary: 'The programme',
    deprecated: true,
    description: 'Deprecated: Use /v1.',
  })
  // In a query everything is text, and null is said by leaving out.
  expect(paths['/other/people/{role}']?.['get']?.['parameters']).toMatchObject([
    { name: 'role' },
    { name: 'limit' },
    { name: 'since', schema: { type: 'string', format: 'date' } },
    { name: 'mood', schema: { type: 'string', enum: ['merry', 'sad'] } },
    { name: 'ids', content: { 'application/json': { schema: { type: 'array' } } } },
    {},
  ])
  expect(paths['/other/greet/{name}']?.['post']).toMatchObject({
    description: 'Says hello.',
    requestBody: { required: true, content: { 'application/json': { schema: { required: ['greeting'] } } } },
    summary: 'Post greet name',
  })
  const offset: unknown = expect.objectContaining({
    name: 'offset',
    schema: expect.objectContaining({ maximum: 100_000 }),
  })
  expect(paths['/v1/shows']?.['get']?.['parameters']).toContainEqual(offset)
  const conditional = own.flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { parameters }]) =>
      JSON.stringify(parameters).includes('/IfMatch') ? [`${method} ${path}`] : [],
    ),
  )
  expect(conditional.toSorted()).toEqual(['delete /v1/shows/{code}', 'patch /v1/shows/{code}'])
  expect(paths['/api/actions/close-all']?.['post']).toMatchObject({
    summary: 'Close all',
    description: 'Not everyone who is signed in may do this.',
  })
  expect(paths['/api/actions/publish']?.['post']).not.toHaveProperty('description')
  expect(paths['/api/actions/nothing']?.['post']).not.toHaveProperty('description')
})

test('every answer is what the document says, refusals included', async () => {
  await using plinth = await createTestApp(app)
  const [hanna, mara] = await plinth.db.Person.create([{ name: 'Hanna' }, { name: 'Mara', role: 'manager' }])
  const show = await plinth.db.Show.create({
    title: 'Hamlet',
    price: '30.00',
    published: true,
    hostId: hanna!.id,
    tags: { create: { name: 'long' } },
    seats: { create: [{ number: 1, holderId: mara!.id }, { number: 2 }] },
  })
  const { body: document } = await plinth.asAnonymous().get('/openapi.json')
  const checker = conformance(document as object)
  const seen = new Set<string>()
  const check = async (
    method: string,
    url: string,
    body: unknown,
    callers: readonly (object | null)[],
    headers = {},
  ): Promise<void> => {
    for (const as of callers) {
      const answer: TestResponse = await plinth.request(method, url, {
        as: as as { id: string } | null,
        ...(body === undefined ? {} : { body }),
        headers,
      })
      const told = { status: answer.status, headers: { ...answer.headers }, text: answer.text, json: answer.body }
      expect(checker.mistakesOf(method, url, told as never)).toEqual([])
      seen.add(`${method} ${answer.status}`)
    }
  }
  const all = [null, hanna!, mara!]
  for (const url of [
    '/v1/shows',
    '/v1/shows?label=long&limit=1',
    '/v1/shows?limit=0',
    '/v1/shows?x=1',
    '/v1/shows/hamlet',
    '/v1/shows/none',
    '/v1/my-shows',
    '/v1/labels',
    '/v1/me',
    '/v1/shows/hamlet/seats',
    '/v1/shows/none/seats',
    '/other/shows',
    '/other/shows?limit=1',
    '/other/people/member',
    '/other/people/nobody',
    '/other/people/member?limit=9',
    '/other/people/member?limit=1',
  ]) {
    await check('GET', url, undefined, all)
    const { headers } = await plinth.asAnonymous().get(url)
    if (headers['etag'] !== undefined) await check('GET', url, undefined, [null], { 'if-none-match': headers['etag'] })
  }
  await check('GET', '/v1/shows', undefined, [null], { 'if-match': '"none"' })
  const made = { show: { headline: 'Medea', price: '1.00', labels: ['new'] } }
  for (const body of [made, {}, { show: { headline: '' } }, undefined, '[', { show: made.show, more: 1 }])
    await check('POST', '/v1/shows', body, all)
  await check('POST', '/v1/shows', made, [mara!], { 'idempotency-key': '"a"' })
  await check('POST', '/v1/shows/hamlet/seats', { seat: { number: 3 } }, all)
  await check('POST', '/v1/shows/hamlet/seats', { seat: { number: 3 } }, [hanna!])
  await check('PATCH', '/v1/shows/hamlet', { show: { labels: ['a', 'b'] } }, all)
  await check('PATCH', '/v1/shows/hamlet', { show: { labels: null } }, all, { 'if-match': '"77.a"' })
  await check('PUT', '/v1/me', { person: { name: 'H' } }, all)
  for (const method of ['POST', 'DELETE']) {
    await check(method, '/v1/shows/hamlet/fans', undefined, all)
    await check(method, '/v1/shows/none/fans', undefined, all)
    await check(method, '/v1/shows/hamlet/guests', undefined, all)
  }
  for (const body of [{ greeting: { loud: true } }, { greeting: {} }, {}, { greeting: { loud: 3 } }]) {
    await check('POST', '/other/greet/you', body, all)
    await check('POST', '/other/greet/nobody', body, [null])
  }
  await check('POST', '/api/actions/publish', { id: show.id }, all)
  await check('POST', '/api/actions/publish', { id: 'x' }, all)
  await check('POST', '/api/actions/nothing', undefined, all)
  await check('POST', '/api/actions/sum', { of: [1, 2] }, all)
  await check('POST', '/api/actions/sum', { of: ['1'] }, all)
  await check('POST', '/api/actions/sum', { of: [1] }, [mara!], { 'idempotency-key': '"b"' })
  await check('POST', '/api/actions/rename', { id: hanna!.id, changes: {} }, all)
  await check('DELETE', '/v1/shows/hamlet', undefined, all)
  expect([...seen].toSorted()).toEqual(
    expect.arrayContaining([
      'GET 200',
      'GET 304',
      'GET 400',
      'GET 401',
      'GET 404',
      'GET 412',
      'POST 201',
      'POST 204',
      'POST 409',
      'POST 422',
      'DELETE 204',
      'PATCH 412',
    ]),
  )
})

test('an application may use names that the document has for itself', async () => {
  const named = () => model({ title: field.text(), facts: field.json().optional() })
  const models = defineSchema({ Book: named(), BookCreate: named(), ManyBook: named(), Problem: named() })
  const open = () => ({ read: everyone, create: everyone, update: everyone, delete: everyone })
  const createBook = action(models, {
    input: { title: field.text({ max: 20 }), facts: field.json() },
    output: { facts: field.json().optional(), from: field.ip().optional() },
    allow: everyone,
    run: () => ({ facts: null, from: null }),
  })
  const rulesOfAll = defineRules(models, { Book: open, BookCreate: open, ManyBook: open, Problem: open })
  await using plinth = await createTestApp(createApp({ schema: models, rules: rulesOfAll, actions: { createBook } }))
  const { text } = await plinth.asAnonymous().get('/openapi.json')
  const { paths, components } = JSON.parse(text) as {
    paths: Record<string, Record<string, { operationId: string; requestBody?: unknown; responses?: unknown }>>
    components: { schemas: Record<string, object>; responses: Record<string, object> }
  }
  const ids = Object.values(paths).flatMap(item => Object.values(item).map(({ operationId }) => operationId))
  expect(new Set(ids).size).toBe(ids.length)
  expect(paths['/api/books']?.['post']?.operationId).toBe('createBook')
  expect(paths['/api/books']?.['post']?.requestBody).toMatchObject({
    content: { 'application/json': { schema: { anyOf: [{ $ref: '#/components/schemas/BookCreateSchema' }, {}] } } },
  })
  expect(components.schemas['BookCreate']).toHaveProperty('properties.id')
  expect(components.schemas['BookCreateSchema']).not.toHaveProperty('properties.id')
  expect(components.schemas['ProblemSchema']).toHaveProperty('properties.status')
  expect(JSON.stringify(components.responses)).not.toContain('schemas/Problem"')
  // Generators of clients know no schema that is `true`, and no type beside alternatives.
  const posted = paths['/api/actions/create-book']?.['post']
  expect(posted?.requestBody).toMatchObject({
    content: {
      'application/json': {
        schema: { properties: { title: { maxLength: 20, pattern: '^[^\\u0000]*$' }, facts: {} } },
      },
    },
  })
  expect(posted?.responses).toMatchObject({
    200: { content: { 'application/json': { schema: { properties: { from: { anyOf: [{}, { type: 'null' }] } } } } } },
  })
})
