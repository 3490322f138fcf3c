/** What the memory store does when time is over, nobody waits any more, or it has been closed. */
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/index.ts'
import { defineSchema, field, graphOf, model } from '../../src/model/index.ts'
import { createDb, type SystemDb } from '../../src/operation/index.ts'
import type { ExecutionContext } from '../../src/query/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'

const schema = defineSchema({ Note: model({ text: field.text() }) })

/** A store, and its db as a request of the given kind has it. */
function opened(transactionTime = 30) {
  const store = memoryStore()
  const engine = createEngine({ graph: graphOf(schema), store, limits: { transactionTime } })
  const context = (about: Partial<ExecutionContext> = {}): ExecutionContext => ({
    caller: { class: 'system', key: [], attributes: {}, reason: 'test' },
    now: '2026-11-22T17:29:21.000Z',
    deadline: Date.now() + 10_000,
    signal: null,
    observe: null,
    trace: 'test',
    transaction: null,
    consistency: null,
    ...about,
  })
  const db = (about?: Partial<ExecutionContext>) =>
    createDb(engine, () => context(about)) as unknown as SystemDb<typeof schema>
  void store.open(engine.graph)
  return { store, context, db }
}

describe('the time of a request', () => {
  test('past its deadline a read ends', async () => {
    const { db } = opened()
    await db().Note.create({ text: 'a' })
    await expect(db({ deadline: Date.now() - 1 }).Note.find()).rejects.toMatchObject({ code: 'store.time-limit' })
  })

  test('a read that nobody waits for ends', async () => {
    const { db } = opened()
    await db().Note.create({ text: 'a' })
    await expect(db({ signal: AbortSignal.abort() }).Note.find()).rejects.toMatchObject({ code: 'store.cancelled' })
  })

  test('a transaction that stays open too long is undone, and the writer is free again', async () => {
    const { db } = opened()
    let release: (() => void) | undefined
    const held = db().transaction(async inner => {
      await inner.Note.create({ text: 'never kept' })
      await new Promise<void>(resolve => (release = resolve))
      return inner.Note.create({ text: 'too late' })
    })
    await expect(held).rejects.toMatchObject({ code: 'store.time-limit' })
    release?.()
    expect(await db().Note.count()).toBe(0)
    await db().Note.create({ text: 'kept' })
    expect(await db().Note.count()).toBe(1)
  })

  test('a writer that waits longer than its request may take is told that the database is busy', async () => {
    const { db } = opened()
    let release: (() => void) | undefined
    const held = db().transaction(() => new Promise<void>(resolve => (release = resolve)))
    await expect(db({ deadline: Date.now() + 5 }).Note.create({ text: 'b' })).rejects.toMatchObject({
      code: 'store.busy',
    })
    release?.()
    await held
    expect(await db().Note.count()).toBe(0)
  })
})

test.each([
  ['before it waits', () => AbortSignal.abort()],
  ['while it waits', () => AbortSignal.timeout(1)],
])('a write that nobody waits for %s leaves the line', async (_, signal) => {
  const { db } = opened(5000)
  let release: (() => void) | undefined
  const held = db().transaction(() => new Promise<void>(resolve => (release = resolve)))
  const waiting: string[] = []
  const write = (name: string, about: Partial<ExecutionContext>) =>
    db(about)
      .Note.create({ text: name })
      .then(
        () => void waiting.push(name),
        (error: unknown) => void waiting.push((error as { code: string }).code),
      )
  const gone = write('gone', { signal: signal() })
  const next = write('next', {})
  await gone
  // The writer is not free yet.
  expect(waiting).toEqual(['store.cancelled'])
  release?.()
  await Promise.all([held, next])
  expect(waiting).toEqual(['store.cancelled', 'next'])
  expect(await db().Note.count()).toBe(1)
})

test('a store that is closed is not ready', async () => {
  const { store, context } = opened()
  await store.close()
  expect(() => store.ping(context())).toThrow(expect.objectContaining({ code: 'store.unavailable' }))
})
