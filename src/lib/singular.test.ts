import { expect, it } from 'vitest'
import { singular } from './singular.ts'

it.each([
  ['films', 'film'],
  ['categories', 'category'],
  ['movies', 'movie'],
  ['addresses', 'address'],
  ['boxes', 'box'],
  ['churches', 'church'],
  ['statuses', 'status'],
  ['people', 'person'],
  ['children', 'child'],
  ['indexes', 'index'],
  ['courses', 'course'],
  ['houses', 'house'],
  ['ties', 'tie'],
  ['news', 'news'],
  ['series', 'series'],
  ['status', 'status'],
  ['analysis', 'analysis'],
  ['film', 'film'],
  ['gas', 'gas'],
  ['s', 's'],
])('%s is %s', (plural, one) => {
  expect(singular(plural)).toBe(one)
})
