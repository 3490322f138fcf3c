/** Migrations that meet another runner, a lock or a kill -9. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { project } from '../cli/project.ts'
import { emptyDatabase, type Engine, engines, needsEngine } from '../fixtures/engines.ts'
import { freshDatabase, needs } from '../services/index.ts'
import { changedSchema, insertRow, migratedShop, schemaWith } from './migrated-shop.ts'
import { otherSession } from './other-session.ts'
import { firstVersion } from './shop-versions.ts'

/** A few changes, each of another kind. */
const killedSchema = changedSchema(
  'note: field.text({ max: 60 }).optional()',
  `note: field.text({ max: 60 }).default('nothing'), rating: field.integer()`,
).replace('index: [', `index: [['weight'], `)

/** How often it was killed: on a busy machine a run may be over before its kill arrives. */
async function killedAtEveryStep(engine: Engine): Promise<number> {
  await using database = await emptyDatabase(engine)
  const environment = { DATABASE_URL: database.url }
  using here = await migratedShop(environment)
  {
    await using other = await otherSession(engine, database)
    for (let number = 1; number <= 20; number++) await other.run(insertRow(number))
  }
  here.write('schema.ts', killedSchema)
  await here.done(['migrate', 'new', '--fill', 'Product.rating=3'], environment)
  let kills = 0
  for (let step = 1; ; step++) {
    const running = here.run(['migrate', 'up', '--downtime'], environment)
    const met = await running.printed(new RegExp(`^ +${step}/\\d+ {2}`, 'mu')).then(
      () => true,
      () => false,
    )
    if (!met) {
      expect(await running.exit).toBe(0)
      break
    }
    running.child.kill('SIGKILL')
    await running.exit
    kills += 1
  }
  await here.done(['migrate', 'up', '--downtime'], environment)
  expect(await here.done(['migrate', 'check'], environment)).toContain('belong together')
  await using other = await otherSession(engine, database)
  const found = JSON.stringify(
    await other.run(
      `select number, title, rating from product where number <= 20 and rating = 3 and note = 'nothing' order by number`,
    ),
  )
  for (let number = 1; number <= 20; number++) expect(found).toContain(`Product ${number}"`)
  return kills
}

describe.each(engines)('on %s', { timeout: 180_000 }, engine => {
  it('one runs at a time; the other is told who does, and changes nothing', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const environment = { DATABASE_URL: database.url }
    using here = project(firstVersion)
    await here.done(['migrate', 'new', '--data'], environment)
    const [id = ''] = readdirSync(join(here.folder, 'migrations'))
    // The first one waits in its own code until it is told to go on.
    here.write(
      `migrations/${id}/data.ts`,
      `import { once } from 'node:events'
export default async () => {
  console.log('waiting')
  await once(process.stdin, 'data')
  process.stdin.destroy()
}
`,
    )
    const first = here.run(['migrate', 'up'], environment, { input: true })
    await first.printed(/waiting/u)
    const second = await here.command(['migrate', 'up'], environment)
    expect(second).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /Another run is migrating this database: (?:process \d+ on|session \d+ of)/u,
      ) as string,
    })
    first.child.stdin?.write('go on')
    expect([await first.exit, first.output()]).toEqual([
      0,
      expect.stringContaining('The database has all migrations') as string,
    ])
    expect(await here.done(['migrate', 'up'], environment)).toContain('Nothing was left to run')
  })

  it('values that stand in the way of a unique index are named, and rows stay as they are', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const environment = { DATABASE_URL: database.url }
    using here = await migratedShop(environment)
    await using other = await otherSession(engine, database)
    for (let number = 1; number <= 3; number++) await other.run(insertRow(number))
    here.write(
      'schema.ts',
      changedSchema('legacy: field.text({ max: 20 })', 'legacy: field.text({ max: 20 }).unique()'),
    )
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up'], environment)
    const refused = await here.command(['migrate', 'up', '--contract'], environment)
    expect(refused.code).toBe(1)
    expect(refused.output).toMatch(/\(legacy\)=\(old\)|'old' for key '\w*legacy|have legacy = "old"\./u)
    expect(JSON.stringify(await other.run('select count(*) as rows_left from product'))).toMatch(/3/u)
  })

  it('a lock that is not granted: it gives up, says who holds it, and leaves nothing queued', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const environment = { DATABASE_URL: database.url }
    using here = await migratedShop(environment)
    here.write('schema.ts', schemaWith('rating: field.integer().default(1),'))
    await here.done(['migrate', 'new'], environment)
    {
      await using other = await otherSession(engine, database)
      await other.run(engine === 'sqlite' ? 'begin immediate' : 'begin')
      await other.run(engine === 'sqlite' ? insertRow(1) : 'select * from product')
      const refused = await here.command(['migrate', 'up', '--patience', '1'], environment)
      expect(refused.code).toBe(1)
      if (engine !== 'sqlite') {
        expect(refused.output).toMatch(/did not get its lock within \d+ s: Add the column "rating" of "product"/u)
        // The user of the tests may not see sessions of others on MariaDB and MySQL.
        expect(refused.output).toMatch(
          engine.startsWith('mariadb') || engine.startsWith('mysql')
            ? /it may be session \d+ of .*, or a session of another user/u
            : /It is held by session \d+ of/u,
        )
        expect(refused.output).toContain('Nothing of it has run')
        // Somebody who comes after it is not held up.
        await using third = await otherSession(engine, database)
        await third.run(insertRow(2))
      } else expect(refused.output).toMatch(/held by another program|database is (?:busy|locked)/iu)
      await other.run('rollback')
    }
    await here.done(['migrate', 'up'], environment)
    expect(await here.done(['migrate', 'check'], environment)).toContain('belong together')
  })

  it('a step that rows stand against says where it stands, and goes on there when they are mended', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const environment = { DATABASE_URL: database.url }
    using here = await migratedShop(environment)
    {
      await using other = await otherSession(engine, database)
      for (const number of [1, 2, 3]) await other.run(insertRow(number))
      await other.run(`update product set title = 'Twice' where number < 3`)
    }
    here.write(
      'schema.ts',
      changedSchema('title: field.text({ max: 100 })', 'title: field.text({ max: 100 }).unique()'),
    )
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up'], environment)
    for (let attempt = 1; attempt <= 2; attempt++) {
      const refused = await here.command(['migrate', 'up', '--contract'], environment)
      expect(refused.code).toBe(1)
      expect(refused.output).toMatch(
        /Step \d of \d of \d+-change-product failed: Make the unique index "product_title_unique"/u,
      )
      expect(refused.output).toMatch(/nothing of step \d is left in the tables[\s\S]*plinth migrate up --contract/u)
    }
    await using other = await otherSession(engine, database)
    await other.run(`update product set title = 'Once' where number = 1`)
    expect(await here.done(['migrate', 'up', '--contract'], environment)).toContain('The database has all migrations')
    expect(await here.done(['migrate', 'check'], environment)).toContain('belong together')
  })

  it('killed at every step and run again, it arrives', async context => {
    needsEngine(context, engine)
    let kills = 0
    for (let attempt = 1; kills <= 3 && attempt <= 3; attempt++) kills = await killedAtEveryStep(engine)
    expect(kills).toBeGreaterThan(3)
  })

  it('code that moves data is done once, although it was killed in the middle; by itself it may be done again', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const environment = { DATABASE_URL: database.url }
    using here = await migratedShop(environment)
    {
      await using other = await otherSession(engine, database)
      for (const number of [1, 2]) await other.run(insertRow(number))
      await other.run('update product set weight = 1')
    }
    const weights = async (): Promise<readonly number[]> => {
      await using other = await otherSession(engine, database)
      const found = JSON.stringify(await other.run('select weight from product order by number'))
      return [...found.matchAll(/"weight":"?(\d+)/gu)].map(([, weight]) => Number(weight))
    }
    /** Adds one to every weight, and waits for a word after it. */
    const code = (transaction: boolean): string => `import { once } from 'node:events'
${transaction ? '' : 'export const transaction = false'}
export default async ({ db }) => {
  await db.updateTable('product').set(row => ({ weight: row('weight', '+', 1) })).execute()
  console.log('changed')
  await once(process.stdin, 'data')
  process.stdin.destroy()
}
`
    let fields = ''
    const killedOnce = async (name: string, transaction: boolean): Promise<void> => {
      fields += `${name}: field.integer().optional(),`
      here.write('schema.ts', schemaWith(fields))
      await here.done(['migrate', 'new', name, '--data'], environment)
      const id = readdirSync(join(here.folder, 'migrations')).find(one => one.endsWith(`-${name}`)) ?? ''
      here.write(`migrations/${id}/data.ts`, code(transaction))
      const killed = here.run(['migrate', 'up'], environment, { input: true })
      await killed.printed(/changed/u)
      killed.child.kill('SIGKILL')
      await killed.exit
      const again = here.run(['migrate', 'up'], environment, { input: true })
      await again.printed(/changed/u)
      again.child.stdin?.write('go on')
      expect([await again.exit, again.output()]).toEqual([0, expect.stringContaining('Next: ') as string])
    }
    await killedOnce('first', true)
    expect(await weights()).toEqual([2, 2])
    expect(await here.done(['migrate', 'up'], environment)).toContain('Nothing was left to run')
    // That is the same everywhere.
    if (engine !== 'sqlite') return
    await killedOnce('second', false)
    expect(await weights()).toEqual([4, 4])
  })
})

it('behind a pooler it asks for a way past it, and takes that', { timeout: 60_000 }, async context => {
  needs(context, 'pgbouncer')
  await using database = await freshDatabase('pgbouncer')
  const environment = { DATABASE_URL: database.url }
  using here = project(firstVersion)
  await here.done(['migrate', 'new'], environment)
  const refused = await here.command(['migrate', 'up'], environment)
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('Set DIRECT_DATABASE_URL') as string })
  const past = Object.assign(new URL(database.url), { host: new URL(database.adminUrl).host })
  const direct = { ...environment, DIRECT_DATABASE_URL: past.href }
  expect(await here.done(['migrate', 'up'], direct)).toContain('The database has all migrations')
})

it.for([
  ['MariaDB', 'mariadb-10.11'],
  ['MySQL', 'mysql-9.7'],
] as const)(
  'on %s it says that it may not see who holds a lock, and what would show it',
  { timeout: 60_000 },
  async ([title, server], context) => {
    needs(context, server)
    await using database = await freshDatabase(server)
    await using admin = await otherSession(server, { url: database.adminUrl })
    await using holder = await otherSession(server, { url: database.adminUrl })
    // A user of its own, since it gets a right.
    const name = new URL(database.url).pathname.slice(1)
    const user = `${name.slice(-20)}_mover`
    await admin.run(`create user '${user}'@'%' identified by 'for-tests'`)
    try {
      await admin.run(`grant all on \`${name}\`.* to '${user}'@'%'`)
      const url = Object.assign(new URL(database.url), { username: user, password: 'for-tests' })
      const environment = { DATABASE_URL: url.href }
      using here = await migratedShop(environment)
      here.write('schema.ts', schemaWith('rating: field.integer().default(1),'))
      await here.done(['migrate', 'new'], environment)
      await holder.run(`use \`${name}\``)
      await holder.run('begin')
      await holder.run('select * from product')
      const up = ['migrate', 'up', '--patience', '0']
      const unseen = await here.command(up, environment)
      expect(unseen.output).toMatch(
        new RegExp(`${title} does not tell this user who holds it: .* or a session of another user\\.`, 'u'),
      )
      const [, grant = ''] = /by: (grant process .*);/u.exec(unseen.output) ?? []
      await admin.run(grant)
      const seen = await here.command(up, environment)
      const [[{ id }]] = (await holder.run('select connection_id() as id')) as [[{ readonly id: number }]]
      expect(seen.output).toMatch(new RegExp(`It is held by .*session ${id} of .*in a transaction since`, 'u'))
      await holder.run('rollback')
      expect(await here.done(['migrate', 'up'], environment)).toContain('The database has all migrations')
    } finally {
      await admin.run(`drop user '${user}'@'%'`)
    }
  },
)
