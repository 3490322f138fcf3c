// The command line: checks, explanations, databases, and what is told when something is wrong.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { project, shop } from './project.ts'

const secret = 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja'

describe('plinth check', { timeout: 60_000 }, () => {
  it('lists what is there to know, for people and for programs', async () => {
    using here = project({
      ...shop,
      'jobs.ts': `export const clean = (db: { asSystem(reason: string): unknown }) => db.asSystem('nightly clean-up')\n`,
      'app.ts': shop['app.ts']?.replace('allow: everyone, ', '').replace(', everyone', '') ?? '',
    })
    const check = await here.command(['check'])
    expect(check.code).toBe(0)
    expect(check.output).toContain('The handler mounted at /slow has no "allow", so it is closed to everyone.')
    expect(check.output).toContain('Code acts for the system: nightly clean-up (jobs.ts:1:72)')
    expect(check.output).toContain('0 errors, 1 warning, 1 note')

    const strict = await here.command(['check', '--strict', '--json', '--tag', 'handlers'])
    expect(strict.code).toBe(1)
    expect(JSON.parse(strict.results)).toMatchObject({ findings: [{ check: 'handlers.allow', level: 'warning' }] })
  })

  it('tells findings with the same advice together', async () => {
    using here = project({
      ...shop,
      'rules.ts': `import { defineRules } from 'plinth'
import { schema } from './schema.ts'

export const rules = defineRules(schema, {})
`,
    })
    const { code, output } = await here.command(['check', '--tag', 'rules'])
    expect(code).toBe(0)
    expect(output).toMatch(
      /^warning {2}User has no rules.*\n {9}Article has no rules.*\n {9}Give it rules.*\n {9}rules\.missing\n0 errors, 2 warnings/u,
    )
    const { findings } = JSON.parse((await here.command(['check', '--tag', 'rules', '--json'])).results) as {
      findings: unknown[]
    }
    expect(findings).toHaveLength(2)
  })

  it('finds an application that cannot be put together', async () => {
    using here = project({
      ...shop,
      'app.ts': `${shop['app.ts']?.replace('mount:', 'limits: { maximumPge: 0 }, mont:')}`,
    })
    const check = await here.command(['check'])
    expect(check.code).toBe(1)
    expect(check.output).toContain('has no option "mont". Did you mean "mount"?')
    expect(check.output).toContain('has no option "maximumPge". Did you mean "maximumPage"?')
    expect(check.output).toMatch(/app\.ts:6:/)
  })

  it('shows the line of a mistake in the declaration', async () => {
    using here = project({
      ...shop,
      'schema.ts': shop['schema.ts']?.replace("belongsTo('User')", "belongsTo('Usr')") ?? '',
    })
    const check = await here.command(['check'])
    expect(check.code).toBe(1)
    expect(check.output).toContain('Usr')
    expect(check.output).toMatch(/at schema\.ts:\d+:\d+/)
    expect(check.output).toMatch(/> *\d+ \| export const schema = defineSchema/)
  })
})

describe('plinth database and explain', { timeout: 60_000 }, () => {
  it('make the database, and show how a request is carried out', async () => {
    using here = project()
    // A database that is not there is not made by looking at it.
    for (const words of [['database'], ['explain', '/api/articles'], ['export', 'Article']]) {
      const { code, output } = await here.command(words)
      expect([code, output]).toEqual([
        1,
        expect.stringContaining(`there is no such file: ${join(here.folder, 'data/app.db')}`) as string,
      ])
      expect(output).toContain('plinth database --apply')
    }
    expect(existsSync(join(here.folder, 'data/app.db'))).toBe(false)
    mkdirSync(join(here.folder, 'data'))
    writeFileSync(join(here.folder, 'data/app.db'), '')
    const before = await here.command(['database'])
    expect(before.code).toBe(1)
    expect(before.output).toContain('The table "article" of Article is missing.')
    const apply = await here.command(['database', '--apply'])
    expect(apply.code).toBe(0)
    expect(apply.output).toContain('The database fits the models.')
    expect((await here.command(['database'])).code).toBe(0)

    const explain = await here.command(['explain', 'GET /api/articles?sort=-createdAt&limit=5'])
    expect(explain.code).toBe(0)
    expect(explain.output).toMatch(/as anonymous: 200/)
    expect(explain.output).toMatch(/find Article for anonymous callers\n {2}where {2}state = "published"/)
    expect(explain.output).toMatch(/order {2}createdAt descending, id descending/)
    expect(explain.output).toMatch(/limit {2}5, at most 200/)
    expect(explain.output).toMatch(/from "article"/)
    expect(explain.output).toMatch(/SCAN|SEARCH/)

    const anew = await here.command(['database', '--recreate'])
    expect(anew.code).toBe(0)
    expect(readdirSync(join(here.folder, 'data'))).toEqual([
      'app.db',
      expect.stringMatching(/^app\.db\.\d{8}T\d{6}\.old$/),
    ])

    const refused = await here.command(['explain', '/api/articles?sort=titel'])
    expect(refused.code).toBe(0)
    expect(refused.output).toMatch(/: 400\n.*title/)
    expect((await here.command(['explain', '/api/articles/none'])).output).toMatch(/: 404\nrequest.not-found/)
    for (const nobody of ['01900000-0000-7000-8000-000000000000', 'nobody', 'a,b']) {
      const stranger = await here.command(['explain', '/api/articles', '--as', nobody])
      expect(stranger.code).toBe(1)
      expect(stranger.output).toBe(`--as ${nobody} names nobody: no row of User has this key.\n`)
    }
    expect((await here.command(['explain', 'DELETE /api/articles/1'])).code).toBe(2)
  })
})

describe('the command line', { timeout: 60_000 }, () => {
  it('says where it looked for an application', async () => {
    using here = project({ 'package.json': '{ "type": "module" }', 'other.ts': 'export default 1' })
    const missing = here.run(['start'])
    expect(await missing.exit).toBe(1)
    expect(missing.output()).toContain('app.ts, src/app.ts')
    using script = project({ 'package.json': '{ "type": "commonjs" }', 'app.ts': "import { createApp } from 'plinth'" })
    const taken = script.run(['check'])
    expect(await taken.exit).toBe(1)
    expect(taken.output()).toContain('npm pkg set type=module')
    const other = here.run(['start', 'other.ts'])
    expect(await other.exit).toBe(1)
    expect(other.output()).toContain('does not export an application as its default')
    here.write('other.ts', "export default { [Symbol.for('plinth.application')]: true }")
    expect((await here.command(['check', 'other.ts'])).output).toContain('made with another copy of Plinth')
  })

  it.each([
    ['./schema', './schema.ts'],
    ['./schema.js', './schema.ts'],
    ['./parts', './parts/index.ts'],
  ])('says how an import is written that Node does not find: %s', async (written, there) => {
    using here = project({
      'package.json': '{ "type": "module" }',
      'schema.ts': '',
      'parts/index.ts': '',
      'app.ts': `import '${written}'`,
    })
    const { code, output } = await here.command(['check'])
    expect(code).toBe(1)
    expect(output).toContain(`app.ts imports "${written}", and there is no such file.`)
    expect(output).toContain(`write "${there}"`)
  })

  it('helps without an application', async () => {
    using here = project({})
    const help = here.run(['help', 'start'])
    expect(await help.exit).toBe(0)
    expect(help.output()).toContain('PLINTH_SECRET')
    // Colours are for terminals, and for who asks for them.
    expect(stripVTControlCharacters(help.output())).toBe(help.output())
    const coloured = here.run(['help', 'start'], { FORCE_COLOR: '1' })
    expect(await coloured.exit).toBe(0)
    expect(coloured.output()).not.toBe(help.output())
    expect(stripVTControlCharacters(coloured.output())).toBe(help.output())
    const unknown = here.run(['strat'])
    expect(await unknown.exit).toBe(2)
    expect(unknown.output()).toContain('Did you mean "start"?')
  })
})

describe('plinth start', { timeout: 60_000 }, () => {
  it('names everything that is wrong before it opens anything', async () => {
    using here = project()
    const start = here.run(['start'], {
      PORT: 'http',
      DATABASE_URL: 'oracle://me:hunter2@db/shop',
      PLINTH_SECRET: 'changeme',
    })
    expect(await start.exit).toBe(1)
    expect(start.output()).toContain('The configuration has 3 mistakes')
    expect(start.output().match(/DATABASE_URL begins with/g), 'each mistake is told once').toHaveLength(1)
    expect(start.output()).not.toContain('hunter2')
  })

  it('refuses a database that does not fit, and says which one it is', async () => {
    using here = project()
    mkdirSync(join(here.folder, 'data'))
    writeFileSync(join(here.folder, 'data/app.db'), '')
    const start = here.run(['start'], { PLINTH_SECRET: secret })
    expect(await start.exit).toBe(1)
    expect(start.output()).toContain('It is data/app.db (SQLite), and differs:')
    expect(start.output()).toContain('The table "article" of Article is missing.')
    expect(start.output()).toContain('plinth database --apply')
  })

  it('makes no database where there is none: its path may be wrong', async () => {
    using here = project()
    const start = here.run(['start'], { PLINTH_SECRET: secret, DATABASE_URL: 'file:./typo/dir/app.db' })
    expect(await start.exit).toBe(1)
    expect(start.output()).toContain(`there is no such file: ${join(here.folder, 'typo/dir/app.db')}`)
    expect(start.output()).toContain('Check its path in DATABASE_URL. "plinth database --apply" makes a new one.')
    expect(existsSync(join(here.folder, 'typo'))).toBe(false)
  })
})

describe('what a start cannot use', { timeout: 60_000 }, () => {
  it('is named: an address, a database that is none, a file that is not there', async () => {
    using here = project()
    const other = await here.command(['database'], { DATABASE_URL: './schema.ts' })
    expect(other.code).toBe(1)
    expect(other.output).toContain(`${join(here.folder, 'schema.ts')} is no database of SQLite`)
    expect((await here.command(['pull', 'file:schema.ts'])).output).toContain('schema.ts is no database of SQLite')
    const closed = await here.command(['database', '--apply'], { DATABASE_URL: 'file:schema.ts/app.db' })
    expect(closed.output).toContain(`${join(here.folder, 'schema.ts/app.db')} cannot be opened`)
    const missing = await here.command(['check', 'nofile.ts'])
    expect(missing.output).toContain(`There is no application in ${here.folder}; it was looked for as nofile.ts.`)
    await here.done(['database', '--apply'])
    const start = here.run(['start'], { PLINTH_SECRET: secret, HOST: 'nohost.invalid' })
    expect(await start.exit).toBe(1)
    expect(start.output()).toMatch(
      /HOST=nohost\.invalid, PORT=0: no address (?:has that name|was found for that name)\./,
    )
  })

  it('is shown where it stands: a mistake of a rule at its own line', async () => {
    using here = project({ ...shop, 'rules.ts': shop['rules.ts']?.replace('row.state.is', 'row.stat.is') ?? '' })
    const { output } = await here.command(['start'])
    expect(output).toMatch(/at rules\.ts:7:/)
    expect(output).toMatch(/> *7 \| +read: anyOf\(row\.stat\.is/)
  })
})

describe('code that was compiled', { timeout: 60_000 }, () => {
  it('is kept beside the packages, where others cannot write, for the next start', async () => {
    using here = project()
    const told = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
    const folder = join(import.meta.dirname, '../../node_modules/.cache/plinth')
    const first = here.run(['check'], told)
    expect(await first.exit).toBe(0)
    expect(first.output()).toContain(folder)
    const second = here.run(['check'], told)
    expect(await second.exit).toBe(0)
    expect(second.output()).toMatch(/cache for ESM \S*open-application\.ts was accepted/)

    const elsewhere = here.run(['check'], { ...told, NODE_COMPILE_CACHE: join(here.folder, 'cache') })
    expect(await elsewhere.exit).toBe(0)
    expect(elsewhere.output()).not.toContain(folder)
    expect(readdirSync(join(here.folder, 'cache'))).toHaveLength(1)
  })
})
