/** What is bounded: connections and those who wait for them, statements, transactions, locks. Afterwards nothing is left behind. */
import { describe, expect, test } from 'vitest'
import { administer } from '../services/administration.ts'
import { freshDatabase, type FreshDatabase, needs } from '../services/index.ts'
import { type Bank, type BankOptions, openBank } from './bank.ts'
import { type Engine, engines, type StoreOptions } from './engine.ts'

interface Opened extends AsyncDisposable {
  readonly bank: Bank
  readonly database: FreshDatabase
  /** Waits until what the connections do is all of this. */
  doing(expected: unknown): Promise<void>
}

async function open(engine: Engine, options: StoreOptions = {}, limits: BankOptions = {}): Promise<Opened> {
  const database = await freshDatabase(engine.name)
  const bank = await openBank(engine, engine.store(database.url, options), limits)
  return {
    bank,
    database,
    doing: expected => expect.poll(() => engine.sessions(database.adminUrl), { timeout: 5000 }).toEqual(expected),
    [Symbol.asyncDispose]: async () => {
      await bank.close()
      await database.drop()
    },
  }
}

const allIdle = expect.toSatisfy((sessions: readonly string[]) => sessions.every(session => session === 'idle'), 'idle')

describe.each(engines)('on $name', { timeout: 60_000 }, engine => {
  const sleeping = expect.arrayContaining([expect.stringContaining('sleep')])

  test('transactions that keep all connections make others wait; the queue ends at its bound', async context => {
    needs(context, engine.name)
    await using opened = await open(engine, { connections: 3, writeLanes: 0, queue: 4, patience: 1500 })
    const { bank } = opened
    const ids: string[] = []
    for (const name of 'abcdefgh') ids.push(await bank.account(name))
    const held = ids.slice(0, 3).map(id => bank.ask('POST', '/api/actions/hold', { id }))
    await bank.gate.arrived(3)
    // Four wait, the fifth is told at once.
    const patch = (index: number) => bank.ask('PATCH', `/api/accounts/${ids[index]}`, { cents: 1 })
    const waiting = [3, 4, 5, 6].map(patch)
    await expect.poll(async () => (await patch(7)).code).toBe('store.busy')
    const refused = await patch(7)
    expect([refused.status, refused.code, refused.retryAfter]).toEqual([503, 'store.busy', '1'])
    expect(refused.milliseconds).toBeLessThan(500)
    for (const waited of await Promise.all(waiting)) {
      expect([waited.status, waited.code]).toEqual([503, 'store.busy'])
      expect(waited.milliseconds).toBeGreaterThan(1000)
      expect(waited.milliseconds).toBeLessThan(3000)
    }
    // Who waits gets the next connection that is free.
    const patient = [3, 4].map(patch)
    bank.gate.open()
    for (const { status } of await Promise.all([...held, ...patient])) expect([200, 204]).toContain(status)
    await opened.doing(allIdle)
    // Two lanes beside them.
    expect((await engine.sessions(opened.database.adminUrl)).length).toBeLessThanOrEqual(3 + 2)
  })

  test('a client that goes away while it waits leaves the queue', async context => {
    needs(context, engine.name)
    await using opened = await open(engine, { connections: 1, writeLanes: 0, queue: 1 })
    const { bank } = opened
    const [first, second] = [await bank.account('a'), await bank.account('b')]
    const held = bank.ask('POST', '/api/actions/hold', { id: first })
    await bank.gate.arrived()
    const impatient = new AbortController()
    const gone = bank.ask('PATCH', `/api/accounts/${second}`, { cents: 9 }, impatient.signal).catch(() => 'gone')
    const patch = () => bank.ask('PATCH', `/api/accounts/${second}`, { cents: 2 })
    await expect.poll(async () => (await patch()).code).toBe('store.busy')
    impatient.abort()
    expect(await gone).toBe('gone')
    const next = await Promise.any(
      // There is room for one again; the others are told so.
      Array.from({ length: 3 }, async () => {
        const answered = patch()
        await Promise.race([answered, new Promise(resolve => setTimeout(resolve, 200))])
        bank.gate.open()
        const { status } = await answered
        if (status !== 200) throw new Error(String(status))
        return status
      }),
    )
    expect(next).toBe(200)
    expect((await held).status).toBe(204)
    expect((await bank.ask('GET', `/api/accounts/${second}`)).body.cents).toBe(2)
  })

  test('a statement ends with its request’s time, on the server too, and its connection is good for the next', async context => {
    needs(context, engine.name)
    await using opened = await open(engine, { connections: 1 }, { requestTime: 700 })
    const { bank } = opened
    const id = await bank.account('a')
    for (const action of ['doze', 'sleep']) {
      for (let turn = 0; turn < 3; turn++) {
        const slow = await bank.ask('POST', `/api/actions/${action}`, { seconds: 30 })
        expect([slow.status, slow.code]).toEqual([503, 'store.time-limit'])
        expect(slow.milliseconds).toBeLessThan(2000)
        // The only connection: what comes next is not hit by the request to stop.
        for (let next = 0; next < 5; next++) {
          expect((await bank.ask('PATCH', `/api/accounts/${id}`, { cents: next })).status).toBe(200)
          expect((await bank.ask('GET', '/api/accounts?sort=name')).status).toBe(200)
        }
      }
    }
    await opened.doing(allIdle)
  })

  test('an aggregate without end ends with its request’s time', async context => {
    needs(context, engine.name)
    await using opened = await open(engine, {}, { requestTime: 500 })
    const { bank } = opened
    const endless =
      engine.family === 'postgres'
        ? 'select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b'
        : 'select count(*) from (with recursive n(x) as (select 1 union all select x + 1 from n where x < 1000) select x from n) a, (select 1 from information_schema.columns) b, (select 1 from information_schema.columns) c'
    const slow = await bank.ask('POST', '/api/actions/run', { statement: endless })
    expect([slow.status, slow.code]).toEqual([503, 'store.time-limit'])
    await opened.doing(allIdle)
  })

  test('a client that goes away takes its statement with it', async context => {
    needs(context, engine.name)
    await using opened = await open(engine)
    const { bank } = opened
    const id = await bank.account('a')
    for (const action of ['doze', 'sleep']) {
      const impatient = new AbortController()
      const gone = bank.ask('POST', `/api/actions/${action}`, { seconds: 60 }, impatient.signal).catch(() => 'gone')
      await opened.doing(sleeping)
      impatient.abort()
      expect(await gone).toBe('gone')
      await opened.doing(allIdle)
    }
    expect((await bank.ask('PATCH', `/api/accounts/${id}`, { cents: 1 })).status).toBe(200)
    expect(bank.failures).toEqual([])
  })

  test('a transaction that is open for too long is rolled back, and its locks are gone', async context => {
    needs(context, engine.name)
    await using opened = await open(engine, {}, { transactionTime: 600 })
    const { bank } = opened
    const id = await bank.account('a')
    const held = bank.ask('POST', '/api/actions/hold', { id })
    await bank.gate.arrived()
    const late = await held
    expect([late.status, late.code]).toEqual([503, 'store.time-limit'])
    expect((await bank.ask('GET', `/api/accounts/${id}`)).body.cents).toBe(0)
    expect((await bank.ask('PATCH', `/api/accounts/${id}`, { cents: 3 })).status).toBe(200)
    // Code that goes on afterwards finds its transaction over.
    bank.gate.open()
    await opened.doing(allIdle)
    expect((await bank.ask('GET', `/api/accounts/${id}`)).body.cents).toBe(3)
  })

  test('a lock that is not granted in time is refused as busy', async context => {
    needs(context, engine.name)
    await using opened = await open(engine, { lockTime: 1000 })
    const { bank } = opened
    const id = await bank.account('a')
    const held = bank.ask('POST', '/api/actions/hold', { id })
    await bank.gate.arrived()
    const waited = await bank.ask('PATCH', `/api/accounts/${id}`, { cents: 1 })
    expect([waited.status, waited.code, waited.retryAfter]).toEqual([503, 'store.busy', '1'])
    expect(waited.milliseconds).toBeGreaterThan(700)
    expect(waited.milliseconds).toBeLessThan(3000)
    bank.gate.open()
    expect((await held).status).toBe(204)
    expect((await bank.ask('PATCH', `/api/accounts/${id}`, { cents: 1 })).status).toBe(200)
  })

  test('SQL by hand that fails in a transaction undoes itself alone, and the code may go on', async context => {
    needs(context, engine.name)
    await using opened = await open(engine)
    const { bank, database } = opened
    const wrong = await bank.ask('POST', '/api/actions/shrug', { ref: 'x', statement: 'select * from nowhere' })
    const there = await administer(engine.family, database.adminUrl, "select count(*) from entry where ref = 'x'")
    expect([wrong.status, there]).toEqual([204, ['1']])
    const twice = engine.family === 'postgres' ? 'gen_random_uuid()' : 'uuid()'
    const statement = `insert into entry (id, ref, cents) values (${twice}, 'y', 1)`
    const broken = await bank.ask('POST', '/api/actions/shrug', { ref: 'y', statement })
    expect([broken.status, broken.code]).toEqual([204, null])
    const kept = await administer(engine.family, database.adminUrl, "select cents from entry where ref = 'y'")
    expect(kept).toEqual(['0'])
    await opened.doing(allIdle)
  })

  test('a connection brings nothing of one request to the next', async context => {
    needs(context, engine.name)
    await using opened = await open(engine, { connections: 1 })
    const { bank, database } = opened
    await bank.account('a')
    const run = (statement: string) => bank.ask('POST', '/api/actions/run', { statement })
    const traces =
      engine.family === 'postgres'
        ? [
            'begin',
            engine.noTime,
            "set search_path = 'pg_catalog'",
            'create temp table account (id int)',
            "select set_config('plinth.caller', 'anna', false)",
            'select pg_advisory_lock(7)',
            'prepare mine as select 1',
          ]
        : [
            'start transaction',
            engine.noTime,
            'set session sql_mode = 0',
            'create temporary table account (id int)',
            'set @caller = 1',
            "select get_lock('seven', 0)",
          ]
    for (const trace of traces) {
      expect([trace, (await run(trace)).status]).toEqual([trace, 200])
      const listed = await bank.ask('GET', '/api/accounts?sort=name')
      expect([trace, listed.status, listed.body?.data?.length ?? listed.body?.length]).toEqual([trace, 200, 1])
      await opened.doing(allIdle)
    }
    const left =
      engine.family === 'postgres'
        ? `select 1 where current_setting('plinth.caller', true) <> '' or exists (select 1 from pg_locks join pg_database d on d.oid = database and datname = current_database() where locktype = 'advisory') or exists (select 1 from pg_prepared_statements where name = 'mine')`
        : `select 1 from dual where @caller is not null or is_used_lock('seven') is not null`
    expect((await run(left)).body).toEqual({ rows: 0 })
    await administer(engine.family, database.adminUrl, 'select 1')
  })
})
