import { expect, it } from 'vitest'
import { dependenciesFirst } from './dependencies-first.ts'

const needs: Readonly<Record<string, readonly string[]>> = {
  a: ['c'],
  b: [],
  c: ['b', 'd'],
  d: ['d'],
  e: ['f'],
  f: ['e'],
}

it('puts what is needed first, and ends where things need each other', () => {
  const ordered = dependenciesFirst(Object.keys(needs), item => needs[item] ?? [])
  expect(ordered.join(' ')).toBe('b d c a f e')
})
