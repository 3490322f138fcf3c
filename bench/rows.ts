// What is measured: each row of the table is one kind of request, made from a seeded sequence that all peers share.
import type { Random } from './data/random.ts'

/** The rows, in the order of the table. */
export const rowNames = ['hello', 'point', 'list', 'nested', 'rule', 'create', 'update'] as const
export type RowName = (typeof rowNames)[number]

/** Which rule the peers apply to articles: everyone reads all, or callers read what is published or their own. */
export type Access = 'open' | 'owned'

/** Real values of the data set, for requests to ask for. */
export interface Samples {
  readonly articleIds: readonly string[]
  readonly articleTimes: readonly string[]
  readonly userIds: readonly string[]
  /** Signed bearer tokens of some users. */
  readonly tokens: readonly string[]
}

/** One HTTP request before it is put on the wire. */
export interface BenchRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly token?: string
  /** JSON text. */
  readonly body?: string
}

export interface Row {
  readonly name: RowName
  readonly title: string
  readonly access: Access
  readonly writes: boolean
  readonly status: 200 | 201
  /** Fields of the answer that every server makes itself, and what they look like. */
  readonly volatile?: Readonly<Record<string, 'id' | 'time'>>
  /** The next request. `unique` has not been used before against this database. */
  request(sequence: Random, samples: Samples, unique: string): BenchRequest
}

/** The selections that every peer serves; requests name the fields they want. */
export const articleFields = 'id,title,slug,body,state,featured,authorId,createdAt,updatedAt'
export const listFields = 'id,title,slug,state,featured,authorId,createdAt,updatedAt'
export const nestedFields = 'id,title,slug,state,createdAt,author(id,name),tags(id,name),commentCount'

/** The query of a page of 20 articles written before a moment, newest first. */
function pageBefore(time: string, fields: string): string {
  return `/api/articles?createdAt[lt]=${time}&sort=-createdAt&limit=20&select=${fields}`
}

const articleText = 'It was "noted" that the naïve reading – line by line –\nis seldom the fastest. '.repeat(12)

export const rows: readonly Row[] = [
  {
    name: 'hello',
    title: 'a constant object',
    access: 'open',
    writes: false,
    status: 200,
    request: () => ({ method: 'GET', path: '/hello' }),
  },
  {
    name: 'point',
    title: 'one article by id',
    access: 'open',
    writes: false,
    status: 200,
    request: (sequence, samples) => ({
      method: 'GET',
      path: `/api/articles/${sequence.pick(samples.articleIds)}?select=${articleFields}`,
    }),
  },
  {
    name: 'list',
    title: '20 articles before a moment, newest first',
    access: 'open',
    writes: false,
    status: 200,
    request: (sequence, samples) => ({
      method: 'GET',
      path: pageBefore(sequence.pick(samples.articleTimes), listFields),
    }),
  },
  {
    name: 'nested',
    title: 'the same with author, tags and comment count',
    access: 'open',
    writes: false,
    status: 200,
    request: (sequence, samples) => ({
      method: 'GET',
      path: pageBefore(sequence.pick(samples.articleTimes), nestedFields),
    }),
  },
  {
    name: 'rule',
    title: 'the list, as a signed-in caller: published or own',
    access: 'owned',
    writes: false,
    status: 200,
    request: (sequence, samples) => ({
      method: 'GET',
      path: pageBefore(sequence.pick(samples.articleTimes), listFields),
      token: sequence.pick(samples.tokens),
    }),
  },
  {
    name: 'create',
    title: 'one article of 1 kB, durable',
    access: 'open',
    writes: true,
    status: 201,
    volatile: { id: 'id', createdAt: 'time', updatedAt: 'time' },
    request: (sequence, samples, unique) => ({
      method: 'POST',
      path: `/api/articles?select=${articleFields}`,
      body: JSON.stringify({
        title: `Measured ${unique}`,
        slug: `measured-${unique}`,
        body: articleText,
        state: 'published',
        authorId: sequence.pick(samples.userIds),
      }),
    }),
  },
  {
    name: 'update',
    title: 'the title of one article, durable',
    access: 'open',
    writes: true,
    status: 200,
    volatile: { updatedAt: 'time' },
    request: (sequence, samples, unique) => ({
      method: 'PATCH',
      path: `/api/articles/${sequence.pick(samples.articleIds)}?select=${articleFields}`,
      body: JSON.stringify({ title: `Measured ${unique}` }),
    }),
  },
]

/** The row of a name. */
export function rowNamed(name: RowName): Row {
  const row = rows.find(candidate => candidate.name === name)
  if (row === undefined) throw new RangeError(`no row is named ${name}`)
  return row
}
