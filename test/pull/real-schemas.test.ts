/** `plinth pull` on the schemas of applications that others wrote: what is written, served, written through, migrated, and made from nothing. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { emptyDatabase, type Engine, needsEngine } from '../fixtures/engines.ts'
import { asking } from './asking.ts'
import type { Family } from './awkward.ts'
import { catalogue } from './catalogue.ts'
import { loadSchema } from './load-schema.ts'
import { openRules, type PulledProject, pulledProject, typecheckAll } from './pulled-project.ts'
import { type Stranger, strangers, textOf } from './strangers.ts'

const engineOf = { sqlite: 'sqlite', postgres: 'postgres-18', mysql: 'mariadb-10.11' } as const satisfies Record<
  Family,
  Engine
>
const isLong = process.env['PLINTH_TEST_LONG'] !== undefined
const chosen = strangers.filter(({ always }) => always === true || isLong)

/** They stay until all of them have been compiled at once. */
const taken: PulledProject[] = []
afterAll(() => Promise.all(taken.map(project => project[Symbol.asyncDispose]())))

/** The tables of which the pull says nothing: neither a model, nor a table of links, nor a sentence. */
function untold(project: PulledProject, tables: readonly string[], output: string): readonly string[] {
  const [folder = ''] = readdirSync(join(project.folder, 'migrations'))
  const state = JSON.parse(readFileSync(join(project.folder, 'migrations', folder, 'state.json'), 'utf8')) as {
    readonly models: Readonly<Record<string, { readonly table: string }>>
  }
  const told = new Set(Object.values(state.models).map(({ table }) => table))
  return tables.filter(table => !told.has(table) && !output.includes(`The table "${table}"`))
}

const tablesSql = {
  sqlite: `select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite%'`,
  postgres: `select table_name from information_schema.tables where table_schema = current_schema() order by 1`,
  mysql: `select table_name from information_schema.tables where table_schema = database()`,
}

async function tablesOf(project: PulledProject, { family }: Stranger): Promise<readonly string[]> {
  const found = (await project.sql(tablesSql[family])) as readonly (string | { readonly name: string })[]
  return found.map(one => (typeof one === 'string' ? one : one.name))
}

describe.each(chosen)('$title on $family', { timeout: 180_000 }, stranger => {
  it('is taken over, served, grows, and is made from nothing', async context => {
    const { family, models, rows, reads, writes, grows } = stranger
    const schema = textOf(stranger)
    if ('reason' in schema) return context.skip(schema.reason)
    needsEngine(context, engineOf[family])
    const project = await pulledProject(engineOf[family], [])
    taken.push(project)
    await loadSchema(family, project.url, schema.text)
    const before = await catalogue(family, project.url)
    const tables = await tablesOf(project, stranger)
    expect(tables.length).toBeGreaterThanOrEqual(stranger.tables)

    const output = await project.done('pull')
    expect(untold(project, tables, output)).toEqual([])
    expect(await project.done('pull')).toContain('Nothing has changed.')
    expect(await catalogue(family, project.url)).toEqual(before)

    await using empty = await emptyDatabase(engineOf[family])
    const [unwritten, fresh] = await Promise.all([
      project.done('migrate', 'new'),
      project.plinthOn(empty.url, 'migrate', 'up'),
    ])
    expect(unwritten).toContain('have not changed')
    expect([fresh.code, fresh.output]).toEqual([0, expect.not.stringContaining('differs') as string])
    expect(await catalogue(family, empty.url)).toEqual(before)

    await project.done('migrate', 'up', '--adopt')
    const file = project.files().find(name => project.read(`src/models/${name}`).includes(`export const ${grows} = `))
    project.edit(`src/models/${file}`, 'model(\n  {\n', 'model(\n  {\n    grown: field.integer().default(7),\n')
    expect(await project.done('migrate', 'new')).toContain('Add the column "grown"')
    await project.done('migrate', 'up')

    project.write('src/rules.ts', openRules(models, []))
    await project.sql(...rows)
    const ask = asking(await project.serve())
    const [checked] = await Promise.all([
      project.done('check'),
      (async () => {
        for (const [path, found] of reads)
          expect(await ask('GET', path), path).toMatchObject({ status: 200, body: { data: found } })
        for (const [collection, body, status, answer] of writes)
          expect(await ask('POST', collection, body), JSON.stringify(body)).toMatchObject({ status, body: answer })
      })(),
    ])
    expect(checked).toContain('0 errors')
  })
})

it('what was written for all of them compiles', { timeout: 120_000 }, context => {
  if (taken.length === 0) return context.skip('none of these schemas is there')
  expect(typecheckAll(taken)).toBeNull()
})
