import { expect, it } from 'vitest'
import { capitalise, kebabCase, sentenceCase, snakeCase, uncapitalise } from './casing.ts'

it.each([
  ['createdAt', 'created_at', 'created-at', 'Created at'],
  ['ArticleComment', 'article_comment', 'article-comment', 'Article comment'],
  ['HTTPServer', 'http_server', 'http-server', 'HTTP server'],
  ['userID', 'user_id', 'user-id', 'User ID'],
  ['line2Text', 'line2_text', 'line2-text', 'Line2 text'],
  ['a_b', 'a_b', 'a-b', 'A b'],
  ['x', 'x', 'x', 'X'],
])('%s is %s, %s and %s', (name, snake, kebab, sentence) => {
  expect([snakeCase(name), kebabCase(name), sentenceCase(name)]).toEqual([snake, kebab, sentence])
})

it('changes first letters only', () => {
  expect(capitalise('articleId')).toBe('ArticleId')
  expect(uncapitalise('ArticleId')).toBe('articleId')
  expect(capitalise('')).toBe('')
})
