import { expect, it } from 'vitest'
import fc from 'fast-check'
import { slugOf } from './slug.ts'

it.each([
  ['Hello, World!', 'hello-world'],
  ['  Crème   brûlée ', 'creme-brulee'],
  ['Straße & Ærø', 'strasse-aero'],
  ['Łódź', 'lodz'],
  ["Don't panic", 'dont-panic'],
  ['ﬁne ½', 'fine-1-2'],
  ['---', expect.stringMatching(/^x-[0-9a-f]{10}$/)],
  ['你好', expect.stringMatching(/^x-[0-9a-f]{10}$/)],
])('%j becomes %s', (text, slug) => {
  expect(slugOf(text, 100)).toEqual(slug)
})

it('tells texts apart of which nothing is left', () => {
  expect(slugOf('你好', 100)).not.toBe(slugOf('再见', 100))
})

it('always has the form of a slug and keeps to its limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 60 }), (text, limit) => {
      const slug = slugOf(text, limit)
      expect(slug.length).toBeLessThanOrEqual(limit)
      expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    }),
    {
      examples: [
        ['a -b', 2],
        ['-a', 1],
        ['你', 1],
        ['你', 2],
        ['a b', 2],
      ],
    },
  )
})
