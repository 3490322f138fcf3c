// Requests beside the hot ones: what they do to point reads that other connections ask for at the same time.
import type { Random } from './data/random.ts'
import type { BenchRequest, Samples } from './rows.ts'

export const mixNames = ['one select', 'ten thousand selects', 'slow lists'] as const
export type MixName = (typeof mixNames)[number]

export interface Mix {
  readonly name: MixName
  /** The part of all requests that are not the hot one. */
  readonly share: number
  /** How many different statements its requests make. */
  readonly statements: number
  /** How often each of them is asked for in a row; a measurement goes on until all were. 0: it does not wait for that. */
  readonly times: number
  request(index: number, sequence: Random, samples: Samples): BenchRequest
}

const fields = ['title', 'slug', 'body', 'state', 'featured', 'authorId', 'createdAt', 'updatedAt', 'commentCount']
const authorFields = ['name', 'email', 'role', 'createdAt', 'updatedAt']
const differentSelects = 10_000
/** Enough for a plan to be kept, and for its statement to become a named one. */
const timesEach = 4

/** The select of a number: which fields, and which of the author, are its bits. */
function selectOf(number: number): string {
  const own = fields.filter((_, bit) => (number & (1 << bit)) !== 0)
  const rest = number >> fields.length
  const ofAuthor = authorFields.filter((_, bit) => (rest & (1 << bit)) !== 0)
  return ['id', ...own, `author(${['id', ...ofAuthor].join(',')})`].join(',')
}

const item = (select: string, sequence: Random, samples: Samples): BenchRequest => ({
  method: 'GET',
  path: `/api/articles/${sequence.pick(samples.articleIds)}?select=${select}`,
})

export const mixes: readonly Mix[] = [
  {
    ...{ name: 'one select', share: 0.25, statements: 1, times: 0 },
    request: (_, sequence, samples) => item(selectOf(differentSelects), sequence, samples),
  },
  {
    ...{ name: 'ten thousand selects', share: 0.25, statements: differentSelects, times: timesEach },
    request: (index, sequence, samples) =>
      item(selectOf(Math.floor(index / timesEach) % differentSelects), sequence, samples),
  },
  {
    ...{ name: 'slow lists', share: 0.01, statements: 1, times: 0 },
    // No title has it: the database looks at all hundred thousand.
    request: index => ({
      method: 'GET',
      path: `/api/articles?title[contains]=zebra${index}&limit=20&select=id,title`,
    }),
  },
]

export function mixNamed(name: MixName): Mix {
  const mix = mixes.find(candidate => candidate.name === name)
  if (mix === undefined) throw new RangeError(`no mix is named ${name}`)
  return mix
}
