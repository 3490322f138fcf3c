// What a refusal says is enough to mend the request: which word, which value, which address, under the names that the client knows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model, routesOf } from '../../src/index.ts'
import { createTestApp, type TestApp } from '../../src/testing/index.ts'
import { conformance } from './conforms.ts'

const details = {
  type: 'object',
  properties: {
    pain: { type: 'integer' },
    side: { enum: ['left', 'right'] },
    form: { const: 2 },
    marks: { type: 'object', propertyNames: { maxLength: 3 } },
  },
  additionalProperties: false,
}
const schema = defineSchema({
  Visit: model({
    day: field.date(),
    details: field.json(details).optional(),
    marks: field.array(field.text()).default([]),
    seenAt: field.datetime().optional(),
    skills: field.manyToMany('Skill'),
  }),
  Skill: model({ title: field.text(), code: field.slug('title').unique(), visits: field.manyToMany('Visit') }),
})
const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { Visit: () => open, Skill: () => open })
const { group, get } = routesOf(schema)
const desk = group({ prefix: '/desk', name: 'Desk' }, [
  get('/figures/{year}', {
    input: { year: field.integer() },
    output: { year: field.integer() },
    allow: everyone,
    run: ({ input }) => Promise.resolve(input),
  }),
])

let clinic: TestApp<typeof schema>
beforeAll(async () => {
  clinic = await createTestApp(createApp({ schema, rules, routes: [desk] }))
})
afterAll(() => clinic.close())

const ask = (method: string, url: string, body?: object): ReturnType<typeof clinic.request> =>
  clinic.request(method, url, body === undefined ? {} : { body })

/** The first entry of `errors`. */
async function mistake(body: object): Promise<string> {
  const { pointer, message } = (await ask('POST', '/api/visits', body)).body.errors[0]
  return `${pointer}: ${message}`
}

it('a row is found by what a new one brings, and by no key that Plinth makes', async () => {
  const { paths } = (await ask('GET', '/openapi.json')).body
  const on = (path: string): object | undefined =>
    paths[path].post.parameters.find(({ name }: { name?: string }) => name === 'on')
  expect(on('/api/skills')).toMatchObject({ schema: { enum: ['code'] } })
  expect(on('/api/visits')).toBeUndefined()
  expect(paths['/api/visits'].post.responses).not.toHaveProperty('200')
  const told = async (path: string): Promise<string> =>
    (await ask('POST', `${path}?on=id`, { title: 'Skin' })).body.code
  expect(await told('/api/skills')).toBe('request.not-unique')
  expect(await told('/api/visits')).toBe('request.unknown-parameter')
  expect((await ask('POST', '/api/skills?on=code', { title: 'Skin', code: 'skin' })).status).toBe(201)
  expect((await ask('POST', '/api/skills?on=code', { title: 'Skin', code: 'skin' })).status).toBe(200)
})

it('rows that are connected or created are described with what they are known by', async () => {
  const { components } = (await ask('GET', '/openapi.json')).body
  const all: { properties?: Record<string, { properties?: object }> }[] = Object.values(components.schemas)
  const words = (relation: string): object[] =>
    all.flatMap(({ properties }) =>
      properties?.[relation]?.properties === undefined ? [] : [properties[relation].properties],
    )
  expect(words('skills')).not.toEqual([])
  for (const { connectOrCreate, setOrCreate } of words('skills') as Record<string, object>[])
    for (const described of [connectOrCreate, setOrCreate])
      expect(described).toMatchObject({ anyOf: [{ allOf: [{}, { required: ['code'] }] }, { maxItems: 9999 }] })
  expect(words('visits').filter(word => 'connectOrCreate' in word)).toEqual([])
  const body = { title: 'Skin', visits: { connectOrCreate: [{ day: '2030-01-01' }] } }
  expect((await ask('POST', '/api/skills', body)).body.errors[0].message).toBe(
    'This has to be the unique values of a Visit, which has none that can be given.',
  )
})

describe('a refusal names', () => {
  it('what of a JSON value does not fit', async () => {
    const told = (given: object): Promise<string> => mistake({ day: '2030-01-01', details: given })
    expect(await told({ pian: 3 })).toBe('/details: This does not fit its schema: must NOT have the property "pian".')
    expect(await told({ side: 'up' })).toBe(
      '/details/side: This does not fit its schema: must be one of "left", "right".',
    )
    expect(await told({ form: 1 })).toBe('/details/form: This does not fit its schema: must be 2.')
    expect(await told({ marks: { long: 1 } })).toContain(
      'the name of the property "long" must NOT have more than 3 characters',
    )
    expect(await told({ ['p'.repeat(5000)]: 3 })).toHaveLength(131)
  })

  it('which element of a list is null', async () => {
    expect(await mistake({ day: '2030-01-01', marks: ['a', null] })).toBe('/marks/1: "marks[1]" cannot be null.')
  })

  it('what became of the "+" of an offset', async () => {
    const told = async (text: string): Promise<string> => (await ask('GET', `/api/visits?seenAt=${text}`)).body.detail
    const form = 'The parameter "seenAt" cannot be read: this has to be a date and time like "2026-11-22T17:29:21Z"'
    expect(await told('2030-01-01T09:00:00+02:00')).toBe(`${form}, with "+" written as "%2B".`)
    expect(await told('2030-01-01+09:00')).toBe(`${form}.`)
    expect((await ask('GET', '/api/visits?seenAt=2030-01-01T09:00:00%2B02:00')).status).toBe(200)
  })

  it('the operators that a field has, the test for null among them', async () => {
    const { body } = await ask('GET', '/api/visits?details=1')
    expect(body.hint).toBe('It has: isNull.')
    const find = clinic.db.Visit.find({ where: { details: { eq: 1 } as never } })
    await expect(find).rejects.toMatchObject({ hint: 'It has: isNull.' })
  })

  it('what a limit has to be', async () => {
    const limit = async (text: string): Promise<string> => (await ask('GET', `/api/visits?limit=${text}`)).body.detail
    expect(await limit('')).toBe('The limit has to be a whole number from 1 to 200, and is "".')
    expect(await limit('1e1')).toBe('The limit has to be a whole number from 1 to 200, and is "1e1".')
    expect(await limit('0')).toBe('The limit has to be a whole number from 1 to 200, and is "0".')
  })

  it('how a related row is named, and no key that nobody can give', async () => {
    const day = '2030-01-01'
    expect(await mistake({ day, skills: { connect: null } })).toBe(
      "/skills/connect: This has to be a row's id, or code.",
    )
    expect(await mistake({ day, skills: { connectOrCreate: [{ title: 'Skin' }] } })).toBe(
      '/skills/connectOrCreate/0: This has to be the unique values of a Skill: code.',
    )
  })

  it('a route by its whole path', async () => {
    expect((await ask('GET', '/desk/figures/x')).body.detail).toBe(
      'The input of GET /desk/figures/{year} that was sent is not valid.',
    )
  })
})

it('a page that has not changed is described with its links', async () => {
  const document = (await ask('GET', '/openapi.json')).body
  await clinic.db.Visit.create([{ day: '2030-01-01' }, { day: '2030-01-02' }])
  const url = '/api/visits?limit=1'
  const { headers } = await ask('GET', url)
  const again = await clinic.request('GET', url, { headers: { 'if-none-match': headers['etag'] ?? '' } })
  expect(again.status).toBe(304)
  expect(again.headers).toHaveProperty('link')
  expect(conformance(document).mistakesOf('GET', url, { ...again, json: null })).toEqual([])
})
