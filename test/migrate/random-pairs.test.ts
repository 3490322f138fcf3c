/**
 * Random pairs of old and new models with rows: a migration that is stopped before, in and after each of its commands, and run again, makes
 * the database that a fresh build would be, and every row is there with its values. `PLINTH_TEST_LONG` tries more pairs.
 */
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/index.ts'
import {
  type Migration,
  type MigrationWish,
  orderMigrations,
  planMigration,
  printSteps,
  runMigrations,
  type RunMode,
  stateOf,
} from '../../src/migrate/index.ts'
import type { ModelGraph, Value } from '../../src/model/index.ts'
import { createDb, type UntypedModelDb } from '../../src/operation/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import {
  type ExistingTable,
  isMigratable,
  type MigrationDialect,
  type MigrationSession,
} from '../../src/store/sql/index.ts'
import { sqliteMigrations } from '../../src/store/sqlite/index.ts'
import { postgresMigrations } from '../../src/store/postgres/index.ts'
import { mariadbMigrations, mysqlMigrations } from '../../src/store/mysql/index.ts'
import { emptyDatabase, type Engine, engines, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { type Random, randomOf } from '../property/random.ts'
import { changedSpec, fillOf, graphOfSpec, randomSpec, type Spec, valueOf } from './random-models.ts'
import { systemContext } from '../fixtures/system-context.ts'

const isLong = process.env['PLINTH_TEST_LONG'] !== undefined
const budgetOf = (engine: Engine): number => (engine === 'sqlite' ? 25 : 6) * (isLong ? 40 : 1)

/** One server of each family, or with more time every one. */
const tried = isLong ? engines : serverFamilies

const dialectOf = (engine: Engine): MigrationDialect =>
  engine === 'sqlite'
    ? sqliteMigrations(new Date('2026-11-25T00:00:00.000Z'))
    : engine.startsWith('postgres')
      ? postgresMigrations()
      : engine.startsWith('mysql')
        ? mysqlMigrations()
        : mariadbMigrations()

const rowsOf = 3

function rowValues(spec: Spec[number], number: number, random: Random): Record<string, unknown> {
  const entries = spec.fields.map(one => [one.name, one.optional && random.chance(0.4) ? null : valueOf(one, number)])
  return Object.fromEntries([['number', number], ...entries])
}

/** What a value of the old field is in the new one. */
function converted(value: unknown, from: Spec[number]['fields'][number], to: Spec[number]['fields'][number]): unknown {
  if (value === null) return to.optional ? null : fillOf(to)
  if (from.kind === 'integer' && (to.kind === 'text' || to.kind === 'bigint')) return `${value as number}`
  if (to.kind === 'decimal') {
    const [whole = '', part = ''] = `${value as string}`.split('.')
    return `${whole}.${part.padEnd(to.scale, '0')}`
  }
  return value
}

async function withEngine<T>(
  store: Store,
  graph: ModelGraph,
  use: (db: Record<string, UntypedModelDb>) => Promise<T>,
): Promise<T> {
  const engine = createEngine({ graph, store })
  await store.open(engine.graph)
  try {
    return await use(createDb(engine, systemContext) as unknown as Record<string, UntypedModelDb>)
  } finally {
    await store.close()
  }
}

async function build(store: Store, graph: ModelGraph): Promise<void> {
  await store.open(graph)
  await store.applySchema(await store.compareSchema(graph))
  await store.close()
}

/** Stops it where nothing can be cleared up any more. */
class Stopped extends Error {}

/** A session in which the given command, counted from the start, is the last: it fails once it has run, or before. */
function stoppingAt(session: MigrationSession, last: number, when: 'before' | 'after'): MigrationSession {
  let count = 0
  const isLast = (): boolean => ++count === last
  return {
    lock: () => session.lock(),
    requireLock: () => session.requireLock(),
    table: name => session.table(name),
    isOfType: (column, type) => session.isOfType(column, type),
    hasMoreRows: (name, than) => session.hasMoreRows(name, than),
    rows: (sql, bound) => session.rows(sql, bound),
    placeholder: position => session.placeholder(position),
    lockingForm: (sql, error) => session.lockingForm(sql, error),
    isLockRefused: error => session.isLockRefused(error),
    holders: name => session.holders(name),
    async run(sql, bound) {
      const stops = isLast()
      if (stops && when === 'before') throw new Stopped('before')
      const rows = await session.run(sql, bound)
      if (stops) throw new Stopped('after')
      return rows
    },
    async runAlone(sql, patience) {
      const stops = isLast()
      if (stops && when === 'before') throw new Stopped('before')
      await session.runAlone(sql, patience)
      if (stops) throw new Stopped('after')
    },
    async runNoted(sql, note, rebuilds) {
      const stops = isLast()
      if (stops && when === 'before') throw new Stopped('before')
      // What it did and what is noted of it: the note fails.
      await session.runNoted(sql, stops ? { sql: 'update plinth_nowhere set x = 1', bound: [] } : note, rebuilds)
    },
    runEdits: (sql, note, table) => session.runEdits(sql, note, table),
    [Symbol.asyncDispose]: async () => {},
  }
}

interface Pair {
  readonly old: Spec
  readonly fresh: Spec
}

const modelOf = (spec: Spec, table: string) => spec.find(one => one.table === table)

function wishOf({ old, fresh }: Pair): MigrationWish {
  const fills = new Map<string, Value>()
  for (const one of fresh) {
    const before = modelOf(old, one.table)
    if (before === undefined) continue
    for (const each of one.fields) {
      const was = before.fields.find(({ column }) => column === each.column)
      const needs = !each.optional && !each.hasDefault && (was === undefined || was.optional)
      if (needs) fills.set(`${one.name}.${each.name}`, fillOf(each) as Value)
    }
  }
  return { before: graphOfSpec(old), after: graphOfSpec(fresh), fills, drops: new Set(), hasCode: false }
}

function historyOf(wish: MigrationWish, dialect: MigrationDialect) {
  const empty = { version: 1, models: {}, caller: null } as const
  const initial = planMigration(
    { before: empty, after: wish.before, fills: new Map(), drops: new Set(), hasCode: false },
    dialect,
  )
  const plan = planMigration(wish, dialect)
  const migration = (id: string, parents: string[], graph: ModelGraph, text: string): Migration => ({
    id,
    parents,
    state: stateOf(graph),
    hasCode: false,
    files: { [dialect.name]: text },
  })
  const ordered = orderMigrations([
    migration('1-initial', [], wish.before, printSteps('1-initial', dialect.name, initial)),
    migration('2-change', ['1-initial'], wish.after, printSteps('2-change', dialect.name, plan)),
  ])
  if (!ordered.ok) throw new Error(ordered.problem)
  const all = [...plan.first, ...plan.second]
  return {
    history: ordered.history,
    needsDowntime: all.some(({ downtime }) => downtime),
    text: printSteps('2-change', dialect.name, plan),
  }
}

/** Tables as the catalogue has them, in an order of its own. */
function described(table: ExistingTable | null) {
  if (table === null) return null
  const columns = table.columns
    .map(({ name, type, collation, required }) => ({ name, type, collation, required }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
  const sorted = (map: ReadonlyMap<string, string>) => [...map].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return { columns, key: table.key, constraints: sorted(table.constraints), indexes: sorted(table.indexes) }
}

async function sessionOf(store: Store): Promise<MigrationSession> {
  if (!isMigratable(store)) throw new Error('It has to be migratable.')
  return store.openMigration()
}

async function describedAll(store: Store, graph: ModelGraph) {
  await using session = await sessionOf(store)
  const tables = Object.values(graph.models).map(({ table }) => table)
  return Object.fromEntries(
    await Promise.all(
      [...tables, 'apple', 'berry', 'cherry'].map(
        async name => [name, described(await session.table({ namespace: null, name }))] as const,
      ),
    ),
  )
}

describe.each(tried)('on %s', engine => {
  test(
    'a migration that is stopped at each command arrives where a fresh build is, with all rows',
    { timeout: isLong ? 3_600_000 : 600_000 },
    async context => {
      needsEngine(context, engine)
      const dialect = dialectOf(engine)
      for (let seed = 1; seed <= budgetOf(engine); seed++) await tryPair(engine, dialect, seed)
    },
  )
})

async function tryPair(engine: Engine, dialect: MigrationDialect, seed: number): Promise<void> {
  const random = randomOf(seed * 7919)
  const old = randomSpec(random)
  const pair: Pair = { old, fresh: changedSpec(old, random) }
  const wish = wishOf(pair)
  const { history, needsDowntime, text } = historyOf(wish, dialect)
  await using database = await emptyDatabase(engine)
  await using other = await emptyDatabase(engine)
  const rows = new Map<string, Record<string, unknown>[]>()
  const run = async (
    mode: RunMode,
    wrap: (session: MigrationSession) => MigrationSession,
    whole = true,
  ): Promise<void> => {
    const store = database.store()
    await store.open(wish.after)
    try {
      await using session = await sessionOf(store)
      await runMigrations({
        session: wrap(session),
        database: dialect.name,
        history: whole ? history : { ...history, migrations: history.migrations.slice(0, 1) },
        mode,
        adopt: false,
        patience: 5000,
        runCode: () => Promise.resolve('ran'),
        report: () => {},
      })
    } finally {
      await store.close()
    }
  }
  await run('up', session => session, false)
  await withEngine(database.store(), wish.before, async db => {
    for (const one of old) {
      const values = Array.from({ length: rowsOf }, (_, number) => rowValues(one, number, random))
      rows.set(one.table, values)
      await db[one.name]?.create(values)
    }
  })
  try {
    const modes: readonly RunMode[] = needsDowntime ? ['downtime'] : ['up', 'contract']
    for (const mode of modes) {
      for (let command = 1, ends = false; !ends; command++) {
        ends = true
        for (const when of ['before', 'after'] as const) {
          // Each run is stopped at a later command than the one before, so every one is met; a run that is not stopped has arrived.
          const stops = await run(mode, session => stoppingAt(session, command, when)).then(
            () => false,
            (error: unknown) => {
              if (!isStop(error)) throw error
              return true
            },
          )
          if (stops) ends = false
        }
      }
    }
    await build(other.store(), wish.after)
    const [store, freshStore] = [database.store(), other.store()]
    await store.open(wish.after)
    await freshStore.open(wish.after)
    try {
      expect(await describedAll(store, wish.after)).toEqual(await describedAll(freshStore, wish.after))
      expect(await store.compareSchema(wish.after)).toEqual([])
    } finally {
      await store.close()
      await freshStore.close()
    }
    await withEngine(database.store(), wish.after, async db => {
      for (const one of pair.fresh) {
        const before = modelOf(old, one.table)
        const found = (await db[one.name]?.find({ sort: 'number' })) as { rows: unknown } | unknown[] | undefined
        const expected = (rows.get(one.table) ?? []).map(row => expectedRow(row, before, one))
        expect(plain(Array.isArray(found) ? found : found?.rows)).toMatchObject(expected)
      }
    })
  } catch (error) {
    throw new Error(
      `Seed ${seed} on ${engine}:\n${text}\n${String(error)}\n${error instanceof Error ? String(error.stack) : ''}`,
      { cause: error },
    )
  }
}

function expectedRow(row: Record<string, unknown>, before: Spec[number] | undefined, after: Spec[number]) {
  const entries = after.fields.map(one => {
    const was = before?.fields.find(({ column }) => column === one.column)
    if (was === undefined) return [one.name, one.optional ? null : fillOf(one)]
    return [one.name, converted(row[was.name], was, one)]
  })
  return Object.fromEntries([['number', row['number']], ...entries]) as Record<string, unknown>
}

const isStop = (error: unknown): boolean => {
  for (let one = error; one instanceof Error; one = one.cause)
    if (one instanceof Stopped || one.message.includes('plinth_nowhere')) return true
  return false
}

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)))
