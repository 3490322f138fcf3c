// Who is calling is looked up once for many requests, never from before a change, and not for ever.
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { sql } from 'kysely'
import { action, createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { memoryStore } from 'plinth/store/memory'
import { createTestApp } from 'plinth/testing'
import { describe, expect, it } from 'vitest'
import { openApplication, silent } from '../../src/app/index.ts'

const schema = defineSchema(
  { User: model({ name: field.text(), role: field.text().default('member') }), Note: model({ text: field.text() }) },
  { caller: 'User' },
)
const rules = defineRules(schema, {
  User: () => ({ read: everyone }),
  Note: ({ user }) => ({ read: user.role.is('admin') }),
})

const demote = action(schema, {
  allow: everyone,
  run: async ({ db }) => {
    const forSql = await db.asSystem('demote').sql('User')
    await forSql.updateTable('User').set({ role: 'member' }).execute()
  },
})

const join = action(schema, {
  output: { token: field.text() },
  allow: everyone,
  secret: true,
  run: async ({ db, issueToken }) => {
    const { id } = await db.asSystem('somebody joins').User.create({ name: 'Anna' })
    return { token: issueToken(id) }
  },
})
const secret = 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja'

type Store = ReturnType<typeof memoryStore>

/** A store that answers look-ups of callers when the test lets it, as a database at the other end of a network would. */
function slowStore() {
  const held: (() => void)[] = []
  let holding = false
  let lookups = 0
  const store = new Proxy(memoryStore(), {
    get(target, name) {
      const own: unknown = Reflect.get(target, name, target)
      if (typeof own !== 'function') return own
      if (name !== 'prepareFind') return own.bind(target) as unknown
      return (plan: Parameters<Store['prepareFind']>[0]) => {
        const prepared = target.prepareFind(plan)
        const isLookup = plan.model === 'User' && plan.caller === 'system'
        return {
          command: prepared.command,
          explain: prepared.explain.bind(prepared),
          release: prepared.release.bind(prepared),
          run: async (...given: Parameters<typeof prepared.run>) => {
            const result = await prepared.run(...given)
            if (!isLookup) return result
            lookups++
            const { signal } = given[1]
            if (holding) {
              await new Promise<void>((resolve, reject) => {
                held.push(resolve)
                signal?.addEventListener('abort', () => reject(signal.reason as Error))
              })
            }
            return result
          },
        }
      }
    },
  })
  return {
    store,
    lookups: () => lookups,
    hold: () => {
      holding = true
    },
    /** Those that are held stay; new ones are answered at once. */
    holdNoMore: () => {
      holding = false
    },
    release: () => {
      holding = false
      for (const resolve of held.splice(0)) resolve()
    },
    waiting: () => held.length,
  }
}

async function opened(remember?: number) {
  const slow = slowStore()
  const auth = remember === undefined ? {} : { auth: { remember } }
  const test = await createTestApp(createApp({ schema, rules, ...auth }), { store: slow.store })
  const user = await test.db.User.create({ name: 'Anna' })
  const headers = { authorization: `Bearer ${test.token(user)}` }
  const before = slow.lookups()
  return {
    ...slow,
    lookups: () => slow.lookups() - before,
    test,
    user,
    status: async () => (await test.request('GET', '/api/notes', { headers })).status,
    [Symbol.asyncDispose]: () => test.close(),
  }
}

describe('who is calling', () => {
  it('is looked up once for requests that come together, and remembered for five seconds', async () => {
    await using here = await opened()
    here.hold()
    const answers = Promise.all(Array.from({ length: 64 }, here.status))
    await expect.poll(here.waiting).toBe(1)
    here.release()
    expect(new Set(await answers)).toEqual(new Set([403]))
    expect(here.lookups()).toBe(1)

    here.test.clock.advance(4999)
    await here.status()
    expect(here.lookups()).toBe(1)
    here.test.clock.advance(1)
    await here.status()
    expect(here.lookups()).toBe(2)
    // Nor is it kept until a clock that was set back has come as far again.
    here.test.clock.advance(-3_600_000)
    await here.status()
    expect(here.lookups()).toBe(3)
  })

  it('is still looked up for the others when the client goes for whom it was begun', async () => {
    const slow = slowStore()
    const opened = await openApplication(createApp({ schema, rules, actions: { join } }), {
      root: import.meta.dirname,
      mode: 'test',
      environment: { PLINTH_SECRET: secret },
      schema: 'follow',
      store: slow.store,
      watching: () => silent,
    })
    try {
      const base = await opened.http.listen({ host: '127.0.0.1', port: 0 })
      const joined = (await (await fetch(`${base}/api/actions/join`, { method: 'POST' })).json()) as { token: string }
      const authorization = `Bearer ${joined.token}`
      const responses: ServerResponse[] = []
      opened.http.fastify.server.on('request', (_, response) => responses.push(response))
      slow.hold()
      const first = connect(Number(new URL(base).port), '127.0.0.1')
      first.write(`GET /api/notes HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`)
      await expect.poll(slow.waiting).toBe(1)
      const second = fetch(`${base}/api/notes`, { headers: { authorization } })
      await expect.poll(() => responses.length).toBe(2)
      first.destroy()
      await expect.poll(() => responses[0]?.closed).toBe(true)
      slow.release()
      expect((await second).status).toBe(403)
    } finally {
      slow.release()
      await opened.close()
    }
  })

  it('is asked each time where nothing may be remembered', async () => {
    await using here = await opened(0)
    await here.status()
    await here.status()
    expect(here.lookups()).toBe(2)
  })

  it('is not remembered from before a change that was made meanwhile', async () => {
    await using here = await opened()
    here.hold()
    const early = here.status()
    await expect.poll(here.waiting).toBe(1)
    here.holdNoMore()
    await here.test.db.User.update(here.user.id, { role: 'admin' })
    // Nor is it shared with whoever comes after the change, while it is still under way.
    expect(await here.status()).toBe(200)
    here.release()
    expect(await early).toBe(403)
    expect(await here.status()).toBe(200)
  })

  it('is nobody any more as soon as the row is gone', async () => {
    await using here = await opened()
    expect(await here.status()).toBe(403)
    await here.test.db.User.update(here.user.id, { role: 'admin' })
    expect(await here.status()).toBe(200)
    await here.test.db.User.delete(here.user.id)
    expect(await here.status()).toBe(401)
  })

  it.each(['typed', 'raw', 'in an action'] as const)(
    'is forgotten when SQL of one’s own may have changed the row: %s',
    async how => {
      await using test = await createTestApp(createApp({ schema, rules, actions: { demote } }))
      const anna = test.as(await test.db.User.create({ name: 'Anna', role: 'admin' }))
      const status = async () => (await anna.get('/api/notes')).status
      expect(await status()).toBe(200)
      const forSql = await test.db.sql('User')
      expect(await forSql.selectFrom('User').select('name').execute()).toHaveLength(1)
      if (how === 'typed') await forSql.updateTable('User').set({ role: 'member' }).execute()
      else if (how === 'raw') await sql`update "user" set role = 'member'`.execute(forSql)
      else expect((await anna.post('/api/actions/demote')).status).toBe(204)
      expect(await status()).toBe(403)
    },
  )
})
