/** Pulls that go wrong, find something in their way, or meet texts that are ordered by a language. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { project } from '../cli/project.ts'
import { needsEngine } from '../fixtures/engines.ts'
import { freshDatabase, needs } from '../services/index.ts'
import { administer } from '../services/administration.ts'
import { catalogue } from './catalogue.ts'
import { openRules, pulledProject } from './pulled-project.ts'

async function pull(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  using own = project({})
  const { code, output } = await own.command(['pull', ...words], environment)
  return { code, output, wrote: existsSync(join(own.folder, 'src')) }
}

describe('what cannot be pulled is said, and nothing is written', { timeout: 120_000 }, () => {
  it.each([
    ['no database is named', [], 'Nothing says which database is to be pulled.'],
    ['memory has no tables', ['memory:'], 'The store "memory" has no tables that could be pulled.'],
    ['there is no such file', ['file:./none.db'], 'there is no such file'],
    ['there is no such store', ['oracle://x'], 'there is no store for "oracle:"'],
    [
      'nobody answers',
      ['postgres://me:topsecret@127.0.0.1:1/shop'],
      'The database cannot be used: connect ECONNREFUSED',
    ],
    ['the address is wrong', ['postgres://me:topsecret@127.0.0.1/shop?nonsense=1'], 'no parameter "nonsense"'],
  ])('%s', async (_title, words, message) => {
    const { code, output, wrote } = await pull(words)
    expect(output).toContain(message)
    expect(output).not.toContain('topsecret')
    expect([code, wrote]).toEqual([1, false])
  })

  it('a database without tables', async () => {
    await using own = await pulledProject('sqlite', ['select 1'])
    const { code, output } = await own.plinth('pull')
    expect([code, output]).toEqual([1, expect.stringContaining('The database has no tables.')])
  })

  it('a record of the last pull that is broken', async () => {
    await using own = await pulledProject('sqlite', ['create table t (id integer primary key)'])
    own.write('plinth.pull.json', '{ "format": 1, "files": [<<<<<<< ] }')
    const { code, output } = await own.plinth('pull')
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('plinth.pull.json is not one that this version of Plinth reads'),
    ])
    expect(own.files()).toEqual([])
  })
})

it(
  'marks of a merge are told with what mends them, and a name that has moved in code stays moved',
  { timeout: 60_000 },
  async () => {
    await using own = await pulledProject('sqlite', ['create table note (id integer primary key, body text)'])
    await own.done('pull')
    await own.done('migrate', 'up', '--adopt')
    own.edit('src/models/note.ts', 'body:', 'text: ')
    own.edit('src/models/note.ts', ".column('body'", ".renamedFrom('body').column('body'")
    await own.done('migrate', 'new')
    const marked = (text: string): string => `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> other\n`
    const snapshot = own.read('plinth.snapshot.json')
    own.write('plinth.snapshot.json', marked(snapshot))
    for (const words of [['pull'], ['migrate', 'new'], ['migrate', 'status']]) {
      const { code, output } = await own.plinth(...words)
      expect([code, output]).toEqual([
        1,
        expect.stringMatching(
          /plinth\.snapshot\.json has the marks of a merge that was not finished\. Delete it: .*plinth migrate rebase/u,
        ),
      ])
    }
    rmSync(join(own.folder, 'plinth.snapshot.json'))
    await own.done('pull')
    expect(own.read('plinth.snapshot.json')).toBe(snapshot)

    own.write('plinth.pull.json', marked(own.read('plinth.pull.json')))
    expect((await own.plinth('pull')).output).toMatch(
      /plinth\.pull\.json has the marks of a merge[\s\S]*then pull again: git checkout --ours plinth\.pull\.json/u,
    )
  },
)

describe('what is in the way', { timeout: 120_000 }, () => {
  it('files that were there before the first pull stay, and are told', async () => {
    await using own = await pulledProject('sqlite', ['create table note (id integer primary key, body text)'])
    own.write('src/models/note.ts', '// mine\n')
    own.write('src/rules.ts', '// my rules\n')
    own.write('package.json', '{ "type": "module" }')
    const { code, output } = await own.plinth('pull')
    expect(code).toBe(1)
    expect(output).toContain('src/models/note.ts: it was there before the first pull; yours stays.')
    expect([own.read('src/models/note.ts'), own.read('src/rules.ts'), own.read('package.json')]).toEqual([
      '// mine\n',
      '// my rules\n',
      '{ "type": "module" }',
    ])
    expect(own.read('src/schema.ts')).toContain('  Note,')
  })

  it('a model that was changed by hand stays when its table goes', async () => {
    await using own = await pulledProject('sqlite', [
      'create table note (id integer primary key)',
      'create table page (id integer primary key)',
    ])
    await own.plinth('pull')
    own.edit('src/models/note.ts', 'export', '// kept\nexport')
    await own.sql('drop table note', 'drop table page', 'create table other (id integer primary key)')
    const { code, output } = await own.plinth('pull')
    expect(code).toBe(1)
    expect(output).toContain(
      'src/models/note.ts: its table is gone from the database, and it was changed by hand; yours stays.',
    )
    expect(own.files()).toEqual(['note.ts', 'other.ts'])
  })

  it('a model file that was removed by hand does not come back', async () => {
    await using own = await pulledProject('sqlite', [
      'create table note (id integer primary key)',
      'create table page (id integer primary key)',
    ])
    await own.plinth('pull')
    await own.sql('create table other (id integer primary key)')
    own.write('src/schema.ts', own.read('src/schema.ts').replace(/^.*(?:Page|page).*\n/gmu, ''))
    rmSync(join(own.folder, 'src/models/page.ts'))
    expect((await own.plinth('pull')).code).toBe(0)
    expect(own.files()).toEqual(['note.ts', 'other.ts'])
    expect(own.read('src/schema.ts')).not.toContain('Page')
    expect(own.typecheck()).toBeNull()
  })

  it('another folder, and JSON for programs', async () => {
    await using own = await pulledProject('sqlite', ['create table note (id integer primary key)'])
    mkdirSync(join(own.folder, 'api'))
    writeFileSync(join(own.folder, 'api/.env'), `DATABASE_URL=${own.url}\n`)
    const { code, results } = await own.plinth('pull', own.url, '--into', 'api', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(results)).toMatchObject({ models: 1, removed: [], conflicts: [], notes: [] })
    expect(own.read('api/src/models/note.ts')).toContain('export const Note')
  })
})

describe('names that nobody would give', { timeout: 120_000 }, () => {
  const odd = [
    `create table "it's ""odd"" */ \`x\` \\ \${1}" (id integer primary key, "__proto__" text, "constructor" text, "a'b""c" text, "then" text, "ünï çödé" text,
      "1st" text, "select" text, "SELECT2" text, "名前" text)`,
    `create table "object" (id integer primary key, "Boolean" integer references "it's ""odd"" */ \`x\` \\ \${1}" (id))`,
    `create table "datum" (id integer primary key)`,
    `create table "data" (id integer primary key)`,
    `create table "users" (id integer primary key, "user" integer references "users" (id), "user_id" integer references "users" (id), "userId2" text)`,
    `insert into "it's ""odd"" */ \`x\` \\ \${1}" values (1, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')`,
  ]

  describe.each(['sqlite', 'postgres-18'] as const)('on %s', { timeout: 120_000 }, engine => {
    it('become names of code, and are asked for as they are', async context => {
      needsEngine(context, engine)
      await using own = await pulledProject(engine, odd)
      expect((await own.plinth('pull')).code).toBe(0)
      expect([own.typecheck(), own.format()]).toEqual([null, null])
      own.write('src/rules.ts', openRules(['ItSOddX1', 'ObjectRow', 'Data', 'Datum', 'User'], []))
      expect(own.typecheck()).toBeNull()
      const address = await own.serve()
      expect(await (await fetch(`${address}/api/it-s-odd-x1s`)).json()).toMatchObject({
        data: [
          {
            id: 1,
            proto: 'a',
            constructorValue: 'b',
            aBC: 'c',
            thenValue: 'd',
            uniCode: 'e',
            column1st: 'f',
            selectValue: 'g',
            select2: 'h',
            column10: 'i',
          },
        ],
      })
      for (const collection of ['object-rows', 'users', 'data', 'data2'])
        expect((await fetch(`${address}/api/${collection}`)).status, collection).toBe(200)
    })
  })
})

describe('a schema of PostgreSQL', { timeout: 120_000 }, () => {
  it('is pulled by its name, without what stands in others', async context => {
    needs(context, 'postgres-15')
    await using own = await pulledProject('postgres-15', [
      'create table elsewhere (id integer primary key)',
      'create schema sales',
      "create type sales.state as enum ('open', 'done')",
      'create table sales.orders (id serial primary key, state sales.state not null, place integer references elsewhere (id)) partition by range (id)',
      'create table sales.orders_1 partition of sales.orders for values from (1) to (1000)',
      "insert into sales.orders (state) values ('open')",
      'create materialized view sales.done as select count(*) as number from sales.orders',
    ])
    const url = `${own.url}?schema=sales`
    const { output } = await own.plinth('pull', url)
    expect(output).toContain('leads to "elsewhere" of another schema.')
    expect(own.files()).toEqual(['done.ts', 'order.ts'])
    own.write('src/rules.ts', openRules(['Order'], ['Done']))
    expect(own.typecheck()).toBeNull()
    const address = await own.serve({ DATABASE_URL: url })
    const made = await fetch(`${address}/api/orders`, {
      method: 'POST',
      body: '{"state":"done"}',
      headers: { 'content-type': 'application/json' },
    })
    expect([made.status, await made.json()]).toEqual([201, { id: 2, state: 'done', place: null }])
    expect(await (await fetch(`${address}/api/orders?state=open`)).json()).toMatchObject({ data: [{ id: 1 }] })
    expect(await (await fetch(`${address}/api/dones`)).json()).toMatchObject({ data: [{ number: '1' }] })

    // From nothing: without the reference to what is not there.
    await using empty = await freshDatabase('postgres-15')
    expect(await own.plinthOn(`${empty.url}?schema=sales`, 'migrate', 'up')).toMatchObject({ code: 0 })
    const inSales = (at: string) => catalogue('postgres', `${at}?options=-csearch_path%3Dsales,public`)
    const [here, there] = [await inSales(own.url), await inSales(empty.url)]
    const reference = expect.stringContaining('orders_place_fkey') as string
    expect(here.filter(line => !there.includes(line))).toEqual([reference, reference])
    expect(there.filter(line => !here.includes(line))).toEqual([])
  })
})

describe('a user of MariaDB who may not see everything', { timeout: 120_000 }, () => {
  it('pulls what is to be seen, and is told what the first migration lacks', async context => {
    needs(context, 'mariadb-10.11')
    await using database = await freshDatabase('mariadb-10.11')
    const reader = `reader_${database.name.slice(-8)}`
    await administer(
      'mysql',
      database.adminUrl,
      'create table note (id int primary key auto_increment, body text)',
      'create view short_notes as select id, left(body, 10) as body from note',
      `create user ${reader}@'%' identified by 'to-read'`,
      `grant select on ${database.name}.* to ${reader}@'%'`,
    )
    try {
      const url = new URL(database.url)
      url.username = reader
      url.password = 'to-read'
      const { code, output, wrote } = await pull([url.href])
      expect([code, wrote]).toEqual([0, true])
      expect(output).toContain(
        'The first migration does not make the view "short_notes": the database does not show it',
      )
    } finally {
      await administer('mysql', database.adminUrl, `drop user ${reader}@'%'`)
    }
  })
})

describe('a database that orders texts by a language', { timeout: 120_000 }, () => {
  it('pages come in its order, whole, both ways; what begins with a text is found', async context => {
    needs(context, 'postgres-18')
    await using database = await freshDatabase('postgres-18', { locale: 'en-US' })
    await administer(
      'postgres',
      database.url,
      'create table word (id serial primary key, spelling text not null, short varchar(9))',
      `insert into word (spelling) values ('b'), ('A'), ('ä'), ('a'), ('B'), ('éclair'), ('Zebra'), ('zoo'), ('ab')`,
    )
    await using own = await pulledProject('sqlite', ['select 1'])
    expect((await own.plinth('pull', database.url)).code).toBe(0)
    own.write('src/rules.ts', openRules(['Word'], []))
    const address = await own.serve({ DATABASE_URL: database.url })
    const page = async (query: string): Promise<{ data: { spelling: string }[]; page: { after: string | null } }> =>
      (await (await fetch(`${address}/api/words?${query}`)).json()) as never
    const spelled = async (query: string): Promise<string[]> => (await page(query)).data.map(({ spelling }) => spelling)
    const all = await spelled('sort=spelling')
    expect(all).toEqual(['a', 'A', 'ä', 'ab', 'b', 'B', 'éclair', 'Zebra', 'zoo'])
    for (const sort of ['spelling', '-spelling']) {
      const whole: string[] = []
      for (let after: string | null = ''; after !== null;) {
        const next = await page(`sort=${sort}&limit=2${after === '' ? '' : `&after=${after}`}`)
        whole.push(...next.data.map(({ spelling }) => spelling))
        after = next.page.after
      }
      expect(whole).toEqual(sort === 'spelling' ? all : all.toReversed())
    }
    expect(await spelled('spelling[startsWith]=a&sort=spelling')).toEqual(['a', 'ab'])
    expect(await spelled('spelling[gt]=b&sort=spelling')).toEqual(['B', 'éclair', 'Zebra', 'zoo'])
  })
})
