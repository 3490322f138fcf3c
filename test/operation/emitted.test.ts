// What an event may hold: the same on all stores.
import { action, createApp, defineHooks, defineRules, defineSchema, everyone, fail, field, model } from 'plinth'
import { memoryStore } from 'plinth/store/memory'
import { createTestApp } from 'plinth/testing'
import { describe, expect, it, vi } from 'vitest'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'

const schema = defineSchema({
  Thing: model({ size: field.bigint(), data: field.bytes() }, { timestamps: true }),
})
const rules = defineRules(schema, { Thing: () => ({ read: everyone, create: everyone }) })
const hooks = defineHooks(schema, {
  Thing: { afterCreate: ({ rows, emit }) => rows.forEach(row => emit('thing', row)) },
})

const deep = (levels: number): unknown => (levels === 0 ? 'bottom' : [deep(levels - 1)])

const mistaken: Readonly<Record<string, readonly [string, unknown]>> = {
  'U+0000': ['x', { text: 'a\u0000b' }],
  'half a character': ['x', ['\ud800']],
  'too deep': ['x', deep(100)],
  'too large': ['x', 'x'.repeat(2_000_000)],
  'a long name': ['x'.repeat(201), null],
  'no name': ['', null],
  'U+0000 in a name': ['a\u0000', null],
}
const emits = action(schema, {
  input: { what: field.text() },
  allow: everyone,
  run: ({ emit, input }) => emit(...(mistaken[input.what] ?? ['x', null])),
})
const later: (() => void)[] = []
const emitsLate = action(schema, { allow: everyone, run: ({ emit }) => void later.push(() => emit('late', null)) })

it('cannot be emitted when nothing is left that they could leave with', async () => {
  await using test = await createTestApp(createApp({ schema, rules, actions: { emitsLate } }))
  expect((await test.request('POST', '/api/actions/emits-late')).status).toBe(204)
  expect(later.pop()).toThrow(expect.objectContaining({ code: 'writes.transaction-over' }))
})

const waves = action(schema, {
  input: { fails: field.boolean() },
  allow: everyone,
  transaction: false,
  run: ({ db, input }) =>
    db.transaction(async (inside, { emit }) => {
      const before = { after: await inside.Thing.count() }
      emit('wave', before)
      before.after = -1
      const undone = inside.transaction(async (undoing, inner) => {
        inner.emit('undone', null)
        // Its hook emits, too.
        await undoing.Thing.create({ size: 1n, data: new Uint8Array(1) })
        throw new TypeError('undone')
      })
      await undone.catch(() => null)
      await inside.transaction(async (_, inner) => inner.emit('from the savepoint', null))
      if (input.fails) throw fail('conflict', 'undone')
    }),
})

describe.each(['memory', ...engines] as const)('events on %s', { timeout: 60_000 }, engine => {
  it('hold what JSON can hold, typed values in their canonical form, and refuse the rest where they are emitted', async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using database = engine === 'memory' ? null : await emptyDatabase(engine)
    const got: unknown[] = []
    const on = { '*': ({ payload }: { payload: unknown }) => got.push(payload) }
    await using test = await createTestApp(createApp({ schema, rules, hooks, actions: { emits, waves }, on }), {
      store: database?.store() ?? memoryStore(),
    })
    const created = await test.request('POST', '/api/things', { body: { size: '9007199254740993', data: 'AQI=' } })
    expect(created.status).toBe(201)
    await vi.waitFor(() => expect(got).toHaveLength(1), { timeout: 10_000, interval: 20 })
    expect(got).toEqual([created.body])
    for (const what of Object.keys(mistaken)) {
      const { status, body } = await test.request('POST', '/api/actions/emits', { body: { what } })
      expect([what, status, body.code]).toEqual([what, 422, 'values.invalid'])
    }
    expect([got.length, test.failures]).toEqual([1, []])

    // A transaction of an action without one, as of a script: what it emits goes with it, and not at all where it is undone.
    const wave = (more: object = {}) => test.request('POST', '/api/actions/waves', { body: { fails: false, ...more } })
    expect((await wave({ fails: true })).status).toBe(409)
    const { status, events, changes } = await wave()
    expect([status, events.map(({ name }) => name)]).toEqual([204, ['from the savepoint', 'wave']])
    expect(changes).toEqual([])
    await vi.waitFor(() => expect(got).toHaveLength(3), { timeout: 10_000, interval: 20 })
    expect(got.slice(1)).toEqual([null, { after: 1 }])
  })
})
