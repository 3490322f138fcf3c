/** Quick writes share their commits where the protocol can: each of them must end as if it had come alone. */
import { describe, expect, test } from 'vitest'
import { postgresAddresses, readServerAddress } from '../../src/lib/index.ts'
import { loadPg } from '../../src/store/postgres/driver.ts'
import { PostgresDriver } from '../../src/store/postgres/postgres-driver.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, ownServer, tcpProxy } from '../services/index.ts'
import { type Bank, openBank } from './bank.ts'
import { type Engine, engines } from './engine.ts'

const create = (bank: Bank, ref: string, cents = 0) => bank.ask('POST', '/api/entries', { ref, cents })
const patch = (bank: Bank, id: string, cents: number) => bank.ask('PATCH', `/api/accounts/${id}`, { cents })
const centsOf = async (bank: Bank, id: string): Promise<number> =>
  (await bank.ask('GET', `/api/accounts/${id}`)).body.cents

/** Where the server ends a write that takes too long: it could keep the others waiting. */
const sharing = engines.filter(({ name }) => !name.startsWith('mysql'))

/** An update of the account `slow` takes 0.4 seconds. */
const dawdling: Readonly<Record<Engine['family'], readonly string[]>> = {
  postgres: [
    `create function dawdle() returns trigger language plpgsql as $$ begin
       if new.name = 'slow' then perform pg_sleep(0.4); end if; return new; end $$`,
    'create trigger dawdle before update on account for each row execute function dawdle()',
  ],
  mysql: [
    `create trigger dawdle before update on account for each row begin
       if new.name = 'slow' then do sleep(0.4); end if; end`,
  ],
}

describe.each(sharing)('on $name', { timeout: 60_000 }, engine => {
  test('writes that come at once share commits; those that are refused take nobody with them', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url))
    const account = await bank.account('a')
    // The first write connects, the second names its statement.
    for (const ref of ['taken', 'other']) await create(bank, ref)
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 48 }, (_, index) => {
          if (index % 8 === 3) return create(bank, 'taken')
          return index % 8 === 5 ? patch(bank, account, index) : create(bank, `${round} ${index}`)
        }),
      )
      const statuses = answers.map(({ status, code }, index) => [index % 8, status, code])
      for (const [place, status, code] of statuses) {
        if (place === 3) expect([status, code]).toEqual([409, 'writes.unique'])
        else expect([status, code]).toEqual([place === 5 ? 200 : 201, null])
      }
    }
    const [rows] = await administer(engine.family, database.adminUrl, 'select count(*) from entry')
    expect(Number(rows)).toBe(2 + 5 * 36)
    if (engine.family === 'postgres') {
      // Rows of one commit have the same transaction.
      const [commits] = await administer('postgres', database.adminUrl, 'select count(distinct xmin::text) from entry')
      expect(Number(commits)).toBeLessThan(100)
    }
    // Each has its own answer: whoever came last is what is there.
    expect(await centsOf(bank, account)).toBeGreaterThan(0)
    expect(bank.failures).toEqual([])
  })

  test('one that waits for a lock goes elsewhere, and the others go on', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url, { lockTime: 20_000 }))
    const [held, free] = [await bank.account('a'), await bank.account('b')]
    await patch(bank, free, 1)
    const holding = bank.ask('POST', '/api/actions/hold', { id: held })
    await bank.gate.arrived()
    const waiting = Array.from({ length: 3 }, (_, index) => patch(bank, held, 100 + index))
    const others = await Promise.all(Array.from({ length: 30 }, (_, index) => patch(bank, free, 2 + index)))
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await create(bank, 'beside')).status).toBe(201)
    bank.gate.open()
    expect((await holding).status).toBe(204)
    for (const { status, body } of await Promise.all(waiting)) expect([status, body.cents >= 100]).toEqual([200, true])
    expect(await centsOf(bank, held)).toBeGreaterThanOrEqual(100)
  })

  test('many that would wait for one lock hold up the others for one wait', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url, { lockTime: 20_000, connections: 70 }))
    const held = await bank.account('a')
    for (const ref of ['a', 'b']) await create(bank, ref)
    for (const cents of [1, 2]) await patch(bank, held, cents)
    const holding = bank.ask('POST', '/api/actions/hold', { id: held })
    await bank.gate.arrived()
    const waiting = Array.from({ length: 60 }, (_, index) => patch(bank, held, 100 + index))
    // One after the other they would wait for three seconds.
    const others = await Promise.all(Array.from({ length: 10 }, (_, index) => create(bank, `beside ${index}`)))
    expect(others.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201))
    expect(Math.max(...others.map(({ milliseconds }) => milliseconds))).toBeLessThan(1500)
    bank.gate.open()
    expect((await holding).status).toBe(204)
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200)
  })

  test('one that takes long goes elsewhere, and is done there', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url))
    const [slow, quick] = [await bank.account('slow'), await bank.account('quick')]
    await patch(bank, quick, 1)
    await administer(engine.family, database.adminUrl, ...dawdling[engine.family])
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => patch(bank, quick, index)),
      patch(bank, slow, 9),
      ...Array.from({ length: 10 }, (_, index) => patch(bank, quick, index)),
    ])
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 21 }, () => 200))
    expect(await centsOf(bank, slow)).toBe(9)
  })
})

describe.each(sharing.filter(({ family }) => family === 'postgres'))('on $name', { timeout: 60_000 }, engine => {
  test('a commit that takes seconds is waited for, as if each had come alone', async context => {
    needs(context, engine.name, 'own')
    await using own = await ownServer(engine.name)
    const database = await own.freshDatabase()
    await using proxy = await tcpProxy(own)
    await using bank = await openBank(engine, engine.store(proxy.through(database.url)))
    const id = await bank.account('a')
    // Beside the one that made the account there is one to share.
    await expect.poll(async () => (await engine.sessions(database.adminUrl)).length).toBeGreaterThan(1)
    for (const cents of [1, 2]) await patch(bank, id, cents)
    // Nothing comes back: the disk stalls, or the network does.
    proxy.silence()
    const asked = Promise.all(Array.from({ length: 8 }, (_, index) => patch(bank, id, 10 + index)))
    await new Promise(resolve => setTimeout(resolve, 2500))
    proxy.resume()
    const answers = await asked
    expect(answers.map(({ status, code }) => [status, code])).toEqual(Array.from({ length: 8 }, () => [200, null]))
  })

  test('one whose commit fails is found out among the others', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url))
    for (const [index, ref] of ['a', 'b'].entries()) await create(bank, ref, index)
    await administer(
      'postgres',
      database.adminUrl,
      'alter table entry add constraint one_each unique (cents) deferrable initially deferred',
    )
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => create(bank, `c${index}`, index)))
    // 0 and 1 are taken.
    expect(answers.map(({ status }) => status < 300)).toEqual(answers.map((_, index) => index > 1))
    const [rows] = await administer('postgres', database.adminUrl, 'select count(*) from entry')
    expect(Number(rows)).toBe(20)
  })

  test('a connection keeps no more statements prepared than it may, when more are sent together', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const read = readServerAddress(database.url, postgresAddresses)
    if (!read.ok) throw new Error(read.problem)
    const [time, prepared] = [5000, 3]
    const limits = { connect: time, quick: time, quickLock: time, statement: time, lock: time, idleInTransaction: time }
    const driver = new PostgresDriver(await loadPg(), read.address, { ...limits, prepared }, false)
    const connection = await driver.connect('shared')
    const work = (number: number) => ({ statement: { name: `s${number}`, sql: `select ${number}` }, bound: [] })
    const kept = { name: null, sql: "select count(*) from pg_prepared_statements where name like 's%'" }
    for (let round = 0; round < 10; round++) {
      const numbers = Array.from({ length: 8 }, (_, index) => round * 4 + index)
      const outcome = await connection.together([...numbers, ...numbers.slice(0, 2)].map(work))
      const answers = 'results' in outcome ? outcome.results.map(({ rows }) => rows[0]?.[0]) : outcome.error
      expect(answers).toEqual([...numbers, ...numbers.slice(0, 2)].map(String))
    }
    expect((await connection.run(kept, [])).rows).toEqual([[String(prepared)]])
    await connection.close()
  })
})
