import { expect, test } from 'vitest'
import { jsonObject } from './json-object.ts'

test('reads objects, and nothing else', () => {
  expect(jsonObject('{"a":[1]}')).toEqual({ a: [1] })
  for (const text of ['[1]', 'null', '"a"', '1', '', '{', '{"a":1} x']) expect(jsonObject(text)).toBeNull()
})
