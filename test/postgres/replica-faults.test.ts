// Replicas and primaries that are gone, silent, promoted or not what they are said to be: no request fails that need not.
import { describe, expect, test } from 'vitest'
import type { PlinthError } from '../../src/error/index.ts'
import { postgresStore } from '../../src/store/postgres/index.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, ownServer, serversOf, tcpProxy } from '../services/index.ts'
import { instance, placesOf, rowsOf, token, untilReplicaAnswers } from './notes-with-replicas.ts'

const names = serversOf('postgres')

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
      const told: string[] = []
      await using one = await instance(database, [replica], {}, ({ event }) => told.push(event))
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
      // The process can serve without it.
      const ready = await one.request('GET', '/health/ready')
      expect([ready.status, ready.text]).toEqual([200, '{"status":"ready"}'])
      await standby.start()
      await expect.poll(() => [...places], { timeout: 30_000 }).toContain('replica')
      stop = true
      await readers
      expect(one.failures).toEqual([])
      // An operator is told once, however often it was looked for.
      expect(told).toEqual(['replica-gone', 'replica-back'])
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
