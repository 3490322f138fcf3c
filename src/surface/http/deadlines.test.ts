import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Deadlines } from './deadlines.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('each is told once, when its own time is over; what has ended is not', () => {
  const told: [string, number][] = []
  const deadlines = new Deadlines<{ name: string }>(100, ({ name }) => told.push([name, performance.now()]))
  const began = performance.now()
  deadlines.begin({ name: 'first' })
  vi.advanceTimersByTime(40)
  const second = deadlines.begin({ name: 'second' })
  vi.advanceTimersByTime(40)
  deadlines.begin({ name: 'third' })
  deadlines.end(second)
  deadlines.end(second)
  vi.advanceTimersByTime(400)
  deadlines.begin({ name: 'fourth' })
  vi.advanceTimersByTime(400)
  expect(told).toEqual([
    ['first', began + 100],
    ['third', began + 180],
    ['fourth', began + 580],
  ])
})

test('whoever is told does not see the asynchronous context of whoever came first', () => {
  const storage = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const deadlines = new Deadlines<object>(100, () => seen.push(storage.getStore()))
  storage.run('of the first', () => deadlines.begin({}))
  storage.run('of the second', () => deadlines.begin({}))
  vi.advanceTimersByTime(100)
  expect(seen).toEqual([undefined, undefined])
})
