// Proves on a tiny data set that all peers give the same bodies, and that the comparison notices when one does not.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { datasetFile, tinySize } from '../data/dataset.ts'
import { readSamples } from '../data/samples.ts'
import { openPlace, type Place } from '../database/place.ts'
import { copyFor } from '../database/sqlite-place.ts'
import { startChild, type Child } from '../harness/child.ts'
import { BodyMismatch, compareBodies, type Served } from '../harness/compare.ts'
import { measureRow, startLoad, type LoadProcess, type Plan } from '../harness/measure.ts'
import type { PeerAnswer, PeerQuestion, PeerSettings } from '../harness/messages.ts'
import { peers, serves, type Peer } from '../peers/registry.ts'
import { listen } from '../peers/serve.ts'
import { listFields, rowNamed, rows, type Access, type Samples } from '../rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
const started: Child<PeerQuestion, PeerAnswer>[] = []
const running: Record<Access, Served[]> = { open: [], owned: [] }
let samples: Samples
let place: Place

beforeAll(async () => {
  const dataset = datasetFile(tinySize)
  samples = readSamples(dataset)
  place = await openPlace({ engine: 'sqlite', dataset, folder, report: () => {} })
  const start = async (peer: Peer, access: Access) => {
    const database = join(folder, `${peer.name}-${access}.sqlite`)
    await copyFor(peer, dataset, database)
    const settings: PeerSettings = { engine: 'sqlite', database, access }
    const child = startChild<PeerQuestion, PeerAnswer>(peer.file, [JSON.stringify(settings)], 'ignore')
    started.push(child)
    const answer = await child.next()
    if (answer.answer === 'ready') running[access].push({ name: peer.name, port: answer.port })
  }
  const taking = peers.filter(peer => serves(peer, 'sqlite'))
  const serving = taking.filter(peer => peer.rows.includes('rule'))
  await Promise.all([...taking.map(peer => start(peer, 'open')), ...serving.map(peer => start(peer, 'owned'))])
})

afterAll(async () => {
  await Promise.all(started.map(child => child.stop()))
  await place.close()
  rmSync(folder, { recursive: true })
})

function serving(row: (typeof rows)[number]): Served[] {
  return running[row.access].filter(one => peers.find(peer => peer.name === one.name)?.rows.includes(row.name))
}

describe('all peers answer alike', () => {
  test.each(rows)('$name', async row => {
    expect(serving(row).length).toBeGreaterThanOrEqual(4)
    await compareBodies(row, serving(row), samples)
  })
})

test('a list holds what the data set has, and the rule hides drafts of others', async () => {
  const time = samples.articleTimes.at(-1) ?? ''
  const path = `/api/articles?createdAt[lt]=${time}&sort=-createdAt&limit=20&select=${listFields}`
  const ask = async (peer: Served | undefined) => {
    const headers = { authorization: `Bearer ${samples.tokens[0]}` }
    const response = await fetch(`http://127.0.0.1:${peer?.port}${path}`, { headers })
    return ((await response.json()) as { data: { state: string; authorId: string; createdAt: string }[] }).data
  }
  const all = await ask(running.open[0])
  expect(all).toHaveLength(20)
  expect(all.map(row => row.createdAt)).toEqual(samples.articleTimes.slice(-21, -1).toReversed())
  expect(all.some(row => row.state === 'draft')).toBe(true)
  const readable = await ask(running.owned[0])
  expect(readable).toHaveLength(20)
  expect(readable.every(row => row.state === 'published' || row.authorId === samples.userIds[0])).toBe(true)
})

describe('the comparison fails', () => {
  const row = rowNamed('point')

  /** Passes a peer's answers on after changing their text. */
  async function altered(change: (body: string) => string, status: number = 200) {
    const [original] = serving(row)
    const server = createServer((request, response) => {
      void fetch(`http://127.0.0.1:${original?.port}${request.url}`)
        .then(answer => answer.text())
        .then(body => response.writeHead(status, { 'content-type': 'application/json' }).end(change(body)))
    })
    const port = await listen(server)
    return { peer: { name: 'altered', port }, close: () => server.close() }
  }

  test('at one changed value, and names it', async () => {
    const { peer, close } = await altered(body => body.replace('"state":"published"', '"state":"draft"'))
    try {
      await expect(compareBodies(row, [...serving(row), peer], samples, 20)).rejects.toThrow(BodyMismatch)
      await expect(compareBodies(row, [...serving(row), peer], samples, 20)).rejects.toThrow(
        /at \/state\n.*"published"\n {2}altered: "draft"/,
      )
    } finally {
      close()
    }
  })

  test('at a missing field', async () => {
    const { peer, close } = await altered(body => body.replace(/"featured":(?:true|false),/, ''))
    try {
      await expect(compareBodies(row, [...serving(row), peer], samples)).rejects.toThrow(
        /at \/featured\n[^]*\(absent\)/,
      )
    } finally {
      close()
    }
  })

  test('at another status', async () => {
    const { peer, close } = await altered(body => body, 203)
    try {
      await expect(compareBodies(row, [...serving(row), peer], samples)).rejects.toThrow(/answered 203, expected 200/)
    } finally {
      close()
    }
  })

  test('not at another order of keys', async () => {
    const reversed = (body: string) => {
      return JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(body) as object).toReversed()))
    }
    const { peer, close } = await altered(reversed)
    try {
      await expect(compareBodies(row, [...serving(row), peer], samples)).resolves.toBeUndefined()
    } finally {
      close()
    }
  })
})

test('a row is measured from end to end, with its commits', async () => {
  const load: LoadProcess = await startLoad(samples)
  const plan: Plan = {
    peers: peers.filter(peer => peer.name === 'bare' || peer.name === 'dutiful'),
    rows: [rowNamed('create')],
    connections: [4],
    rounds: 1,
    seconds: 0.1,
    starts: 0,
    syncSeconds: 0.1,
    ...{ place, folder, samples, report: () => {} },
  }
  try {
    const [result] = await measureRow(plan, rowNamed('create'), load)
    expect(result?.peers.map(peer => peer.peer)).toEqual(['bare', 'dutiful'])
    for (const peer of result?.peers ?? []) {
      expect(peer.runs).toHaveLength(1)
      expect(peer.runs[0]?.requests).toBeGreaterThan(4)
      expect(peer.runs[0]?.cpuMicrosecondsPerRequest).toBeGreaterThan(1)
      // Both yardsticks commit once for each request.
      expect(peer.counts.commitsPerRequest).toBe(1)
    }
  } finally {
    await load.stop()
  }
})
