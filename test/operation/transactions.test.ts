/** Transactions, hooks, outbox and idempotency keys on a real file. */
import { describe, expect, test, vi } from 'vitest'
import { createDispatcher, emitEvent, type OutboxEvent } from '../../src/engine/index.ts'
import { eventsUntil, forgetUnhandledEvents, putOff, unhandledWindow } from '../../src/engine/outbox.ts'
import { runSteps } from '../../src/lib/index.ts'
import { forgetIdempotencyKeys, idempotencyWindow, idempotently } from '../../src/operation/index.ts'
import { openNewsroom, type TestDb } from '../fixtures/open-newsroom.ts'

const code = (value: string) => expect.objectContaining({ code: value })

describe('transactions', () => {
  test('what throws leaves nothing', async () => {
    await using room = await openNewsroom()
    const work = room.system.transaction(async db => {
      await (db as TestDb).Tag.create({ name: 'lost' })
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await room.system.Tag.count()).toBe(0)
  })

  test('a refused operation may be caught: it undoes itself, the rest commits', async () => {
    await using room = await openNewsroom()
    await room.system.transaction(async db => {
      const { Tag } = db as TestDb
      await Tag.create({ name: 'kept' })
      await expect(Tag.create([{ name: 'fresh' }, { name: 'kept' }])).rejects.toThrow(code('writes.unique'))
      await Tag.create({ name: 'after' })
    })
    expect(await room.system.Tag.find({ select: { name: true }, sort: 'name' })).toEqual([
      { name: 'after' },
      { name: 'kept' },
    ])
  })

  test('writing through an outer db is refused at once instead of waiting for itself', async () => {
    await using room = await openNewsroom()
    const work = room.system.transaction(async () => {
      await room.system.Tag.create({ name: 'outside' })
    })
    await expect(work).rejects.toThrow(code('writes.outer-db'))
  })

  test('a db is of no use after its transaction', async () => {
    await using room = await openNewsroom()
    let kept: TestDb | null = null
    await room.system.transaction(async db => {
      kept = db as TestDb
    })
    await expect((kept as TestDb | null)?.Tag.create({ name: 'late' })).rejects.toThrow(code('writes.transaction-over'))
  })

  test('asSystem needs a reason', async () => {
    await using room = await openNewsroom()
    expect(() => room.as(null).asSystem(' ')).toThrow(code('writes.system-needs-reason'))
  })
})

describe('hooks', () => {
  test('run once per operation with all of its rows, and their refusal undoes everything', async () => {
    const calls: number[] = []
    await using room = await openNewsroom({
      hooks: {
        Tag: {
          beforeCreate: [
            ({ rows }) => {
              calls.push(rows.length)
              for (const row of rows) {
                if (row['name'] === 'bad') throw new Error('no bad tags')
                row['name'] = String(row['name']).toUpperCase()
              }
            },
          ],
        },
      },
    })
    await room.system.Tag.create([{ name: 'a' }, { name: 'b' }])
    expect(calls).toEqual([2])
    await expect(room.system.Tag.create([{ name: 'c' }, { name: 'bad' }])).rejects.toThrow('no bad tags')
    expect(await room.system.Tag.find({ select: { name: true }, sort: 'name' })).toEqual([{ name: 'A' }, { name: 'B' }])
  })
})

describe('the outbox', () => {
  test('an event leaves exactly if its transaction commits, and is tried again after a failure', async () => {
    await using room = await openNewsroom()
    const got: OutboxEvent[] = []
    const failures: unknown[] = []
    const clock = { ahead: 0 }
    const system = { class: 'system', key: [], attributes: {}, reason: 'test' } as const
    const dispatcher = createDispatcher(room.engine, {
      handlers: new Map([
        [
          'tag.created',
          [
            (event: OutboxEvent) => {
              if (failures.length === 0) throw new Error('the first time fails')
              got.push(event)
            },
          ],
        ],
      ]),
      context: () => ({ ...room.context(system), now: new Date(Date.now() + clock.ahead).toISOString() }),
      db: room.system as never,
      onFailure: error => failures.push(error),
    })
    dispatcher.start()
    const emit = (fail: boolean): Promise<void> =>
      room.engine.transactions.run(room.context(system), { together: false, isolation: 'default' }, function* (inside) {
        yield* emitEvent(room.engine, 'tag.created', { fail }, inside)
        if (fail) throw new Error('rolled back')
      })
    await expect(emit(true)).rejects.toThrow('rolled back')
    await emit(false)
    await dispatcher.drained()
    expect(failures).toHaveLength(1)
    expect(got).toEqual([])
    clock.ahead = 3_600_000
    await dispatcher.drained()
    expect(got).toMatchObject([{ name: 'tag.created', payload: { fail: false } }])
    await dispatcher.drained()
    expect(got).toHaveLength(1)
    await dispatcher.stop({ grace: 1000 })
  })

  test('an event that nobody handles is forgotten after a week, others are not', async () => {
    await using room = await openNewsroom()
    const system = { class: 'system', key: [], attributes: {}, reason: 'test' } as const
    const { engine } = room
    for (const name of ['handled', 'unhandled', 'tried']) {
      await engine.transactions.run(
        room.context(system),
        { together: false, isolation: 'default' },
        function* (inside) {
          yield* emitEvent(engine, name, null, inside)
        },
      )
    }
    const later = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString()
    const left = async (now: string) => {
      const context = { ...room.context(system), now }
      await forgetUnhandledEvents(engine, ['handled'], () => context)
      return (await eventsUntil(engine, 'all', now, context)).map(({ name }) => name)
    }
    expect(await left(later(unhandledWindow - 60_000))).toEqual(['handled', 'unhandled', 'tried'])
    const context = room.context(system)
    const tried = (await eventsUntil(engine, ['tried'], later(60_000), context))[0]!
    // Somebody has a handler for it that has failed so far.
    await putOff(engine, tried, { nextAttemptAt: tried.nextAttemptAt, attempts: 1 }, context)
    expect(await left(later(unhandledWindow + 60_000))).toEqual(['handled', 'tried'])
  })

  test('many that nobody handles are forgotten a few at a time, as long as that is wanted', async () => {
    await using room = await openNewsroom()
    const system = { class: 'system', key: [], attributes: {}, reason: 'test' } as const
    const { engine } = room
    await engine.transactions.run(room.context(system), { together: false, isolation: 'default' }, function* (inside) {
      for (let count = 0; count < 130; count++) yield* emitEvent(engine, 'unhandled', null, inside)
    })
    const now = new Date(Date.now() + unhandledWindow + 60_000).toISOString()
    const later = () => ({ ...room.context(system), now })
    const left = async () => (await eventsUntil(engine, 'all', now, later())).length
    let asked = 0
    await forgetUnhandledEvents(engine, ['handled'], () => (asked++ === 0 ? later() : null))
    expect(await left()).toBe(30)
    await forgetUnhandledEvents(engine, ['handled'], later)
    expect(await left()).toBe(0)
  })

  test('is looked at again for what is told of in the moment in which a look ends', async () => {
    await using room = await openNewsroom()
    const listening = vi.spyOn(room.engine.transactions, 'onCommit')
    let looks = 0
    const system = { class: 'system', key: [], attributes: {}, reason: 'test' } as const
    const dispatcher = createDispatcher(room.engine, {
      handlers: new Map([['*', [() => undefined]]]),
      context: () => {
        looks++
        return room.context(system)
      },
      db: room.system as never,
      onFailure: error => expect(error).toBeUndefined(),
    })
    // A look ends by setting the timer of the next one, five seconds later.
    const realTimer = setTimeout
    let told = false
    using timers = vi.spyOn(globalThis, 'setTimeout').mockImplementation((callback, delay) => {
      if (delay === 5000 && !told) {
        told = true
        listening.mock.calls[0]?.[0]({ trace: 'a test', changes: [], crowds: new Map(), events: [] })
      }
      return realTimer(callback, delay)
    })
    dispatcher.start()
    await vi.waitFor(() => expect(looks).toBe(2), { timeout: 10_000 })
    timers.mockRestore()
    await dispatcher.stop({ grace: 1000 })
  })
})

describe('idempotency keys', () => {
  test('the same key gives the first answer again; another body is refused; a failed attempt leaves nothing', async () => {
    await using room = await openNewsroom()
    const caller = { class: 'signedIn', key: [String(room.ann['id'])], attributes: {}, reason: null } as const
    const context = room.context(caller)
    let performed = 0
    const perform = (fail: boolean) => async () => {
      performed += 1
      if (fail) throw new Error('not yet')
      return { status: 201, body: String(performed) }
    }
    const key = { name: 'k1', requestHash: 'h1' }
    await expect(idempotently(room.engine, key, context, perform(true))).rejects.toThrow('not yet')
    const first = await idempotently(room.engine, key, context, perform(false))
    expect(first).toEqual({ response: { status: 201, body: '2' }, replayed: false })
    expect(await idempotently(room.engine, key, context, perform(false))).toEqual({ ...first, replayed: true })
    expect(performed).toBe(2)
    const other = { ...key, requestHash: 'h2' }
    await expect(idempotently(room.engine, other, context, perform(false))).rejects.toThrow(
      code('request.idempotency-reused'),
    )
    const anonymous = room.context({ class: 'anonymous', key: [], attributes: {}, reason: null })
    await expect(idempotently(room.engine, key, anonymous, perform(false))).rejects.toThrow(
      code('request.idempotency-anonymous'),
    )
  })

  test('keys are forgotten after a day', async () => {
    await using room = await openNewsroom()
    const caller = { class: 'signedIn', key: [String(room.ann['id'])], attributes: {}, reason: null } as const
    const context = room.context(caller)
    const later = { ...context, now: new Date(Date.parse(context.now) + idempotencyWindow + 1000).toISOString() }
    const perform = async () => ({ status: 201 })
    const key = { name: 'k1', requestHash: 'h1' }
    await idempotently(room.engine, key, context, perform)
    await forgetIdempotencyKeys(room.engine, () => context)
    expect(await idempotently(room.engine, key, context, perform)).toMatchObject({ replayed: true })
    await forgetIdempotencyKeys(room.engine, () => later)
    expect(await idempotently(room.engine, { ...key, requestHash: 'other' }, later, perform)).toMatchObject({
      replayed: false,
    })
  })

  test('concurrent duplicates perform once', async () => {
    await using room = await openNewsroom()
    const caller = { class: 'signedIn', key: [String(room.ann['id'])], attributes: {}, reason: null } as const
    const context = room.context(caller)
    let performed = 0
    const attempts = Array.from({ length: 8 }, () =>
      idempotently(room.engine, { name: 'same', requestHash: 'h' }, context, async inside => {
        performed += 1
        await runSteps(emitEvent(room.engine, 'x', null, inside))
        return { performed }
      }),
    )
    const answers = await Promise.all(attempts)
    expect(performed).toBe(1)
    expect(answers.filter(answer => !answer.replayed)).toHaveLength(1)
    expect(new Set(answers.map(answer => JSON.stringify(answer.response)))).toEqual(new Set(['{"performed":1}']))
  })
})
