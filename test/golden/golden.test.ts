/** Keeps the plan of each golden request in a file, and the command that each SQL store makes of it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine as QueryEngine } from '../../src/engine/index.ts'
import type { AggregatePlan, FindPlan } from '../../src/query/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { emptyDatabase, type Engine, type EngineDatabase, isThere, needsEngine } from '../fixtures/engines.ts'
import { newsroomGraph } from '../fixtures/newsroom.ts'
import { type GoldenCase, goldenCases } from './cases.ts'
import { goldenText, sectionsOf } from './sections.ts'
import { sketchPlan, sketchRequest } from './sketch.ts'

/**
 * The section of each engine's commands. Older versions of PostgreSQL are compared with what stands there; MySQL has a section where its command
 * is another one than MariaDB's.
 */
const titles = { sqlite: 'SQLite', 'postgres-18': 'PostgreSQL', 'mariadb-10.11': 'MariaDB' } as const
const shown = Object.keys(titles) as (keyof typeof titles)[]
const mysql = 'mysql-9.7'

interface Opened {
  readonly database: EngineDatabase
  readonly store: Store
  readonly queries: QueryEngine
}
const opened = new Map<Engine, Opened>()

async function open(engine: Engine): Promise<void> {
  const database = await emptyDatabase(engine)
  const store = database.store()
  const queries = createEngine({ graph: newsroomGraph, store })
  opened.set(engine, { database, store, queries })
  await store.open(queries.graph)
  await store.applySchema(await store.compareSchema(queries.graph))
}

beforeAll(async () => {
  for (const engine of [...shown, 'postgres-15', mysql] as const) if (isThere(engine)) await open(engine)
})

afterAll(async () => {
  for (const { database, store } of opened.values()) {
    await store.close()
    await database[Symbol.asyncDispose]()
  }
})

/**
 * A command of MariaDB as MySQL gets it: both compare texts by code point, and each has its own name for that. Two letters MySQL does not make
 * small by itself.
 */
const inWordsOfMysql = (command: string): string =>
  command
    .replaceAll('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')
    .replaceAll(/lower\(([^()]+) collate utf8mb4_uca1400_as_cs\)/g, (_lower, text: string) => {
      const small = `replace(replace(${text}, 'Ⱥ', 'ⱥ'), 'Ⱦ', 'ⱦ')`
      return `lower(${small} collate utf8mb4_0900_as_cs)`
    })

/** The section of MySQL where it differs; where no server is here it stays as it was written. */
function mysqlSection(one: GoldenCase, mariadb: string, before: string | undefined): Readonly<Record<string, string>> {
  const command = plannedOn(mysql, one)?.command ?? before
  return command === undefined || command === inWordsOfMysql(mariadb) ? {} : { MySQL: command }
}

/** What the engine makes of a request; null where the engine is not here. */
function plannedOn(
  engine: Engine,
  { caller, request }: GoldenCase,
): { readonly plan: FindPlan | AggregatePlan; readonly command: string } | null {
  const queries = opened.get(engine)?.queries
  if (queries === undefined) return null
  const prepared =
    request.operation === 'find' ? queries.find(request, caller.class) : queries.aggregate(request, caller.class)
  const { plan, command } = prepared.planned(caller)
  return { plan, command: command.replaceAll(chosenBySqlite, '+ {chosen}) % 61') }
}

/** Each store on SQLite chooses which rows look at the clock. */
const chosenBySqlite = /\+ [1-9]?\d\) % 61/g

/** The lists of links that no other row cuts or orders: PostgreSQL fetches them as a set. */
const linksInTheirOwnOrder = ['links with a rule and soft delete']

const fileOf = ({ name }: GoldenCase): string =>
  join(import.meta.dirname, 'plans', `${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.txt`)

const written = (one: GoldenCase): Readonly<Record<string, string>> =>
  existsSync(fileOf(one)) ? sectionsOf(readFileSync(fileOf(one), 'utf8')) : {}

describe('golden plans: request, plan and SQL side by side', () => {
  test.each(goldenCases)('$name', async one => {
    const { name, caller, request } = one
    const before = written(one)
    const commands = shown.map(engine => {
      const title = titles[engine]
      // Where a server is not here its section stays as it is; the tests below tell that nothing was compared.
      return [title, plannedOn(engine, one)?.command ?? before[title] ?? ''] as const
    })
    const sections = {
      Request: sketchRequest(request, caller),
      Plan: sketchPlan(plannedOn('sqlite', one)!.plan),
      ...Object.fromEntries(commands),
      ...mysqlSection(one, commands.at(-1)?.[1] ?? '', before['MySQL']),
    }
    await expect(goldenText(name, sections)).toMatchFileSnapshot(fileOf(one))
  })

  test.for(shown)('the commands of %s were compared; its plans are those of SQLite but for links as a set', (engine, context) => {
    needsEngine(context, engine)
    for (const one of goldenCases) {
      const { plan, command } = plannedOn(engine, one)!
      expect(command).toBe(written(one)[titles[engine]])
      const sketched = sketchPlan(plan)
      expect(sketched.replaceAll('many, set of', 'many, correlated of')).toBe(
        sketchPlan(plannedOn('sqlite', one)!.plan),
      )
      const asSet = engine === 'postgres-18' && linksInTheirOwnOrder.includes(one.name)
      expect(sketched.includes('many, set of')).toBe(asSet)
    }
  })

  test('PostgreSQL 15 gets the same commands, but for letters without regard to case', context => {
    needsEngine(context, 'postgres-15')
    // Before PostgreSQL 17 only ICU knows the letters of all languages, and two of them not as one code point each. Indexes are by ICU everywhere.
    const older = /lower\(translate\(([^,]+),'İΣ','iσ'\) collate "und-x-icu"\)/g
    const newer = /lower\(([^()]+) collate "pg_c_utf8"\)/g
    const differing = goldenCases.filter(one => {
      const [on15, on18] = [plannedOn('postgres-15', one)!.command, written(one)['PostgreSQL'] ?? '']
      const plain = (command: string): string => command.replaceAll(older, 'lower($1)').replaceAll(newer, 'lower($1)')
      expect(plain(on15)).toBe(plain(on18))
      return on15 !== on18
    })
    expect(differing.map(({ name }) => name)).toEqual([
      'text without regard to case',
      'some of what the caller may read',
      'include to-many with its own filter, sort and limit',
      'one relation twice under different names',
    ])
  })

  test('MySQL gets the commands of MariaDB, but for lists with a limit and the text of floats', context => {
    needsEngine(context, mysql)
    const differing = goldenCases.filter(one => {
      const { MariaDB = '', MySQL } = written(one)
      expect(plannedOn(mysql, one)!.command).toBe(MySQL ?? inWordsOfMysql(MariaDB))
      return MySQL !== undefined
    })
    expect(differing.map(({ name }) => name)).toEqual([
      'include to-many with its own filter, sort and limit',
      'include many to many',
      'links with a rule and soft delete',
      'one relation twice under different names',
      'figures over decimals',
    ])
  })

  test('every plan is plain data that can be printed and read again', () => {
    for (const one of goldenCases) {
      const { plan } = plannedOn('sqlite', one)!
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    }
  })
})
