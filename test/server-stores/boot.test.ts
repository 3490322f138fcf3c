/** What is wrong with a database when an application starts: it does not start, and says why without a password. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createApp, defineSchema, field, model } from 'plinth'
import { openApplication } from '../../src/app/index.ts'
import { project, shop } from '../cli/project.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, ownServer, server, tcpProxy } from '../services/index.ts'
import { engines } from './engine.ts'

const schema = defineSchema({ Note: model({ text: field.text({ max: 100 }) }) })
const silent = {
  answered: () => undefined,
  failed: () => undefined,
  event: () => undefined,
  noticed: () => undefined,
  timeline: null,
  routes: [],
  close: () => Promise.resolve(),
}

interface Told {
  readonly code: string
  readonly text: string
}

/** What is told when the application starts with these variables; null when it starts. */
async function toldBy(
  variables: Readonly<Record<string, string>>,
  app: Parameters<typeof openApplication>[0] = createApp({ schema }),
): Promise<Told | null> {
  try {
    const opened = await openApplication(app, {
      root: '/',
      mode: 'production',
      environment: variables,
      schema: 'follow',
      useSnapshot: false,
      watching: () => silent,
    })
    await opened.close()
    return null
  } catch (error) {
    const { code = 'none', message, hint = '' } = error as Error & { readonly code?: string; readonly hint?: string }
    return { code, text: `${message} ${hint}` }
  }
}

const secret = 'Tr0ub4dor'

test.each([
  ['postgres', 'pg', 5432],
  ['mysql', 'mysql', 3306],
])('every mistake in a URL of %s is told, beside all others, without the password', async (scheme, wrong, port) => {
  const mistakes: readonly (readonly [string, string])[] = [
    [`${scheme}://app:${secret}`, 'it is no URL'],
    [`${scheme}://`, 'it '],
    [`${wrong}x://app:${secret}@db/shop`, `"${wrong}x:"`],
    [`${scheme}://:${secret}@db/shop`, `it names no user; write ${scheme}://user:password@host:${port}/database`],
    [`${scheme}://app:${secret}@db`, 'it names no database'],
    [`${scheme}://app:${secret}@db/a/b`, 'it names no database'],
    [`${scheme}://app:${secret}@db:port/shop`, 'it is no URL'],
    [`${scheme}://app:${secret}@db:99999/shop`, 'it is no URL'],
    [`${scheme}://app:${secret}%@db/shop`, 'it has a % that is no escape; write %25'],
    [`${scheme}://app:12?${secret}@db/shop`, 'it has an "@" after "?" or "#"; in a password write ? as %3F, # as %23'],
    [`${scheme}://app:12#${secret}@db/shop`, 'it has an "@" after "?" or "#"; in a password write ? as %3F, # as %23'],
    [`${scheme}://app:${secret}@db/shop#x`, 'nothing may follow "#"'],
    [`${scheme}://app:${secret}@db/shop?sslmod=require`, 'no parameter "sslmod"; the nearest is "sslmode"'],
    [`${scheme}://app:${secret}@db/shop?charset=utf8`, 'no parameter "charset"; there are '],
    [`${scheme}://app:${secret}@db/shop?sslmode=require&sslmode=disable`, 'it says "sslmode" twice'],
    [`${scheme}://app:${secret}@db/shop?sslmode=prefer`, 'none of disable, require, verify-ca, verify-full'],
    [`${scheme}://app:${secret}@db/shop?sslcert=/a.pem`, 'sslcert and sslkey belong together'],
  ]
  for (const [url, problem] of mistakes) {
    const told = await toldBy({ DATABASE_URL: url, PORT: 'many', PLINTH_LOGG: 'json' })
    expect([url, told?.code]).toEqual([url, 'boot.configuration-invalid'])
    expect(told?.text).toContain('The configuration has 3 mistakes')
    expect(told?.text).toContain(problem)
    expect(told?.text).toContain('PORT=many')
    expect(told?.text).toContain('PLINTH_LOG')
    expect(told?.text).not.toContain(secret)
  }
})

/** The server as it would be if it were as old: what it says of its version is changed on the way, at its length. */
async function older(target: { readonly host: string; readonly port: number }, said: string, instead: string) {
  const listener = createServer(client => {
    const behind = connect(target.port, target.host)
    client.on('data', piece => behind.write(piece))
    behind.on('data', piece => client.write(Buffer.from(piece.toString('latin1').replaceAll(said, instead), 'latin1')))
    const end = (): void => {
      client.destroy()
      behind.destroy()
    }
    for (const socket of [client, behind]) socket.on('error', end).on('close', end)
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => listener.once('listening', resolve))
  const { port } = listener.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: () => new Promise<void>(resolve => listener.close(() => resolve())) }
}

test.for([
  ['postgres-15', 'show server_version_num', /^\d\d/, '12', 'it is PostgreSQL 15'],
  ['mariadb-10.11', 'select version()', /^\d+\.\d+/, '10.09', 'it is MariaDB 10.09.'],
  ['mysql-9.7', 'select version()', /^\d+\.\d+/, '8.3', 'it is MySQL 8.3.'],
] as const)(
  'a server that is too old is refused with a sentence: %s',
  async ([name, asked, part, old, said], context) => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const family = name === 'postgres-15' ? 'postgres' : 'mysql'
    const [version = ''] = await administer(family, database.adminUrl, asked)
    const at = new URL(database.url)
    await using proxy = await older({ host: at.hostname, port: Number(at.port) }, version, version.replace(part, old))
    at.port = String(proxy.port)
    const told = await toldBy({ DATABASE_URL: at.href })
    expect([told?.code, told?.text]).toEqual(['boot.database-unreachable', expect.stringContaining(said)])
    expect(told?.text).toMatch(/needs (13|10\.10|8\.4) or newer/)
  },
)

describe.each(engines)('an application on $name does not start', { timeout: 60_000 }, engine => {
  const starting = async (change: (url: URL) => void, url: string) => {
    const changed = new URL(url)
    change(changed)
    const told = await toldBy({ DATABASE_URL: changed.href })
    expect(told?.text ?? '').not.toContain(secret)
    return told
  }

  test('with a wrong password, user, database, host or port', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    const { url } = database
    expect(await toldBy({ DATABASE_URL: url })).toBeNull()
    const unusable = 'boot.database-unreachable'
    const access =
      'The database cannot be used: the user or its password is not accepted. Check the user and the password.'
    expect(await starting(at => (at.password = secret), url)).toEqual({ code: unusable, text: access })
    expect(await starting(at => (at.password = ''), url)).toEqual({ code: unusable, text: access })
    expect(await starting(at => (at.username = 'nobody'), url)).toEqual({ code: unusable, text: access })
    const missing = await starting(at => (at.pathname = '/plinth_test_nowhere'), url)
    expect(missing).toEqual({
      code: unusable,
      text: 'The database cannot be used: there is no such database. Create it, or check its name.',
    })
    const host = await starting(at => {
      at.hostname = 'nowhere.invalid'
      at.searchParams.set('sslmode', 'disable')
    }, url)
    expect(host?.code).toBe(unusable)
    // A machine without a name server cannot say that there is no such host.
    expect(host?.text).toMatch(/there is no such host\. Check the name of the host|EAI_AGAIN/)
    const listener = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => listener.once('listening', resolve))
    const { port } = listener.address() as { readonly port: number }
    await new Promise(resolve => listener.close(resolve))
    const closed = await starting(at => (at.port = String(port)), url)
    expect(closed?.code).toBe(unusable)
    expect(closed?.text).toContain(`ECONNREFUSED 127.0.0.1:${port}. Start it, or check the host and the port.`)
  })

  test('where nobody answers', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    await using proxy = await tcpProxy(await server(engine.name))
    proxy.silence()
    const began = performance.now()
    const told = await toldBy({ DATABASE_URL: proxy.through(database.url) })
    expect(told?.code).toBe('boot.database-unreachable')
    expect(performance.now() - began).toBeLessThan(5000)
  })

  const certificates = [
    ['of another authority', 'verify-full', 'its certificate is not trusted'],
    ['of another authority', 'verify-ca', 'its certificate is not trusted'],
    ['of another authority', 'require', null],
    ['expired', 'verify-full', 'its certificate is not trusted'],
    ['expired', 'verify-ca', 'its certificate is not trusted'],
    ['for another host', 'verify-full', 'its certificate is not trusted'],
    ['for another host', 'verify-ca', null],
  ] as const
  test('with a certificate that cannot be trusted', async context => {
    needs(context, engine.name, 'own')
    for (const variant of ['of another authority', 'expired', 'for another host'] as const) {
      await using own = await ownServer(engine.name, { certificate: variant })
      await using database = await own.freshDatabase()
      using here = project({})
      const authority = join(here.folder, 'ca.pem')
      writeFileSync(authority, own.facts.authority ?? '')
      for (const [certificate, mode, expected] of certificates) {
        if (certificate !== variant) continue
        for (const host of ['127.0.0.1', 'localhost']) {
          const told = await starting(at => {
            at.hostname = host
            at.searchParams.set('sslmode', mode)
            if (mode !== 'require') at.searchParams.set('sslrootcert', authority)
          }, database.url)
          const place = `${variant}, ${mode}, ${host}`
          if (expected === null) expect([place, told]).toEqual([place, null])
          else {
            expect([place, told?.code]).toEqual([place, 'boot.database-unreachable'])
            expect([place, told?.text]).toEqual([place, expect.stringContaining(expected)])
            expect(told?.text).toContain('sslrootcert')
          }
        }
      }
    }
  })

  test('with TLS that is verified unless the URL says otherwise: an authority, or a name that is not this machine’s', async context => {
    needs(context, engine.name)
    const { authority } = await server(engine.name)
    if (authority === null) return context.skip('its authority is not known')
    await using database = await freshDatabase(engine.name)
    using here = project({})
    const file = join(here.folder, 'ca.pem')
    writeFileSync(file, authority)
    for (const host of ['127.0.0.1', 'localhost']) {
      const trusted = await starting(at => {
        at.hostname = host
        at.searchParams.set('sslrootcert', file)
      }, database.url)
      expect([host, trusted]).toEqual([host, null])
    }
    // Its certificate is good for 127.0.0.1 and localhost, not for this other name of the machine.
    const other = await starting(at => {
      at.hostname = '127.0.0.2'
      at.searchParams.set('sslrootcert', file)
    }, database.url)
    if (!/ECONNREFUSED/.test(other?.text ?? '')) expect(other?.text).toContain('its certificate is not trusted')
    const unknown = await starting(at => at.searchParams.set('sslmode', 'verify-full'), database.url)
    expect(unknown?.text).toContain('its certificate is not trusted')
    for (const [content, place] of [
      [null, join(here.folder, 'absent.pem')],
      ['no certificate', join(here.folder, 'wrong.pem')],
    ] as const) {
      if (content !== null) writeFileSync(place, content)
      const wrong = await starting(at => at.searchParams.set('sslrootcert', place), database.url)
      expect(wrong?.code).toBe('boot.database-address')
      expect(wrong?.text).toContain(
        `sslrootcert names a file that cannot be read or is no certificate in PEM: ${place}`,
      )
    }
  })

  test('without the TLS that is asked for', async context => {
    needs(context, engine.name, 'own')
    await using own = await ownServer(engine.name, { settings: engine.withoutTls })
    await using database = await own.freshDatabase()
    expect(await toldBy({ DATABASE_URL: database.url })).toBeNull()
    const told = await starting(at => at.searchParams.set('sslmode', 'require'), database.url)
    expect(told?.code).toBe('boot.database-unreachable')
    expect(told?.text).toContain(
      'it offers no TLS. Turn it on there, or, where the network is trusted, add ?sslmode=disable.',
    )
  })

  test('with tables that do not fit, and names the differences; what is there besides does not matter', async context => {
    needs(context, engine.name)
    await using database = await freshDatabase(engine.name)
    using here = project({
      ...shop,
      'schema.ts': `import { defineSchema, field, model } from 'plinth'
export const schema = defineSchema({ Note: model({ text: field.text({ max: 100 }), stars: field.integer() }) })
`,
      'app.ts': `import { createApp } from 'plinth'
import { schema } from './schema.ts'
export default createApp({ schema })
`,
      'rules.ts': '',
    })
    const environment = { DATABASE_URL: database.url, HOST: '127.0.0.1', PLINTH_SHUTDOWN_DELAY: '0s' }
    const start = async (): Promise<string> => {
      const running = here.run(['start'], environment)
      const began = running.url().then(
        () => true,
        () => false,
      )
      if (await began) running.child.kill('SIGTERM')
      await running.exit
      return (await began) ? 'started' : running.output()
    }
    expect(await start()).toContain('The table "note" of Note is missing')
    await here.done(['database', '--apply'], environment)
    expect(await start()).toBe('started')

    const alter = (...statements: readonly string[]) => administer(engine.family, database.adminUrl, ...statements)
    await alter(
      'create table other (id int primary key)',
      'alter table note add column remark varchar(10) null',
      'alter table note add column weight int not null default 3',
      'create index note_by_weight on note (weight)',
    )
    expect(await start()).toBe('started')

    const change = engine.family === 'postgres' ? 'alter column stars type text' : 'modify stars varchar(20) not null'
    await alter(`alter table note ${change}`)
    const type = await start()
    expect(type).toContain('The database does not fit the models')
    expect(type).toMatch(/The column "note\.stars" is (text|varchar).*, and Note\.stars needs bigint/)
    await alter('alter table note drop column stars', 'alter table note add column obliged int not null')
    const columns = await start()
    expect(columns).toContain('The column "stars" of Note.stars is missing')
    expect(columns).toContain('The column "note.obliged" refuses null, and Note has no field for it')
  })
})

test.for(['LATIN1', 'SQL_ASCII'])('a PostgreSQL database with encoding %s is refused', async (encoding, context) => {
  needs(context, 'postgres-15')
  const name = 'postgres-15'
  await using database = await freshDatabase(name)
  const other = `${database.name}_l`
  await administer(
    'postgres',
    database.adminUrl,
    `create database ${other} template template0 encoding '${encoding}' lc_collate 'C' lc_ctype 'C'`,
  )
  const url = new URL(database.adminUrl)
  url.pathname = `/${other}`
  const told = await toldBy({ DATABASE_URL: url.href })
  await administer('postgres', database.adminUrl, `drop database ${other} with (force)`)
  expect(told).toEqual({
    code: 'boot.database-unreachable',
    text: `The database cannot be used: its encoding is ${encoding}. Create the database with encoding UTF8.`,
  })
})

test('a MariaDB that takes too little at once is refused', { timeout: 60_000 }, async context => {
  needs(context, 'mariadb-10.11', 'own')
  await using own = await ownServer('mariadb-10.11', { settings: { 'max-allowed-packet': '1M' } })
  await using database = await own.freshDatabase()
  expect(await toldBy({ DATABASE_URL: database.url })).toEqual({
    code: 'boot.database-unreachable',
    text: 'The database cannot be used: its max_allowed_packet is 1048576. Set it to 16777216 or more.',
  })
})

describe.each(engines.filter(({ family }) => family === 'mysql'))(
  'on $name',
  { timeout: 60_000 },
  ({ name: server }) => {
    test('a key and an index have the room that the server gives them, and no more', async context => {
      needs(context, server)
      await using database = await freshDatabase(server)
      const text = field.text({ max: 255 })
      const fields = { a: text, b: text, c: text, d: text, n: field.integer() }
      const told = (options: object, own: typeof fields = fields, { url } = database) =>
        toldBy({ DATABASE_URL: url }, createApp({ schema: defineSchema({ Wide: model(own, options) }) }))
      const refused = (what: string, bytes: string) => ({
        code: 'boot.store-unable',
        text: `The store "mysql" cannot hold Wide: its ${what} needs up to ${bytes} bytes, four for each character, and has room for 3,072; a smaller max of its texts makes room. Choose another store, or change the model.`,
      })
      expect(await told({ key: ['a', 'b', 'c', 'd'] })).toEqual(refused('key (a, b, c, d)', '4,080'))
      expect(await told({ key: ['n'], index: [['a', 'b', 'c', 'd']] })).toEqual(refused('index (a, b, c, d)', '4,080'))
      expect(await told({ key: ['a', 'b', 'c', 'n'], index: [['d', 'c', 'b', 'n']] })).toBeNull()
      // As many bytes as of a long text, of which an index holds the beginning, and yet held as a whole.
      const quarter = field.text({ max: 192 })
      const quarters = { ...fields, a: quarter, b: quarter, c: quarter, d: quarter }
      await using other = await freshDatabase(server)
      expect(await told({ key: ['n'], unique: [['a', 'b', 'c', 'd']] }, quarters, other)).toBeNull()
    })
  },
)
