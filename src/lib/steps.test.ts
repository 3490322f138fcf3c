import { expect, test } from 'vitest'
import { runSteps, settle, type Steps, whenSettled } from './steps.ts'

function* sum(one: number | Promise<number>, other: number | Promise<number>): Steps<number> {
  return (yield* settle(one)) + (yield* settle(other))
}

test('steps without promises finish at once', () => {
  expect(runSteps(sum(1, 2))).toBe(3)
})

test('a promise on the way makes the result a promise', async () => {
  const result = runSteps(sum(1, Promise.resolve(2)))
  expect(result).toBeInstanceOf(Promise)
  expect(await result).toBe(3)
})

test('a rejection can be caught inside the steps and otherwise rejects the result', async () => {
  function* careful(): Steps<string> {
    try {
      yield* settle(Promise.reject(new Error('no')))
      return 'unreachable'
    } catch {
      return 'caught'
    }
  }
  expect(await runSteps(careful())).toBe('caught')
  await expect(runSteps(sum(Promise.reject(new Error('no')), 1))).rejects.toThrow('no')
})

test('whenSettled stays synchronous where it can', () => {
  expect(whenSettled(2, value => value + 1)).toBe(3)
})
