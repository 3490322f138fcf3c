import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RawResult, ServerConnection, ServerDriver, Statement } from './connection.ts'
import { QuickLanes } from './quick-lanes.ts'

const empty: RawResult = { rows: [], count: 0 }
let now = 0
beforeEach(() => {
  now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => void vi.restoreAllMocks())

/** Connections that answer when they are told to, in the order in which they were asked. */
class Scripted {
  readonly asked: string[] = []
  usable = true
  readonly #pending: { readonly resolve: (result: RawResult) => void; readonly reject: (error: Error) => void }[] = []

  run(statement: Statement): Promise<RawResult> {
    this.asked.push(statement.sql)
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }))
  }

  get underWay(): number {
    return this.#pending.length
  }

  async answer(milliseconds: number): Promise<void> {
    now += milliseconds
    this.#pending.shift()?.resolve(empty)
    await settled()
  }

  async end(): Promise<void> {
    this.usable = false
    for (const { reject } of this.#pending.splice(0)) reject(new Error('gone'))
    await settled()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** Every promise that can go on has gone on. */
const settled = (): Promise<void> => new Promise(resolve => void setImmediate(resolve))

/** Lanes on which statements have taken `usual` milliseconds for a while. */
async function open(count: number, usual: number, depth = 64) {
  const connections: Scripted[] = []
  const driver: Pick<ServerDriver, 'connect'> = {
    connect() {
      const connection = new Scripted()
      connections.push(connection)
      return Promise.resolve(connection as unknown as ServerConnection)
    },
  }
  const lanes = new QuickLanes(driver as ServerDriver, { lanes: count, depth })
  const ask = (sql: string) => lanes.run({ sql, name: null }, [])
  expect(ask('before there is a connection')).toBeNull()
  await settled()
  for (let round = 0; round < rounds; round++) {
    connections.forEach(() => void ask('before'))
    for (const [index, connection] of connections.entries()) await connection.answer(index === 0 ? usual : 0)
  }
  return { connections, ask }
}

const rounds = 100

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index))

test('a lane is sent only so much ahead as takes a few milliseconds', async () => {
  const {
    connections: [lane],
    ask,
  } = await open(1, 2)
  const runs = numbers(40).map(async sql => await ask(sql))
  expect(lane?.underWay).toBe(4)
  for (let index = 0; index < 40; index++) await lane?.answer(2)
  expect(lane?.asked.slice(rounds)).toEqual(numbers(40))
  expect(await Promise.all(runs)).toHaveLength(40)
})

test('quick ones are all sent at once', async () => {
  const {
    connections: [lane],
    ask,
  } = await open(1, 0.04)
  for (const sql of numbers(64)) void ask(sql)
  expect(lane?.underWay).toBe(64)
})

test('what waits goes to the lane that gets on, and does not stay behind a slow one', async () => {
  const {
    connections: [slow, quick],
    ask,
  } = await open(2, 2)
  for (const sql of numbers(40)) void ask(sql)
  const before = slow?.asked.length
  for (let index = 0; index < 40; index++) await quick?.answer(2)
  expect(slow?.asked).toHaveLength(before ?? -1)
  expect(slow?.underWay).toBe(4)
  expect(quick?.underWay).toBe(0)
})

test('nobody waits for a lane that has ended, and no more wait than there is room for', async () => {
  const {
    connections: [lane],
    ask,
  } = await open(1, 5, 10)
  const runs = numbers(10).map(async sql => await ask(sql))
  expect(ask('one more')).toBeNull()
  const ends = Promise.allSettled(runs)
  await lane?.end()
  const waiting = { status: 'fulfilled', value: null }
  expect(await ends).toEqual(
    numbers(10).map(index => (Number(index) < 4 ? expect.objectContaining({ status: 'rejected' }) : waiting)),
  )
})
