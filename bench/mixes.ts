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
  /** Whether a measurement goes on until every statement was asked for twice: the second time is when one is kept. */
  readonly whole: boolean
  request(index: number, sequence: Random, samples: Samples): BenchRequest
}

const fields = ['title', 'slug', 'body', 'state', 'featured', 'authorId', 'createdAt', 'updatedAt', 'commentCount']
const authorFields = ['name', 'email', 'role', 'createdAt', 'updatedAt']
const differentSelects = 10_000

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
    ...{ name: 'one select', share: 0.25, statements: 1, whole: false },
    request: (_, sequence, samples) => item(selectOf(differentSelects), sequence, samples),
  },
  {
    ...{ name: 'ten thousand selects', share: 0.25, statements: differentSelects, whole: true },
    request: (index, sequence, samples) => item(selectOf((index >> 1) % differentSelects), sequence, samples),
  },
  {
    ...{ name: 'slow lists', share: 0.01, statements: 1, whole: false },
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
