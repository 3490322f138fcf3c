/** The database goes away: killed, silent, cut off. What was answered is held against what is there afterwards. */
import { describe, test, type TestContext } from 'vitest'
import { administer } from '../services/administration.ts'
import { needs, ownServer, tcpProxy } from '../services/index.ts'
import { openBank } from './bank.ts'
import { crowdOf, expectAnswered, expectAnswersAreTrue } from './crowd.ts'
import { type Engine, engines } from './engine.ts'

/** The commit may have been on its way when the connection ended. */
const gone = /^store\.(unavailable|outcome-unknown)$/

/** A bank on a server of its own, which it reaches by way of a proxy. */
async function openThroughProxy(context: TestContext, engine: Engine) {
  needs(context, engine.name, 'own')
  await using opened = new AsyncDisposableStack()
  const own = opened.use(await ownServer(engine.name, { durable: true }))
  const database = await own.freshDatabase()
  const proxy = opened.use(await tcpProxy(own))
  const bank = opened.use(await openBank(engine, engine.store(proxy.through(database.url))))
  const id = await bank.account('main')
  const all = opened.move()
  return { proxy, bank, id, adminUrl: database.adminUrl, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

describe.each(engines)('a $name that', { timeout: 60_000 }, engine => {
  test('is killed while requests run: each is answered in time, and what was answered is true', async context => {
    needs(context, engine.name, 'own')
    const { expect } = context
    await using own = await ownServer(engine.name, { durable: true })
    const database = await own.freshDatabase()
    await using bank = await openBank(engine, engine.store(database.url))
    const id = await bank.account('main')
    await using crowd = crowdOf(bank, 32, id)
    await crowd.until(answers => answers.length > 400)
    const held = bank.ask('POST', '/api/actions/hold', { id })
    await bank.gate.arrived()

    await own.kill()
    bank.gate.open()
    const open = await held
    expect([open.status, open.code]).toEqual([503, expect.stringMatching(gone)])
    await crowd.until(answers => answers.filter(({ answered }) => answered.status === 503).length >= 64)

    await own.start()
    const first = await bank.ask('GET', `/api/accounts/${id}`)
    expect(first.status).toBe(200)
    expect(first.body.cents).toBe(0)
    expect(first.milliseconds).toBeLessThan(2000)
    const [before] = [crowd.answers.length]
    await crowd.until(answers => answers.slice(before).filter(({ answered }) => answered.status < 300).length > 200)
    await crowd.stop()

    const there = await administer(engine.family, database.adminUrl, 'select ref from entry')
    expectAnswersAreTrue(context, crowd, there)
  })

  test('resets its connections: reads are sent again, and so are writes of which nothing was done', async context => {
    const { expect } = context
    await using opened = await openThroughProxy(context, engine)
    const { proxy, bank, id } = opened
    await Promise.all(Array.from({ length: 8 }, () => bank.ask('GET', '/api/accounts?sort=name')))
    for (let turn = 0; turn < 5; turn++) {
      proxy.delay(20)
      const reads = Array.from({ length: 8 }, (_, index) =>
        bank.ask('GET', index % 2 === 0 ? `/api/accounts/${id}` : '/api/accounts?sort=name'),
      )
      const held = bank.ask('POST', '/api/actions/hold', { id })
      await bank.gate.arrived()
      proxy.cut()
      proxy.delay(0)
      bank.gate.open()
      bank.shut()
      for (const answered of await Promise.all(reads)) expect([answered.status, answered.code]).toEqual([200, null])
      const cut = await held
      expect([cut.status, cut.code]).toEqual([503, expect.stringMatching(gone)])
      // A connection that died while nobody used it.
      proxy.cut()
      expect((await bank.ask('PATCH', `/api/accounts/${id}`, { cents: turn })).status).toBe(200)
      expect((await bank.ask('GET', `/api/accounts/${id}`)).body.cents).toBe(turn)
    }
  })
})

// These wait most of the time, each for a server of its own.
describe.concurrent.each(engines)('a $name that', { timeout: 60_000 }, engine => {
  test('has been gone and is back answers the first request, with nothing restarted', async context => {
    needs(context, engine.name, 'own')
    const { expect } = context
    await using own = await ownServer(engine.name, { durable: true })
    const database = await own.freshDatabase()
    const store = engine.store(database.url)
    const told: string[] = []
    store.onNotice?.(({ event }) => told.push(event))
    await using bank = await openBank(engine, store)
    const id = await bank.account('main')
    for (const end of ['kill', 'stop'] as const) {
      await own[end]()
      const gone = await Promise.all([
        bank.ask('GET', `/api/accounts/${id}`),
        bank.ask('GET', '/api/accounts?sort=name'),
        bank.ask('PATCH', `/api/accounts/${id}`, { cents: 1 }),
        bank.ask('POST', '/api/actions/note', { ref: end }),
        bank.ask('GET', '/health/ready'),
      ])
      for (const answered of gone) {
        expectAnswered(context, answered)
        expect(answered.code).toBe('store.unavailable')
      }
      expect((await bank.ask('GET', '/health/live')).status).toBe(200)
      await own.start()
      const back = await bank.ask('POST', '/api/actions/note', { ref: end })
      expect([back.status, bank.failures.slice(-1)]).toEqual([204, bank.failures.slice(-1)])
      expect((await bank.ask('GET', `/api/accounts/${id}`)).status).toBe(200)
      expect((await bank.ask('GET', '/health/ready')).status).toBe(200)
    }
    expect(told).toEqual(['database-gone', 'database-back', 'database-gone', 'database-back'])
  })

  test('lets no more connections in is busy, and nobody is told that it is gone', async context => {
    needs(context, engine.name, 'own')
    const { expect } = context
    // A session of ours commits each statement, also where the server begins sessions otherwise.
    const session: Record<string, string> = engine.family === 'mysql' ? { autocommit: '0' } : {}
    await using own = await ownServer(engine.name, { settings: { max_connections: '10', ...session } })
    const store = engine.store((await own.freshDatabase()).url, { connections: 14, patience: 1500 })
    const told: string[] = []
    store.onNotice?.(({ event }) => told.push(event))
    await using bank = await openBank(engine, store)
    const ids: string[] = []
    for (let count = 0; count < 14; count++) ids.push(await bank.account(`${count}`))
    for (const id of ids) expect((await bank.ask('GET', `/api/accounts/${id}`)).status).toBe(200)
    const held = ids.map(id => bank.ask('POST', '/api/actions/hold', { id }))
    const refused = await Promise.any(
      held.map(async hold => {
        const answered = await hold
        return answered.status === 503 ? answered : Promise.reject(new Error('It was let in.'))
      }),
    )
    expect(refused.code).toBe('store.busy')
    bank.gate.open()
    const answers = await Promise.all(held)
    expect(new Set(answers.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['204 null', '503 store.busy']),
    )
    expect((await bank.ask('GET', '/api/accounts?sort=name')).status).toBe(200)
    expect(told).toEqual([])
  })

  test('lets the user make no more connections is busy, and nobody is told that it is gone', async context => {
    needs(context, engine.name, 'own')
    const { expect } = context
    await using own = await ownServer(engine.name)
    const { url, adminUrl } = await own.freshDatabase()
    const [user = ''] = await administer(engine.family, url, 'select current_user')
    const limited =
      engine.family === 'mysql'
        ? `alter user '${user.replace('@', "'@'")}' with max_user_connections 4`
        : `alter role "${user}" connection limit 4`
    await administer(engine.family, adminUrl, limited)
    const store = engine.store(url, { connections: 6, lanes: 0, writeLanes: 0, patience: 1500 })
    const told: string[] = []
    store.onNotice?.(({ event }) => told.push(event))
    await using bank = await openBank(engine, store)
    const ids: string[] = []
    for (let count = 0; count < 6; count++) ids.push(await bank.account(`${count}`))
    const held = ids.map(id => bank.ask('POST', '/api/actions/hold', { id }))
    await bank.gate.arrived(4)
    const read = await bank.ask('GET', '/api/accounts?sort=name')
    expect([read.status, read.code]).toEqual([503, 'store.busy'])
    bank.gate.open()
    for (const { code } of await Promise.all(held)) expect([null, 'store.busy']).toContain(code)
    expect((await bank.ask('GET', '/api/accounts?sort=name')).status).toBe(200)
    expect(told).toEqual([])
  })

  test('is silent all at once: requests end with a code in time, and go on when it speaks again', async context => {
    const { expect } = context
    await using opened = await openThroughProxy(context, engine)
    const { proxy, bank, id } = opened
    // So that some connections are open already, and some have to be made.
    await Promise.all(Array.from({ length: 5 }, () => bank.ask('GET', '/api/accounts?sort=name')))
    proxy.silence()
    const requests = Array.from({ length: 16 }, (_, index) => [
      bank.ask('GET', `/api/accounts/${id}`),
      bank.ask('GET', '/api/accounts?sort=name'),
      bank.ask('PATCH', `/api/accounts/${id}`, { cents: index }),
      bank.ask('POST', '/api/actions/note', { ref: `silent ${index}` }),
    ]).flat()
    const answers = await Promise.all(requests)
    for (const answered of answers) {
      expect(answered.status).toBe(503)
      expectAnswered(context, answered)
    }
    // Readiness looks several times, and takes no connection with it each time.
    for (let turn = 0; turn < 3; turn++) expectAnswered(context, await bank.ask('GET', '/health/ready'))
    proxy.resume()
    expect((await bank.ask('GET', `/api/accounts/${id}`)).status).toBe(200)
    expect((await bank.ask('PATCH', `/api/accounts/${id}`, { cents: 3 })).status).toBe(200)
  })
})

describe.concurrent.each(engines)('connections to $name that died without a word', { timeout: 60_000 }, engine => {
  test('are found out by the first who uses them; the request goes on with another', async context => {
    const { expect } = context
    await using opened = await openThroughProxy(context, engine)
    const { proxy, bank, id } = opened
    await Promise.all(Array.from({ length: 20 }, () => bank.ask('GET', '/api/accounts?sort=name')))
    const old = proxy.connections
    expect(old).toBeGreaterThan(1)
    proxy.forget()
    const answers = await Promise.all([
      bank.ask('GET', `/api/accounts/${id}`),
      bank.ask('GET', '/api/accounts?sort=name'),
      bank.ask('PATCH', `/api/accounts/${id}`, { cents: 5 }),
    ])
    for (const answered of answers) expectAnswered(context, answered)
    expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([200, 200])
    // A write that is one statement may have arrived before its connection died: it is not sent again.
    expect([null, 'store.outcome-unknown']).toContain(answers[2].code)
    // None of the others that died is tried.
    const next = await Promise.all(Array.from({ length: 8 }, () => bank.ask('GET', '/api/accounts?sort=name')))
    for (const { status, milliseconds } of next) {
      expect(status).toBe(200)
      expect(milliseconds).toBeLessThan(1000)
    }
  })
})

describe.each(engines)('a connection to $name that is lost under SQL by hand', { timeout: 60_000 }, engine => {
  test('leaves open whether a change was made; of a read that is no question', async context => {
    const { expect } = context
    await using opened = await openThroughProxy(context, engine)
    const { proxy, bank, id } = opened
    const wait = engine.family === 'postgres' ? 'pg_sleep(2) is not null' : 'sleep(2) = 0'
    const codeOf = async (statement: string): Promise<string | null> => {
      const running = bank.ask('POST', '/api/actions/run', { statement })
      await expect.poll(() => engine.sessions(opened.adminUrl), { timeout: 2000 }).toContainEqual(statement)
      proxy.cut()
      return (await running).code
    }
    expect(await codeOf(`select 1 from account where ${wait}`)).toBe('store.unavailable')
    expect(await codeOf(`update account set cents = 5 where ${wait}`)).toBe('store.outcome-unknown')
    // This one was made.
    await expect.poll(async () => (await bank.ask('GET', `/api/accounts/${id}`)).body.cents, { timeout: 5000 }).toBe(5)
  })
})
