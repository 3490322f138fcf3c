import { expect, it } from 'vitest'
import { deepFreeze } from './deep-freeze.ts'

it('freezes everything inside', () => {
  const value = deepFreeze({ list: [{ a: 1 }], inner: { deep: { b: 2 } } })
  expect(Object.isFrozen(value.list[0])).toBe(true)
  expect(Object.isFrozen(value.inner.deep)).toBe(true)
  expect(() => {
    value.inner.deep.b = 3
  }).toThrow(TypeError)
})

it('leaves functions and instances of classes alone', () => {
  const date = new Date(0)
  const value = deepFreeze({ date, run: () => 1 })
  expect(Object.isFrozen(value.date)).toBe(false)
  expect(Object.isFrozen(value.run)).toBe(false)
})

it('ends on values that hold themselves', () => {
  const value: { self?: unknown } = {}
  value.self = value
  expect(Object.isFrozen(deepFreeze(value))).toBe(true)
})
