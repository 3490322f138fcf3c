import { expect, it } from 'vitest'
import { nearest, perhaps } from './nearest.ts'

const words = ['title', 'slug', 'state', 'author', 'createdAt']

it.each([
  ['titel', 'title'],
  ['Title', 'title'],
  ['staet', 'state'],
  ['autor', 'author'],
  ['created_at', 'createdAt'],
  ['slgu', 'slug'],
])('%s is probably %s', (word, meant) => {
  expect(nearest(word, words)).toBe(meant)
})

it('counts a swap of neighbours as one edit', () => {
  // Two replacements would make "bc" as near as "ab".
  expect(nearest('ba', ['xy', 'ab'])).toBe('ab')
  expect(nearest('abdc', ['abxx', 'abcd'])).toBe('abcd')
})

it.each([
  ['passwordHsh', 'sort'],
  ['verbose', 'json'],
  ['limit', 'not'],
  ['/printer/nothing', '/api/bins'],
  ['a', 'key'],
  ['', 'on'],
])('%s is not %s', (word, other) => {
  expect(nearest(word, [other])).toBe('')
  expect(perhaps(word, [other])).toBe('')
})

it('allows the shortest words one edit', () => {
  expect(nearest('it', ['in', 'notIn'])).toBe('in')
  expect(perhaps('it', ['in', 'notIn'])).toBe(', perhaps "in"')
})

it('has no answer without candidates', () => {
  expect(nearest('title', [])).toBe('')
})

it('looks at a bounded part of hostile names', () => {
  const long = 'x'.repeat(1_000_000)
  const started = performance.now()
  expect(nearest(long, [long.slice(0, 500_000), ...words])).toBe(long.slice(0, 500_000))
  expect(performance.now() - started).toBeLessThan(500)
})
