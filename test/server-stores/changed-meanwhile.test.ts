/** Writes by a filter whose rows others change meanwhile: rows that do not fit any more stay as those have left them (semantics 3, 30). */
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { action, createApp, defineHooks, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { freshDatabase, needs } from '../services/index.ts'
import { engines } from './engine.ts'

const fields = {
  name: field.text({ max: 50 }),
  state: field.text({ max: 20 }).default('draft'),
  note: field.text({ max: 20 }).optional(),
}
const schema = defineSchema({ Plain: model({ ...fields }), Hooked: model({ ...fields }), Ruled: model({ ...fields }) })
const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, {
  Plain: () => all,
  Hooked: () => all,
  Ruled: ({ row }) => ({ ...all, update: row.state.is('draft') }),
})

describe.each(engines)('on $name', { timeout: 60_000 }, engine => {
  test.for([
    ['a plain model', 'plains', 'state=draft', []],
    ['a model with hooks', 'hookeds', 'state=draft', ['before: two', 'after: two']],
    ['a model with a rule', 'ruleds', 'name[in]=one,two', []],
  ] as const)('rows of %s', async ([, path, filter, told], context) => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const gate = { arrived: Promise.withResolvers<void>(), opened: Promise.withResolvers<void>() }
    const seen: string[] = []
    const hold = action(schema, {
      input: { path: field.enum(['plains', 'hookeds', 'ruleds']), id: field.text() },
      allow: everyone,
      run: async ({ db, input: { path: where, id } }) => {
        const system = db.asSystem('to hold a row')
        const held = { plains: system.Plain, hookeds: system.Hooked, ruleds: system.Ruled }
        await held[where].update(id, { state: 'published' })
        seen.length = 0
        gate.arrived.resolve()
        await gate.opened.promise
      },
    })
    const hooks = defineHooks(schema, {
      Hooked: {
        beforeUpdate: ({ previous }) => void seen.push(...previous.map(({ name }) => `before: ${name}`)),
        afterUpdate: ({ rows }) => void seen.push(...rows.map(({ name }) => `after: ${name}`)),
      },
    })
    const app = createApp({ schema, rules, hooks, actions: { hold } })
    await using tested = await createTestApp(app, { store: engine.store(database.url) })
    const client = tested.asAnonymous()
    const ids: string[] = []
    for (const name of ['one', 'two']) ids.push((await client.post(`/api/${path}`, { name })).body.id)
    const holding = client.post('/api/actions/hold', { path, id: ids[0] })
    await gate.arrived.promise
    const bulk = client.patch(`/api/${path}?${filter}`, { note: 'touched' })
    await expect
      .poll(async () => (await engine.sessions(database.adminUrl)).filter(session => /update/i.test(session)).length)
      .toBeGreaterThan(0)
    await pause(50)
    gate.opened.resolve()
    expect((await holding).status).toBe(204)
    expect((await bulk).body).toEqual({ count: 1 })
    expect((await client.get(`/api/${path}?sort=name&select=name,state,note`)).body.data).toEqual([
      { name: 'one', state: 'published', note: null },
      { name: 'two', state: 'draft', note: 'touched' },
    ])
    expect(seen).toEqual(told)
    expect(tested.failures).toEqual([])
  })
})
