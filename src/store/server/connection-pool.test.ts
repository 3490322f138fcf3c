import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ServerDriver } from './connection.ts'
import { ConnectionPool } from './connection-pool.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('attempts that fail together are tried again as one, and nothing is left of them behind the end', async () => {
  let attempts = 0
  const driver = {
    connect: () => {
      attempts++
      return Promise.reject(new Error('refused'))
    },
    failureOf: () => ({ kind: 'gone' }),
  } as unknown as ServerDriver
  const pool = new ConnectionPool(driver, { size: 10, queue: 100, patience: 60_000 })
  const context = { deadline: Date.now() + 60_000, signal: null }
  const refused = Array.from({ length: 10 }, async () => {
    await expect(pool.acquire(context)).rejects.toMatchObject({ code: 'store.unavailable' })
  })
  await vi.advanceTimersByTimeAsync(0)
  expect(attempts).toBe(10)
  // The patience of each, and one pause.
  expect(vi.getTimerCount()).toBe(11)
  await vi.advanceTimersByTimeAsync(100)
  expect(attempts).toBe(11)
  expect(vi.getTimerCount()).toBe(11)
  await pool.close()
  await Promise.all(refused)
  expect(vi.getTimerCount()).toBe(0)
})
