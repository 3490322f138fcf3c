// The parts of the suite that figures hang on: reading answers, statistics, counting commits, judging targets.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'

import { random } from '../data/random.ts'
import { signToken, verifyAuthorization } from '../data/token.ts'
import { firstDifference } from '../harness/compare.ts'
import type { PeerResult, RowResult } from '../harness/result.ts'
import { median, pairedRatio } from '../harness/statistics.ts'
import { commitFrames } from '../harness/syncs.ts'
import { answerReader } from '../load/client.ts'
import type { PeerName } from '../peers/registry.ts'
import { judge } from '../targets.ts'

const answers = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 404 Not Found\r\nx: y\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\netag: "x"\r\n\r\n',
  'HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nabc',
]

test.each([1, 2, 7, 1000])('answers are read whole from chunks of %i bytes', size => {
  const read: [status: number, bytes: number][] = []
  const reader = answerReader((status, bytes) => read.push([status, bytes]))
  for (const answer of answers) {
    const bytes = Buffer.from(answer)
    for (let start = 0; start < bytes.length; start += size) reader(bytes.subarray(start, start + size))
  }
  expect(read).toEqual(answers.map(answer => [Number(answer.slice(9, 12)), answer.length]))
})

test('an answer longer than it says is an error', () => {
  const reader = answerReader(() => {})
  expect(() => reader(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab'))).toThrow(/longer/)
})

test('the same seed gives the same sequence, another seed another', () => {
  const take = (seed: string) => {
    const sequence = random(seed)
    return [sequence.next(), sequence.below(1000), sequence.uuid(0)]
  }
  expect(take('a')).toEqual(take('a'))
  expect(take('a')).not.toEqual(take('b'))
  expect(random('a').uuid(Date.UTC(2024, 0, 1))).toMatch(/^018cc251-f400-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a token is taken only from its signer', () => {
  const token = signToken('someone')
  expect(verifyAuthorization(`Bearer ${token}`)).toBe('someone')
  expect(verifyAuthorization(`Bearer ${token.slice(0, -2)}xx`)).toBeUndefined()
  expect(verifyAuthorization(`Bearer ${signToken('someone', Date.now() - 2 * 86_400_000)}`)).toBeUndefined()
  expect(verifyAuthorization(undefined)).toBeUndefined()
})

test('medians and paired ratios', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  const ratio = pairedRatio([2, 4, 6, 8, 30], [1, 2, 3, 4, 10])
  expect(ratio.median).toBe(2)
  expect(ratio.low).toBe(2)
  expect(ratio.high).toBe(3)
})

test('the first difference is found by its path', () => {
  expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBeUndefined()
  expect(firstDifference({ a: 1, b: 2 }, { b: 2, a: 1 })).toBeUndefined()
  expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toEqual({ path: '/a/1/b', left: 2, right: 3 })
  expect(firstDifference({ a: null }, {})).toEqual({ path: '/a', left: null, right: undefined })
  expect(firstDifference([1, 2], [1])).toEqual({ path: '/1', left: 2, right: undefined })
  expect(firstDifference([], {})).toEqual({ path: '', left: [], right: {} })
})

test('commits are counted in the write-ahead log, however many rows they have', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-wal-'))
  const file = join(folder, 'a.sqlite')
  const database = new DatabaseSync(file)
  try {
    database.exec('pragma journal_mode = wal; create table t (x); pragma wal_checkpoint(truncate)')
    expect(commitFrames(readFileSync(`${file}-wal`))).toBe(0)
    database.exec('insert into t values (1)')
    database.exec('begin; insert into t values (2); insert into t values (3); commit')
    database.exec('begin; insert into t values (4); rollback')
    expect(commitFrames(readFileSync(`${file}-wal`))).toBe(2)
  } finally {
    database.close()
    rmSync(folder, { recursive: true })
  }
})

test('a target is met, missed or undecided', () => {
  const cpu = (peer: PeerName, values: readonly number[]): PeerResult => ({
    peer,
    counts: {},
    runs: values.map(value => ({
      ...{ requests: 1, requestsPerSecond: 1_000_000 / value, cpuMicrosecondsPerRequest: value },
      ...{ medianMilliseconds: 1, p99Milliseconds: 1, residentMegabytes: 1, loadShare: 0.5 },
    })),
  })
  const verdict = (own: readonly number[]) => {
    const rows: RowResult[] = [
      { row: 'nested', connections: 1, peers: [cpu('plinth', own), cpu('dutiful', [100, 100, 100])] },
    ]
    const [first, ...others] = judge('sqlite', rows)
    expect(others).toEqual([])
    return { met: first?.met, uncertain: first?.uncertain }
  }
  expect(verdict([80, 85, 90])).toEqual({ met: true, uncertain: false })
  expect(verdict([110, 120, 130])).toEqual({ met: false, uncertain: false })
  expect(verdict([80, 99, 120])).toEqual({ met: true, uncertain: true })
})
