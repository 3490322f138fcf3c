/** Transactions that meet: who is tried again, who is told to come back (semantics 32). */
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs } from '../services/index.ts'
import { openBank } from './bank.ts'
import { type Engine, engines } from './engine.ts'

interface Session extends AsyncDisposable {
  run(sql: string): Promise<unknown>
}

/** Somebody else on the same database. */
async function somebody(engine: Engine, url: string): Promise<Session> {
  if (engine.family === 'postgres') {
    const client = new Client({ connectionString: url })
    await client.connect()
    // The other one notices the deadlock first.
    await client.query("set deadlock_timeout = '30s'")
    return { run: sql => client.query(sql), [Symbol.asyncDispose]: () => client.end() }
  }
  const connection = await createConnection({ uri: url })
  return { run: sql => connection.query(sql), [Symbol.asyncDispose]: () => connection.end() }
}

/** Statuses and codes of two calls of an action that meet halfway, each with the accounts of the other in its way. */
async function crossing(bank: Awaited<ReturnType<typeof openBank>>, action: string) {
  const [first, second] = [await bank.account('a'), await bank.account('b')]
  const answers = [
    bank.ask('POST', `/api/actions/${action}`, { first, second, pair: 'x' }),
    bank.ask('POST', `/api/actions/${action}`, { first: second, second: first, pair: 'x' }),
  ]
  await bank.gate.arrived(2)
  bank.gate.open()
  return (await Promise.all(answers)).map(({ status, code }) => [status, code])
}

describe.each(engines)('two transactions on $name that', { timeout: 60_000 }, engine => {
  test('lock each other out: one without code of the application is tried again, and both succeed', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url, { lockTime: 10_000 }))
    await using other = await somebody(engine, database.adminUrl)
    await using third = await somebody(engine, database.adminUrl)
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) ids.push(await bank.account(name))
    // InnoDB gives up the one that has changed less. Row by row: a scan would lock the other rows, too.
    const heavy = Array.from({ length: 20 }, (_, row) => `weight ${row}`)
    for (const name of heavy) await bank.account(name)
    const waiting = (count: number) => expect.poll(() => engine.waiting(database.adminUrl)).toBe(count)
    await other.run('begin')
    for (const name of ['c', ...heavy]) await other.run(`update account set cents = 100 where name = '${name}'`)
    await third.run('begin')
    await third.run("update account set cents = 100 where name = 'b'")
    const bulk = bank.ask('PATCH', '/api/accounts?name[in]=a,b,c', { cents: 5 })
    await waiting(1)
    const crossed = other.run("update account set cents = 100 where name = 'a'")
    await waiting(2)
    // Not before now does the one ask for what the other has: PostgreSQL looks once, a second after somebody has begun to wait.
    await third.run('commit')
    await crossed
    await other.run('commit')
    const answered = await bulk
    expect([answered.status, answered.code]).toEqual([200, null])
    for (const id of ids) expect((await bank.ask('GET', `/api/accounts/${id}`)).body.cents).toBe(5)
  })

  test.for([
    ['lock each other out', 'swap'],
    ['could not have run one after the other', 'serial'],
  ] as const)('%s: with code of the application one is told to come back', async ([, name], context) => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url))
    const statuses = await crossing(bank, name)
    expect(statuses).toContainEqual([204, null])
    expect(statuses).toContainEqual([503, 'store.busy'])
    await expect
      .poll(async () => (await engine.sessions(database.adminUrl)).filter(session => session !== 'idle'))
      .toEqual([])
  })

  test.for([
    ['lock each other out', 'swap-again'],
    ['could not have run one after the other', 'serial-again'],
  ] as const)('%s: an action that says it may is tried again, and both succeed', async ([, name], context) => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url))
    for (const status of await crossing(bank, name)) expect(status).toEqual([204, null])
  })
})

/** Every update of an account meets a conflict, and what no rollback turns back counts them: a sequence, or a table without transactions. */
const alwaysInConflict: Readonly<Record<Engine['family'], readonly string[]>> = {
  postgres: [
    'create sequence met',
    `create function conflict() returns trigger language plpgsql as $$ begin
       perform nextval('met'); raise exception 'in conflict' using errcode = 'serialization_failure'; end $$`,
    'create trigger conflict before update on account for each row execute function conflict()',
    'grant usage, select on sequence met to public',
  ],
  mysql: [
    'create table met (n int) engine = MyISAM',
    `create trigger conflict before update on account for each row begin
       insert into met values (1); signal sqlstate '40001' set mysql_errno = 1213, message_text = 'in conflict'; end`,
  ],
}

describe.each(engines)('a transaction on $name that always meets a conflict', { timeout: 60_000 }, engine => {
  test.for([
    ['one row', 5, (id: string) => ['PATCH', `/api/accounts/${id}`, { cents: 5 }] as const],
    ['rows by a filter', 5, () => ['PATCH', '/api/accounts?name=a', { cents: 5 }] as const],
    [
      'an action that says it may',
      10,
      (id: string, other: string) =>
        ['POST', '/api/actions/serial-again', { first: id, second: other, pair: 'x' }] as const,
    ],
    [
      'an action',
      1,
      (id: string, other: string) => ['POST', '/api/actions/serial', { first: id, second: other, pair: 'x' }] as const,
    ],
  ] as const)('gives up: %s is tried %i times', async ([, tries, request], context) => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using bank = await openBank(engine, engine.store(database.url))
    const [first, second] = [await bank.account('a'), await bank.account('b')]
    await administer(engine.family, database.adminUrl, ...alwaysInConflict[engine.family])
    bank.gate.open()
    const [method, path, body] = request(first, second)
    const answered = await bank.ask(method, path, body)
    expect([answered.status, answered.code, answered.retryAfter]).toEqual([503, 'store.busy', '1'])
    const [next] = await administer(
      engine.family,
      database.adminUrl,
      engine.family === 'postgres' ? "select nextval('met') - 1" : 'select count(*) from met',
    )
    expect(Number(next)).toBe(tries)
    expect((await bank.ask('GET', `/api/accounts/${first}`)).body.cents).toBe(0)
  })
})
