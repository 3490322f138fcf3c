import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { administer } from './administration.ts'
import { entryOf, type ServerName } from './catalog.ts'
import { needs, ownServer, server } from './index.ts'
import type { CertificateVariant } from './own-options.ts'

const names: readonly ServerName[] = ['postgres-15', 'postgres-18', 'mariadb-10.11', 'mysql-9.7']

describe.each(names)('a %s of a test’s own', name => {
  const { family } = entryOf(name)

  test('is killed while it works, and comes back on its port with its data', { timeout: 60_000 }, async context => {
    needs(context, name, 'own')
    await using own = await ownServer(name, { durable: true })
    const { url } = await own.freshDatabase()
    await administer(family, url, 'create table things (id int primary key)', 'insert into things values (7)')
    const working = administer(family, url, sleepOf[family]).catch(String)
    await expect.poll(() => administer(family, own.facts.adminUrl, sleepingOf[family])).toEqual(['1'])
    await own.kill()
    expect(await working).toMatch(/terminat|lost|ECONNRESET/)
    await expect(administer(family, url, 'select id from things')).rejects.toThrow(/ECONNREFUSED/)
    await own.start()
    expect(await administer(family, url, 'select id from things')).toEqual(['7'])
    await own.stop()
    await expect(administer(family, url, 'select id from things')).rejects.toThrow(/ECONNREFUSED/)
    await own.start()
    expect(await administer(family, url, 'select id from things')).toEqual(['7'])
  })

  test('takes settings, and is gone afterwards', { timeout: 60_000 }, async context => {
    needs(context, name, 'own')
    let url: string
    {
      await using own = await ownServer(name, { settings: { max_connections: '23' } })
      url = own.facts.adminUrl
      const setting = family === 'postgres' ? 'show max_connections' : 'select @@max_connections'
      expect(await administer(family, url, setting)).toEqual(['23'])
    }
    await expect(administer(family, url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
  })

  test('that cannot start says why', { timeout: 60_000 }, async context => {
    needs(context, name, 'own')
    await expect(ownServer(name, { settings: { no_such_setting: 'on' } })).rejects.toThrow(/no.such.setting/)
  })
})

const sleepOf = { postgres: 'select pg_sleep(60)', mysql: 'select sleep(60)' } as const
const sleepingOf = {
  postgres: `select count(*) from pg_stat_activity where query = '${sleepOf.postgres}'`,
  mysql: `select count(*) from information_schema.processlist where info = '${sleepOf.mysql}'`,
} as const

const refusals: readonly (readonly [CertificateVariant, RegExp])[] = [
  ['expired', /certificate has expired/],
  ['of another authority', /unable to verify the first certificate/],
  ['for another host', /does not match certificate's altnames/],
]

describe.each(names)('TLS on %s', name => {
  test('is verified against the authority of the tests', async context => {
    needs(context, name)
    const { adminUrl, authority } = await server(name)
    if (authority === null) context.skip(`${name} is given by its URL: its authority is not known`)
    else expect(await encryption(name, adminUrl, authority)).toMatch(/^TLS_/)
  })

  test.for(refusals)(
    'with a certificate %s is refused: %s',
    { timeout: 60_000 },
    async ([certificate, message], context) => {
      needs(context, name, 'own')
      await using own = await ownServer(name, { certificate })
      const { adminUrl, authority } = own.facts
      await expect(encryption(name, adminUrl, authority!)).rejects.toThrow(message)
    },
  )
})

describe.each(['postgres-15', 'postgres-18'] as const)('a standby of %s', name => {
  test('shows what its primary writes, and lags when it is told to', { timeout: 60_000 }, async context => {
    needs(context, name, 'own')
    await using own = await ownServer(name, { standby: true })
    const standby = own.standby!
    const { url } = await own.freshDatabase()
    const count = (): Promise<string[]> =>
      administer('postgres', standby.standingIn(url), 'select count(*) from things')
    await administer('postgres', url, 'create table things (id int)', 'insert into things values (1)')
    await standby.caughtUp()
    expect(await count()).toEqual(['1'])
    await standby.pause()
    await administer('postgres', url, 'insert into things values (2)')
    expect(await count()).toEqual(['1'])
    await standby.resume()
    await standby.caughtUp()
    expect(await count()).toEqual(['2'])
    await expect(administer('postgres', standby.standingIn(url), 'delete from things')).rejects.toThrow(/read-only/)
  })
})

/** Connects with TLS and answers the cipher that the server says it uses. */
async function encryption(name: ServerName, url: string, authority: string): Promise<string> {
  if (entryOf(name).family === 'postgres') {
    const client = new Client({ connectionString: url, ssl: { ca: authority } })
    client.on('error', () => {}) // the refusal that is expected comes from `connect`, too
    await client.connect()
    const { rows } = await client.query<{ cipher: string }>(
      'select cipher from pg_stat_ssl where pid = pg_backend_pid()',
    )
    await client.end()
    return rows[0]!.cipher
  }
  const connection = await createConnection({ uri: url, ssl: { ca: authority, verifyIdentity: true } })
  const [rows] = await connection.query("show status like 'Ssl_cipher'")
  await connection.end()
  return (rows as { Value: string }[])[0]!.Value
}
