import { expect, it } from 'vitest'
import { plural } from './plural.ts'

it.each([
  ['article', 'articles'],
  ['category', 'categories'],
  ['day', 'days'],
  ['box', 'boxes'],
  ['class', 'classes'],
  ['branch', 'branches'],
  ['wish', 'wishes'],
  ['person', 'people'],
  ['child', 'children'],
  ['analysis', 'analyses'],
  ['news', 'news'],
  ['series', 'series'],
  ['article-category', 'article-categories'],
  ['news-person', 'news-people'],
])('more than one %s are %s', (one, many) => {
  expect(plural(one)).toBe(many)
})
