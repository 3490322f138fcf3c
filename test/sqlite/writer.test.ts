// Commits that are shared, transactions that are held, full disks and killed processes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { CompiledQuery } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import { removeTemporaryFolder, temporaryFolder } from '../../src/lib/index.ts'
import type { Observation } from '../../src/query/index.ts'
import { SqliteStore } from '../../src/store/sqlite/index.ts'
import { all, contextWith, findPlan, insertPlan, inside, insert, openShop, shop as graph } from './shop.ts'

const together = { isolation: 'default', together: true, limit: 5000 } as const
const alone = { isolation: 'default', together: false, limit: 5000 } as const

const inserting = (store: SqliteStore) => store.prepareInsert(insertPlan('Customer', ['number', 'email']))

const row = (number: number) => [[number, `${number}@example.com`]]

const refusal = (code: string) => expect.objectContaining({ code })

describe('commits', () => {
  test('64 writes at once share a few commits, and one that fails leaves the others alone', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    const commits: number[] = []
    const observe = (observation: Observation): void => {
      if (observation.kind === 'commit') commits.push(observation.members)
    }
    // Every eighth takes a key that is taken.
    const outcomes = await Promise.allSettled(
      Array.from({ length: 64 }, async (_, index) =>
        add.run(row(index % 8 === 7 ? 0 : index + 1), [], contextWith({ observe })),
      ),
    )
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(7)
    for (const one of refused) expect(one).toMatchObject({ reason: refusal('writes.unique') })
    expect(await all(shop.store, 'Customer')).toHaveLength(57)
    // Each member tells of its commit, so a commit of n members is told n times.
    const perCommit = commits.reduce((sum, members) => sum + 1 / members, 0)
    expect(perCommit).toBeLessThanOrEqual(64 / 16)
  })

  test('nothing is told before the commit', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    using other = new DatabaseSync(shop.file)
    const seen = other.prepare('select count(*) as n from customer')
    const order: string[] = []
    const one = Promise.resolve(
      add.run(row(1), [], contextWith({ observe: ({ kind }) => void order.push(kind) })),
    ).then(() => {
      order.push('answered')
      return seen.get()
    })
    const refusedOne = Promise.resolve(add.run(row(1), [], contextWith())).catch(() => void order.push('refused'))
    expect(await one).toEqual({ n: 1 })
    await refusedOne
    expect(order.indexOf('commit')).toBeLessThan(order.indexOf('answered'))
    expect(order.indexOf('commit')).toBeLessThan(order.indexOf('refused'))
  })

  test('members run again singly when the shared commit fails', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    const runs = [0, 0, 0]
    using broken = failFirstCommit()
    const outcomes = await Promise.allSettled(
      runs.map((_, index) =>
        shop.store.transaction(together, contextWith(), transaction => {
          runs[index] = (runs[index] ?? 0) + 1
          return add.run(row(index === 2 ? 0 : index), [], inside(transaction))
        }),
      ),
    )
    broken.mockRestore()
    expect(runs).toEqual([2, 2, 2])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(await all(shop.store, 'Customer')).toHaveLength(2)
  })

  test('a body that shares its commit must not wait', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    const waiting = shop.store.transaction(together, contextWith(), async transaction => {
      await Promise.resolve()
      return add.run(row(1), [], inside(transaction))
    })
    await expect(waiting).rejects.toMatchObject({ code: 'store.unsupported' })
    expect(await all(shop.store, 'Customer')).toEqual([])
  })
})

describe('a transaction with user code', () => {
  test('sees what it has written, and nobody else does until it commits', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    await shop.store.transaction(alone, contextWith(), async transaction => {
      await add.run(row(1), [], inside(transaction))
      await new Promise(resolve => setImmediate(resolve))
      const find = shop.store.prepareFind(findPlan('Customer'))
      expect((await find.run([], inside(transaction))).rows).toBe(1)
      expect((await find.run([], contextWith())).rows).toBe(0)
    })
    expect(await all(shop.store, 'Customer')).toHaveLength(1)
  })

  test('undoes everything when it fails, and one savepoint when only that fails', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    const failing = shop.store.transaction(alone, contextWith(), async transaction => {
      await add.run(row(1), [], inside(transaction))
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await all(shop.store, 'Customer')).toEqual([])

    await shop.store.transaction(alone, contextWith(), async transaction => {
      const context = inside(transaction)
      await add.run(row(1), [], context)
      await expect(
        (async () =>
          shop.store.savepoint(context, async () => {
            await add.run(row(2), [], context)
            await shop.store.savepoint(context, () => add.run(row(3), [], context))
            throw new Error('undo the inner ones')
          }))(),
      ).rejects.toThrow('undo the inner ones')
      expect(() => shop.store.savepoint(context, () => add.run(row(1), [], context))).toThrow(
        expect.objectContaining({ code: 'writes.unique' }),
      )
      await add.run(row(4), [], context)
    })
    expect(await all(shop.store, 'Customer')).toEqual([
      { number: 1, email: '1@example.com' },
      { number: 4, email: '4@example.com' },
    ])
  })

  test('is rolled back when its time is over, and its db is of no use afterwards', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    const { promise: forgotten, resolve } = Promise.withResolvers<unknown>()
    const slow = shop.store.transaction({ ...alone, limit: 30 }, contextWith(), async transaction => {
      await add.run(row(1), [], inside(transaction))
      await new Promise(() =>
        setTimeout(
          () => resolve((async () => add.run(row(2), [], inside(transaction)))().catch((error: unknown) => error)),
          60,
        ),
      )
    })
    await expect(slow).rejects.toMatchObject({ code: 'store.time-limit' })
    expect(await forgotten).toMatchObject({ code: 'writes.transaction-over' })
    expect(await all(shop.store, 'Customer')).toEqual([])
    await insert(shop.store, 'Customer', [{ number: 1, email: 'a@example.com' }])
  })

  test('holds up other writes, which are refused when the queue is full, their time is over, or nobody waits', async () => {
    await using shop = openShop({ queue: 3 })
    const add = inserting(shop.store)
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const gone = new AbortController()
    const held = shop.store.transaction(alone, contextWith(), () => gate)
    await new Promise(resolve => setImmediate(resolve))
    const late = add.run(row(1), [], contextWith({ deadline: Date.now() - 1 }))
    const left = add.run(row(2), [], contextWith({ signal: gone.signal }))
    const patient = add.run(row(3), [], contextWith())
    const tooMany = add.run(row(4), [], contextWith())
    await expect(tooMany).rejects.toMatchObject({ code: 'store.busy', status: 503 })
    gone.abort()
    open()
    await held
    await expect(late).rejects.toMatchObject({ code: 'store.busy' })
    await expect(left).rejects.toMatchObject({ code: 'store.cancelled' })
    await patient
    expect(await all(shop.store, 'Customer')).toEqual([{ number: 3, email: '3@example.com' }])
  })

  test('waits for another process that writes, without holding up the event loop', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    using other = new DatabaseSync(shop.file)
    other.exec('begin immediate')
    let turns = 0
    const ticking = setInterval(() => {
      if (++turns === 5) other.exec('rollback')
    }, 5)
    await add.run(row(1), [], contextWith())
    clearInterval(ticking)
    expect(turns).toBeGreaterThanOrEqual(5)

    other.exec('begin immediate')
    await expect(add.run(row(2), [], contextWith({ deadline: Date.now() + 50 }))).rejects.toMatchObject({
      code: 'store.busy',
    })
    other.exec('rollback')
  })

  test('waits for another store of its process, in a file whose name looks like an address', async () => {
    const folder = temporaryFolder()
    await using tidy = new AsyncDisposableStack()
    tidy.defer(() => removeTemporaryFolder(folder))
    const file = join(folder, 'shop 100%25?mode=ro#ä.db')
    await using shop = openShop({ file })
    await using another = openShop({ file })
    const held = shop.store.transaction(alone, contextWith(), async transaction => {
      await inserting(shop.store).run(row(1), [], inside(transaction))
      const waiting = inserting(another.store).run(row(2), [], contextWith())
      expect(await all(another.store, 'Customer')).toEqual([])
      return { waiting, seen: await shop.store.prepareFind(findPlan('Customer')).run([], inside(transaction)) }
    })
    const { waiting, seen } = await held
    expect(seen).toMatchObject({ rows: 1 })
    expect(await waiting).toMatchObject({ count: 1 })
    expect(await all(shop.store, 'Customer')).toHaveLength(2)
    expect(readdirSync(folder).every(name => name.startsWith('shop 100%25?mode=ro#ä.db'))).toBe(true)
  })

  test('another store of its process compares tables and reads beside its changes', async () => {
    await using shop = openShop()
    const add = inserting(shop.store)
    const other = new SqliteStore({ file: shop.file })
    const changed = Promise.withResolvers<void>()
    const compared = Promise.withResolvers<void>()
    const changing = shop.store.transaction(alone, contextWith(), async transaction => {
      await add.run(row(1), [], inside(transaction))
      changed.resolve()
      await compared.promise
    })
    await changed.promise
    try {
      other.open(graph)
      expect(other.compareSchema(graph)).toEqual([])
      expect(await all(other, 'Customer')).toEqual([])
    } finally {
      compared.resolve()
    }
    await changing
    // It has no threads that see its changes.
    await other.transaction(alone, contextWith(), async transaction => {
      await inserting(other).run(row(2), [], inside(transaction))
      const sql = await other.typedSql<{ customer: { number: number } }>(inside(transaction))
      expect(await sql.selectFrom('customer').select('number').execute()).toEqual([{ number: 1 }, { number: 2 }])
    })
    await other.close()
    expect(await all(shop.store, 'Customer')).toHaveLength(2)
  })

  test('close waits for writes that are on their way', async () => {
    const shop = openShop()
    const add = inserting(shop.store)
    const writes = [1, 2].map(async number => add.run(row(number), [], contextWith()))
    await shop.store.close()
    await Promise.all(writes)
    using again = new DatabaseSync(shop.file)
    expect(again.prepare('select count(*) as n from customer').get()).toEqual({ n: 2 })
    await shop[Symbol.asyncDispose]()
  })
})

test('a full disk refuses what does not fit, and nothing else', async () => {
  await using shop = openShop()
  const add = inserting(shop.store)
  await shop.store.transaction(alone, contextWith(), async transaction => {
    const sql = await shop.store.typedSql(inside(transaction))
    await sql.executeQuery(CompiledQuery.raw('pragma max_page_count = 60'))
  })
  const long = 'x'.repeat(2000)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 200 }, async (_, number) =>
      add.run([[number, `${long}${number}@example.com`]], [], contextWith()),
    ),
  )
  const kept = outcomes.flatMap(({ status }, number) => (status === 'fulfilled' ? [number] : []))
  for (const one of outcomes)
    if (one.status === 'rejected') expect(one).toMatchObject({ reason: refusal('store.full') })
  expect(kept.length).toBeGreaterThan(10)
  expect(kept.length).toBeLessThan(200)
  const rows = (await all(shop.store, 'Customer')) as { number: number }[]
  expect(rows.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(kept)
})

test('what was acknowledged is there after kill -9', async () => {
  const shop = openShop()
  await shop.store.close()
  const child = spawn(
    process.execPath,
    ['--conditions=plinth-source', new URL('./write-forever.ts', import.meta.url).pathname, shop.file],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const acknowledged: number[] = []
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(Number(line))
    if (acknowledged.length === 200) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  using database = new DatabaseSync(shop.file)
  const found = new Set(
    database
      .prepare('select number from customer')
      .all()
      .map(({ number }) => number),
  )
  expect(acknowledged.filter(number => !found.has(number))).toEqual([])
  expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
  database.close()
  await shop[Symbol.asyncDispose]()
})

/** A commit fails once, as it does when the disk is full. */
function failFirstCommit() {
  const { run } = StatementSync.prototype
  let failed = false
  return vi.spyOn(StatementSync.prototype, 'run').mockImplementation(function (
    this: StatementSync,
    ...bound: Parameters<typeof run>
  ) {
    if (this.sourceSQL === 'commit' && !failed) {
      failed = true
      throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
    }
    return run.apply(this, bound)
  })
}
