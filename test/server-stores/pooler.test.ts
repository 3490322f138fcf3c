/** A pooler in transaction mode stands between: it is found out, and nothing relies on a session. */
import { describe, expect, test } from 'vitest'
import { createApp, defineSchema, field, model } from 'plinth'
import { openApplication } from '../../src/app/index.ts'
import { administer } from '../services/administration.ts'
import { behindPgbouncer } from '../services/catalog.ts'
import { freshDatabase, needs, ownServer, tcpProxy } from '../services/index.ts'
import { ownPooler } from '../services/own-pooler.ts'
import { openBank } from './bank.ts'
import { crowdOf, expectAnswered, expectAnswersAreTrue } from './crowd.ts'
import { behindPooler as engine } from './engine.ts'

describe('behind PgBouncer', { timeout: 60_000 }, () => {
  test('requests of many clients are answered, each transaction on another connection', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url))
    const id = await bank.account('a')
    const one = async (client: number): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) {
        const answers = [
          await bank.ask('GET', `/api/accounts/${id}`),
          await bank.ask('GET', '/api/accounts?sort=name&count=true'),
          await bank.ask('POST', '/api/entries', { ref: `${client}-${turn}` }),
          await bank.ask('POST', '/api/actions/note', { ref: `note ${client}-${turn}` }),
        ]
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 201, 204])
      }
    }
    await Promise.all(Array.from({ length: 32 }, (_, client) => one(client)))
    expect((await bank.ask('GET', '/api/entries?limit=1&count=true')).body.count).toBe(32 * 20 * 2)
    expect(bank.failures).toEqual([])
  })

  test('a statement ends with its request’s time and with its client, on the server too', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url, { connections: 1 }), { requestTime: 700 })
    const id = await bank.account('a')
    const idle = () =>
      expect
        .poll(async () => (await engine.sessions(database.adminUrl)).filter(session => session !== 'idle'))
        .toEqual([])
    for (const action of ['doze', 'sleep']) {
      const slow = await bank.ask('POST', `/api/actions/${action}`, { seconds: 30 })
      expect([slow.status, slow.code]).toEqual([503, 'store.time-limit'])
      for (let next = 0; next < 5; next++)
        expect((await bank.ask('PATCH', `/api/accounts/${id}`, { cents: next })).status).toBe(200)
      await idle()
    }
  })

  test('a lock that is not granted in time is refused as busy', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url, { lockTime: 500 }))
    const id = await bank.account('a')
    const held = bank.ask('POST', '/api/actions/hold', { id })
    await bank.gate.arrived()
    const waited = await bank.ask('POST', '/api/actions/hold', { id })
    expect([waited.status, waited.code]).toEqual([503, 'store.busy'])
    bank.gate.open()
    expect((await held).status).toBe(204)
  })

  test.for(['cut off', 'silent'] as const)(
    'which is %s: requests end with a code in time, and go on after',
    async (how, context) => {
      needs(context, engine.name)
      await using database = await freshDatabase(engine.name)
      const { hostname, port } = new URL(database.url)
      await using proxy = await tcpProxy({ host: hostname, port: Number(port) })
      await using bank = await openBank(engine, engine.store(proxy.through(database.url)))
      const id = await bank.account('main')
      await Promise.all(Array.from({ length: 5 }, () => bank.ask('GET', '/api/accounts?sort=name')))
      if (how === 'cut off') await proxy.refuse()
      else proxy.silence()
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => [
          bank.ask('GET', `/api/accounts/${id}`),
          bank.ask('GET', '/api/accounts?sort=name'),
          bank.ask('PATCH', `/api/accounts/${id}`, { cents: index }),
          bank.ask('POST', '/api/actions/note', { ref: `${how} ${index}` }),
          bank.ask('GET', '/health/ready'),
        ]).flat(),
      )
      for (const answered of answers) {
        expect(answered.status).toBe(503)
        expectAnswered(context, answered)
      }
      expect((await bank.ask('GET', '/health/live')).status).toBe(200)
      if (how === 'cut off') await proxy.accept()
      else proxy.resume()
      expect((await bank.ask('GET', `/api/accounts/${id}`)).status).toBe(200)
      expect((await bank.ask('PATCH', `/api/accounts/${id}`, { cents: 9 })).status).toBe(200)
      expect((await bank.ask('GET', `/api/accounts/${id}`)).body.cents).toBe(9)
      expect((await bank.ask('GET', '/health/ready')).status).toBe(200)
    },
  )

  test('whose process is killed: what was answered is true, and the first request after its return succeeds', async context => {
    needs(context, engine.name)
    const behind = behindPgbouncer()!
    needs(context, behind, 'own')
    await using own = await ownServer(behind)
    await using database = await own.freshDatabase()
    await using pooler = await ownPooler(own)
    await using bank = await openBank(engine, engine.store(pooler.before(database.url)))
    const id = await bank.account('main')
    await using crowd = crowdOf(bank, 16, id)
    await crowd.until(answers => answers.length > 200)
    await pooler.kill()
    await crowd.until(answers => answers.filter(({ answered }) => answered.status === 503).length >= 16)
    await pooler.start()
    expect((await bank.ask('GET', `/api/accounts/${id}`)).status).toBe(200)
    await crowd.stop()
    expectAnswersAreTrue(context, crowd, await administer('postgres', database.adminUrl, 'select ref from entry'))
  })

  test('DIRECT_DATABASE_URL is the way to tables', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const admin = new URL(database.adminUrl)
    await using proxy = await tcpProxy({ host: admin.hostname, port: Number(admin.port) })
    const app = createApp({ schema: defineSchema({ Note: model({ text: field.text() }) }) })
    const silent = {
      answered: () => undefined,
      failed: () => undefined,
      event: () => undefined,
      noticed: () => undefined,
    }
    const open = () =>
      openApplication(app, {
        root: '/',
        mode: 'production',
        environment: { DATABASE_URL: database.url, DIRECT_DATABASE_URL: proxy.through(database.url) },
        schema: 'follow',
        useSnapshot: false,
        watching: () => ({ ...silent, timeline: null, routes: [], close: () => Promise.resolve() }),
      })
    await proxy.refuse()
    await expect(open()).rejects.toMatchObject({ code: 'store.unavailable' })
    await proxy.accept()
    const opened = await open()
    expect(opened.schemaReport.applied.length).toBeGreaterThan(0)
    await opened.close()
  })
})
