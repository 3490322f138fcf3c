// Reads that go to a streaming replica, as callers of an application see them: their own writes always, those of others soon.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { action, createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import type { PlinthError } from '../../src/error/index.ts'
import { postgresStore, type PostgresStoreOptions } from '../../src/store/postgres/index.ts'
import { createTestApp, type TestResponse } from '../../src/testing/index.ts'
import { administer } from '../services/administration.ts'
import {
  freshDatabase,
  type FreshDatabase,
  needs,
  ownServer,
  serversOf,
  tcpProxy,
  unavailable,
} from '../services/index.ts'

const schema = defineSchema(
  {
    User: model({ name: field.text().unique() }),
    Note: model({ text: field.text() }, { version: true }),
  },
  { caller: 'User' },
)
const rules = defineRules(schema, {
  User: () => ({ read: everyone, create: everyone }),
  Note: () => ({ read: everyone, create: everyone, update: everyone }),
})
const rename = action(schema, {
  input: { id: field.id('Note'), text: field.text() },
  output: 'Note',
  allow: everyone,
  run: ({ db, input }) => db.asSystem('the test renames').Note.update(input.id, { text: input.text }),
})
const renameBySql = action(schema, {
  input: { id: field.id('Note'), text: field.text() },
  allow: everyone,
  transaction: false,
  run: async ({ db, input }) => {
    const sql = await db.asSystem('the test renames').sql('Note')
    await sql.updateTable('Note').set({ text: input.text }).where('id', '=', input.id).execute()
  },
})
// Who is calling is looked up for each request: what is remembered would hide where it was asked.
const app = createApp({ schema, rules, actions: { rename, renameBySql }, auth: { remember: 0 } })

/** An instance of the application. */
const instance = (database: FreshDatabase, replicas: readonly string[], more: Partial<PostgresStoreOptions> = {}) =>
  createTestApp(app, { store: postgresStore({ url: database.url, replicas, connections: 4, ...more }) })

const placesOf = (answer: TestResponse): readonly string[] =>
  answer.statements.map(({ replica }) => (replica === undefined ? 'primary' : 'replica'))

const rowsOf = (answer: TestResponse): unknown => (answer.body as { readonly data: unknown }).data

const token = (answer: TestResponse): Record<string, string> => ({
  'consistency-token': answer.headers['consistency-token'] ?? '',
})

/** Asks until a read without a token is answered by a replica: after the start, or after a replica has come back. */
async function untilReplicaAnswers(
  on: Awaited<ReturnType<typeof instance>>,
  headers: Record<string, string> = {},
): Promise<void> {
  await expect
    .poll(async () => placesOf(await on.request('GET', '/api/notes', { headers })), { timeout: 20_000, interval: 20 })
    .toEqual(['replica'])
}

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

describe.each(names)('what is said to be a replica of %s', name => {
  const codeOf = (error: unknown) => [(error as PlinthError).code, (error as PlinthError).message]

  test('and is another database, or refuses the user, stops the start without telling a password', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    await using other = await freshDatabase(name)
    const refused = await instance(database, [other.url]).then(() => [], codeOf)
    expect(refused[0]).toBe('boot.replica-unusable')
    expect(refused[1]).toMatch(/is no copy of the database/)
    const wrong = new URL(database.url)
    wrong.password = 'hunter2'
    const closed = await instance(database, [wrong.href]).then(() => [], codeOf)
    expect(closed[0]).toBe('boot.replica-unusable')
    expect(closed[1]).toMatch(/its password is not accepted/)
    expect(closed[1]).not.toMatch(/hunter2/)
    expect(() => postgresStore({ url: database.url, replicas: [`${database.url}?schema=else`] })).toThrow(
      /schema of its primary/,
    )
  })

  test('and is not there, or is the primary itself, is not read from', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const gone = new URL(database.url)
    gone.port = '9'
    await using one = await instance(database, [gone.href, database.url])
    expect((await one.request('POST', '/api/notes', { body: { text: 'kept' } })).status).toBe(201)
    const read = await one.request('GET', '/api/notes')
    expect([placesOf(read), rowsOf(read)]).toMatchObject([['primary'], [{ text: 'kept' }]])
  })

  test('is told of in the description of the API, and nowhere when there is none', async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    await using one = await instance(database, [database.url])
    await using none = await instance(database, [])
    const described = (await one.request('GET', '/openapi.json')).text
    expect(described).toContain('"#/components/parameters/ConsistencyToken"')
    expect(described).toContain('"#/components/headers/Consistency-Token"')
    expect((await none.request('GET', '/openapi.json')).text).not.toContain('Consistency')
    const created = await none.request('POST', '/api/notes', { body: { text: 'alone' } })
    expect([created.headers['consistency-token'], created.headers['set-cookie']]).toEqual([undefined, undefined])
  })
})

describe.each(names)('with %s', name => {
  /** A primary and its standby for one test alone. */
  async function place(context: Parameters<typeof needs>[0]) {
    needs(context, name, 'own')
    const own = await ownServer(name, { standby: true, durable: true })
    const database = await own.freshDatabase()
    const standby = own.standby!
    await standby.caughtUp()
    const replica = standby.standingIn(database.url)
    return { own, database, standby, replica, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() }
  }

  test(
    'a replica that is killed fails no request, and is read from again after its return',
    { timeout: 90_000 },
    async context => {
      await using at = await place(context)
      const { database, standby, replica } = at
      await using one = await instance(database, [replica])
      await one.request('POST', '/api/notes', { body: { text: 'kept' } })
      await standby.caughtUp()
      await untilReplicaAnswers(one)
      let stop = false
      const places = new Set<string>()
      const reader = async (): Promise<void> => {
        while (!stop) {
          const answer = await one.request('GET', '/api/notes')
          expect([answer.status, rowsOf(answer)]).toMatchObject([200, [{ text: 'kept' }]])
          for (const place of placesOf(answer)) places.add(place)
        }
      }
      const readers = Promise.all(Array.from({ length: 8 }, reader))
      await standby.kill()
      places.clear()
      await expect.poll(() => [...places]).toContain('primary')
      await standby.start()
      await expect.poll(() => [...places], { timeout: 30_000 }).toContain('replica')
      stop = true
      await readers
      expect(one.failures).toEqual([])
    },
  )

  test('a replica that falls silent holds up nobody for long', { timeout: 90_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using proxy = await tcpProxy(standby)
    await using one = await instance(database, [proxy.through(replica)])
    await one.request('POST', '/api/notes', { body: { text: 'kept' } })
    await standby.caughtUp()
    await untilReplicaAnswers(one)
    proxy.silence()
    const began = performance.now()
    const answers = await Promise.all(Array.from({ length: 10 }, () => one.request('GET', '/api/notes')))
    expect(answers.map(answer => [answer.status, rowsOf(answer)])).toMatchObject(
      answers.map(() => [200, [{ text: 'kept' }]]),
    )
    // Two looks are half a second apart, and one may take a second and a half.
    expect(performance.now() - began).toBeLessThan(5000)
    const after = await one.request('GET', '/api/notes')
    expect([after.status, placesOf(after)]).toEqual([200, ['primary']])
    proxy.resume()
    await untilReplicaAnswers(one)
    expect(one.failures).toEqual([])
  })

  test('a replica that is promoted is left', { timeout: 90_000 }, async context => {
    await using at = await place(context)
    const { database, standby, replica } = at
    await using one = await instance(database, [replica])
    await standby.caughtUp()
    await untilReplicaAnswers(one)
    await standby.promote()
    await expect
      .poll(async () => placesOf(await one.request('GET', '/api/notes')), { timeout: 10_000, interval: 50 })
      .toEqual(['primary'])
    // What the one writes is never in the other.
    await one.request('POST', '/api/notes', { body: { text: 'here' } })
    expect(rowsOf(await one.request('GET', '/api/notes'))).toMatchObject([{ text: 'here' }])
    expect(await administer('postgres', replica, 'select text from note')).toEqual([])
  })

  test(
    'while the primary is gone, reads go on for whoever has seen no more than the replica',
    { timeout: 90_000 },
    async context => {
      await using at = await place(context)
      const { own, database, standby, replica } = at
      await using one = await instance(database, [replica], { patience: 1500 })
      const created = await one.request('POST', '/api/notes', { body: { text: 'old' } })
      await standby.caughtUp()
      await untilReplicaAnswers(one, token(created))
      await standby.pause()
      const unseen = await one.request('POST', '/api/notes', { body: { text: 'new' } })
      await own.kill()
      const anybody = await one.request('GET', '/api/notes')
      expect([anybody.status, placesOf(anybody), rowsOf(anybody)]).toMatchObject([200, ['replica'], [{ text: 'old' }]])
      expect((await one.request('GET', '/api/notes', { headers: token(created) })).status).toBe(200)
      const writer = await one.request('GET', '/api/notes', { headers: token(unseen) })
      expect([writer.status, writer.headers['retry-after']]).toEqual([503, '1'])
      expect((await one.request('POST', '/api/notes', { body: { text: 'no' } })).status).toBe(503)
      await own.start()
      await standby.resume()
      await expect
        .poll(async () => rowsOf(await one.request('GET', '/api/notes', { headers: token(unseen) })), {
          timeout: 10_000,
        })
        .toHaveLength(2)
    },
  )
})
