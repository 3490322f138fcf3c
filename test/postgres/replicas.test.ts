// Reads that go to a streaming replica, as callers of an application see them: their own writes always, those of others soon.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { administer } from '../services/administration.ts'
import { needs, ownServer, serversOf, tcpProxy, unavailable } from '../services/index.ts'
import { instance, placesOf, rowsOf, token, untilReplicaAnswers } from './notes-with-replicas.ts'

const names = serversOf('postgres')

describe.each(names)('a replica of %s', name => {
  let own: Awaited<ReturnType<typeof ownServer>> | null = null
  beforeAll(async () => {
    if (unavailable(name) === null)
      own = await ownServer(name, {
        standby: true,
        durable: true,
        settings: { max_standby_streaming_delay: '50ms', shared_preload_libraries: 'pg_stat_statements' },
      })
  }, 60_000)
  afterAll(() => own?.[Symbol.asyncDispose]())

  async function place(context: Parameters<typeof needs>[0]) {
    needs(context, name, 'own')
    const standby = own!.standby!
    const database = await own!.freshDatabase()
    await standby.caughtUp()
    return {
      database,
      standby,
      replica: standby.standingIn(database.url),
      // Whatever became of the test, the next one begins with a standby that follows.
      [Symbol.asyncDispose]: () => standby.resume(),
    }
  }

  test('answers reads, and none of the writer while it lags', { timeout: 60_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using one = await instance(database, [replica])
    const created = await one.request('POST', '/api/notes', { body: { text: 'before' } })
    expect(created.status).toBe(201)
    const { id } = created.body as { id: string }
    await standby.caughtUp()
    await untilReplicaAnswers(one)

    await standby.pause()
    const renamed = await one.request('POST', '/api/actions/rename', { body: { id, text: 'after' } })
    expect(renamed.status).toBe(200)
    expect(renamed.headers['consistency-token']).toMatch(/^[0-9a-z]{8}-[0-9a-f]{16}$/)

    // Whoever has not seen the write may see the row as it was.
    const other = await one.request('GET', `/api/notes/${id}`)
    expect([placesOf(other), other.body]).toMatchObject([['replica'], { text: 'before' }])
    const writer = await one.request('GET', `/api/notes/${id}`, { headers: token(renamed) })
    expect([placesOf(writer), writer.body]).toMatchObject([['primary'], { text: 'after' }])
    expect(writer.headers['etag']).not.toBe(other.headers['etag'])
    const list = await one.request('GET', '/api/notes', { headers: token(renamed) })
    expect([placesOf(list), rowsOf(list)]).toMatchObject([['primary'], [{ text: 'after' }]])
    // The tag of the old row is not confirmed to its writer.
    const asked = await one.request('GET', `/api/notes/${id}`, {
      headers: { ...token(renamed), 'if-none-match': other.headers['etag']! },
    })
    expect(asked.status).toBe(200)

    // SQL by hand, each statement by itself, is a write like others.
    const bySql = await one.request('POST', '/api/actions/rename-by-sql', { body: { id, text: 'by hand' } })
    expect(bySql.status).toBe(204)
    const byHand = await one.request('GET', `/api/notes/${id}`, { headers: token(bySql) })
    expect([placesOf(byHand), byHand.body]).toMatchObject([['primary'], { text: 'by hand' }])
    const last = await one.request('POST', '/api/actions/rename', { body: { id, text: 'after' } })

    await standby.resume()
    await standby.caughtUp()
    await untilReplicaAnswers(one, token(last))
    const late = await one.request('GET', `/api/notes/${id}`, { headers: token(last) })
    expect([placesOf(late), late.body]).toMatchObject([['replica'], { text: 'after' }])
    const fresh = await one.request('HEAD', `/api/notes/${id}`, { headers: { 'consistency-token': 'latest' } })
    expect([placesOf(fresh), fresh.headers['etag']]).toEqual([['primary'], late.headers['etag']])
    expect(one.failures).toEqual([])
  })

  test('is not asked by two instances for a browser that wrote at one of them', { timeout: 60_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using one = await instance(database, [replica])
    await using two = await instance(database, [replica])
    await standby.caughtUp()
    await untilReplicaAnswers(two)
    await standby.pause()
    const created = await one.request('POST', '/api/notes', {
      body: { text: 'mine' },
      headers: { 'x-forwarded-proto': 'https' },
    })
    const set = created.headers['set-cookie'] ?? ''
    expect(set).toMatch(/^__Host-consistency-token=\S+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax; Secure$/)
    const cookie = { cookie: `theme=dark; ${set.slice(0, set.indexOf(';'))}` }
    for (const each of [one, two]) {
      const mine = await each.request('GET', '/api/notes', { headers: cookie })
      expect([placesOf(mine), rowsOf(mine)]).toMatchObject([['primary'], [{ text: 'mine' }]])
      const others = await each.request('GET', '/api/notes')
      expect([placesOf(others), rowsOf(others)]).toEqual([['replica'], []])
    }
    // Of two tokens the later one counts, wherever it stands.
    const later = await one.request('POST', '/api/notes', { body: { text: 'more' } })
    expect(later.headers['set-cookie']).toMatch(
      /^consistency-token=[^;]+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/,
    )
    await standby.resume()
    await standby.caughtUp()
    await untilReplicaAnswers(two, { ...cookie, ...token(later) })
  })

  test('is never asked by requests that write, or for who is calling', { timeout: 60_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using one = await instance(database, [replica])
    await standby.caughtUp()
    await untilReplicaAnswers(one)
    await standby.pause()
    // A new user is known at once, and writes at once.
    const user = await one.db.User.create({ name: 'Anna' })
    const key = { 'idempotency-key': `"${randomUUID()}"` }
    const note = await one.request('POST', '/api/notes', { as: user, body: { text: 'first' }, headers: key })
    expect(note.status).toBe(201)
    expect(new Set(placesOf(note))).toEqual(new Set(['primary']))
    const { id } = note.body as { id: string }
    const patched = await one.request('PATCH', `/api/notes/${id}`, { as: user, body: { text: 'second' } })
    expect([patched.status, new Set(placesOf(patched))]).toEqual([200, new Set(['primary'])])
    // Known without any token, from another machine.
    const read = await one.request('GET', '/api/notes', { as: user })
    expect([read.status, placesOf(read).toSorted()]).toEqual([200, ['primary', 'replica']])
    // Whoever repeats a request has lost its answer and the token in it.
    const again = await one.request('POST', '/api/notes', { as: user, body: { text: 'first' }, headers: key })
    expect(again.headers['idempotent-replayed']).toBe('true')
    const seen = await one.request('GET', `/api/notes/${id}`, { headers: token(again) })
    expect([placesOf(seen), seen.body]).toMatchObject([['primary'], { text: 'second' }])
    await standby.resume()
  })

  test('is not asked by whoever does not know what became of SQL by hand', { timeout: 60_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using proxy = await tcpProxy(own!)
    await using one = await instance({ ...database, url: proxy.through(database.url) }, [replica])
    const created = await one.request('POST', '/api/notes', { body: { text: 'before' } })
    const { id } = created.body as { id: string }
    await standby.caughtUp()
    await untilReplicaAnswers(one)
    await standby.pause()
    // The server goes on with what it has begun when its connection ends.
    await administer(
      'postgres',
      database.url,
      "create function slowly() returns trigger language plpgsql as 'begin perform pg_sleep(1); return new; end'",
      'create trigger slowly before update on note for each row execute function slowly()',
    )
    const running = one.request('POST', '/api/actions/rename-by-sql', { body: { id, text: 'after' } })
    const active = "select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
    await expect.poll(async () => (await administer('postgres', database.adminUrl, active)).length).toBe(1)
    proxy.cut()
    const lost = await running
    expect([lost.status, (lost.body as { code: string }).code]).toEqual([503, 'store.outcome-unknown'])
    const read = () => one.request('GET', `/api/notes/${id}`, { headers: token(lost) })
    await expect.poll(async () => (await read()).body, { timeout: 5000 }).toMatchObject({ text: 'after' })
    expect(placesOf(await read())).toEqual(['primary'])
    expect(placesOf(await one.request('GET', `/api/notes/${id}`))).toEqual(['replica'])
    await standby.resume()
  })

  test('gives a forged token nothing, and nobody an error', { timeout: 60_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using one = await instance(database, [replica])
    const created = await one.request('POST', '/api/notes', { body: { text: 'true' } })
    await standby.caughtUp()
    await untilReplicaAnswers(one)
    const real = created.headers['consistency-token']!
    const forged = [
      `${real.slice(0, 9)}ffffffffffffffff`,
      `00000000-${real.slice(9)}`,
      'latest',
      'x',
      "'; drop table note; --",
      'f'.repeat(8000),
      `${real}, ${real}`,
      `${real}\u00e9`,
    ]
    for (const each of forged) {
      const answer = await one.request('GET', '/api/notes', { headers: { 'consistency-token': each } })
      expect([answer.status, placesOf(answer), rowsOf(answer)]).toMatchObject([200, ['primary'], [{ text: 'true' }]])
      expect(answer.headers['consistency-token']).toBeUndefined()
      const byCookie = await one.request('GET', '/api/notes', {
        headers: { cookie: `consistency-token=${encodeURIComponent(each)}; __Host-consistency-token=${real}` },
      })
      expect([byCookie.status, rowsOf(byCookie)]).toMatchObject([200, [{ text: 'true' }]])
    }
    const early = { 'consistency-token': `${real.slice(0, 9)}0000000000000000` }
    const answer = await one.request('GET', '/api/notes', { headers: early })
    expect([answer.status, placesOf(answer)]).toEqual([200, ['replica']])
  })

  test('that is further behind than it may be is left alone', { timeout: 60_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using one = await instance(database, [replica], { replicaLag: 1000 })
    await standby.caughtUp()
    await untilReplicaAnswers(one)
    await standby.pause()
    await one.request('POST', '/api/notes', { body: { text: 'new' } })
    await expect
      .poll(async () => rowsOf(await one.request('GET', '/api/notes')), { timeout: 10_000, interval: 50 })
      .toMatchObject([{ text: 'new' }])
    expect(placesOf(await one.request('GET', '/api/notes'))).toEqual(['primary'])
    await standby.resume()
    await untilReplicaAnswers(one)
  })

  test('whose recovery is in a read’s way has it done by the primary', { timeout: 60_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using one = await instance(database, [replica])
    await one.request('POST', '/api/notes', { body: { text: 'kept' } })
    await standby.caughtUp()
    await untilReplicaAnswers(one)
    // From now on reading a note takes a second, in which what is replayed wants the table for itself.
    const slow = 'create view note as select note_rows.* from note_rows, (select pg_sleep(1)) as pause'
    await administer('postgres', database.url, 'alter table note rename to note_rows', slow)
    await standby.caughtUp()
    const reading = one.request('GET', '/api/notes')
    const sleeping = `select count(*) from pg_stat_activity where wait_event = 'PgSleep'`
    await expect.poll(() => administer('postgres', replica, sleeping), { interval: 5 }).toEqual(['1'])
    await administer('postgres', database.url, 'alter table note_rows add column more text')
    const conflicts = `select sum(confl_lock) from pg_stat_database_conflicts where datname = current_database()`
    const answer = await reading
    expect([answer.status, placesOf(answer), rowsOf(answer)]).toMatchObject([200, ['primary'], [{ text: 'kept' }]])
    await expect.poll(() => administer('postgres', replica, conflicts), { timeout: 20_000 }).not.toEqual(['0'])
    expect(one.failures).toEqual([])
  })

  test('takes the reads and the primary the writes: counted on the servers', { timeout: 60_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    const counted = async (url: string, verb: 'insert' | 'select') => {
      const sql = `select coalesce(sum(calls), 0) from pg_stat_statements where userid = 'plinth'::regrole
        and dbid = (select oid from pg_database where datname = current_database()) and query ~ '^${verb}\\M.*\\mnote\\M'`
      return Number((await administer('postgres', url, sql))[0])
    }
    await administer('postgres', database.adminUrl, 'create extension pg_stat_statements')
    await using one = await instance(database, [replica])
    await standby.caughtUp()
    await untilReplicaAnswers(one)
    const [onPrimary, onReplica] = [new URL(database.adminUrl), new URL(database.adminUrl)]
    onReplica.port = String(standby.port)
    const before = {
      primary: await counted(onPrimary.href, 'select'),
      replica: await counted(onReplica.href, 'select'),
    }
    for (let round = 0; round < 10; round++) {
      expect((await one.request('POST', '/api/notes', { body: { text: String(round) } })).status).toBe(201)
      const reads = await Promise.all(Array.from({ length: 20 }, () => one.request('GET', '/api/notes')))
      expect(reads.every(({ status }) => status === 200)).toBe(true)
    }
    expect(await counted(onPrimary.href, 'insert')).toBe(10)
    expect(await counted(onReplica.href, 'insert')).toBe(0)
    expect((await counted(onReplica.href, 'select')) - before.replica).toBe(200)
    // What a create answers is read back in its own transaction.
    expect((await counted(onPrimary.href, 'select')) - before.primary).toBeLessThanOrEqual(10)
  })
})
