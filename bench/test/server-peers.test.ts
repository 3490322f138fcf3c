// Proves on a tiny data set that peers that take part on a database server give the same bodies there. PLINTH_TEST_LONG tries all of them on each
// server; a measurement compares the bodies of its own, too.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { freshDatabase, needs, type ServerName } from '../../test/services/index.ts'
import { datasetFile, tinySize } from '../data/dataset.ts'
import { readSamples } from '../data/samples.ts'
import { openPlace } from '../database/place.ts'
import { cpuMicrosecondsBetween } from '../database/process-usage.ts'
import { compareBodies } from '../harness/compare.ts'
import { startPeer, type Plan, type Running } from '../harness/measure.ts'
import type { Engine } from '../harness/messages.ts'
import { peers, serves } from '../peers/registry.ts'
import { rows, type Access } from '../rows.ts'

const long = process.env['PLINTH_TEST_LONG'] !== undefined
const servers: readonly (readonly [ServerName, Engine])[] = [
  ['postgres-18', 'postgres'],
  ...(long ? ([['mariadb-10.11', 'mariadb']] as const) : []),
]
/** Those that each run tries: the yardsticks, and the one that is written most like an application. */
const short: readonly string[] = ['plinth', 'bare', 'dutiful', 'kysely']

test.for(servers)('all peers answer alike on %s', { timeout: 120_000 }, async ([name, engine], context) => {
  needs(context, name)
  await using database = await freshDatabase(name)
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
  const dataset = datasetFile(tinySize)
  const samples = readSamples(dataset)
  const report = () => {}
  const place = await openPlace({ engine, dataset, folder, url: database.adminUrl, empty: true, report })
  try {
    const there = peers.filter(peer => serves(peer, engine))
    expect(there.map(peer => peer.name)).toEqual([
      ...['plinth', 'bare', 'dutiful', 'fastify', 'kysely', 'drizzle', 'typeorm'],
    ])
    const taking = there.filter(({ name }) => long || short.includes(name))
    const plan: Plan = {
      ...{ peers: taking, rows, connections: [1], rounds: 1, seconds: 0.1, starts: 0, syncSeconds: 0.1 },
      ...{ place, folder, samples, report },
    }
    const before = place.usage()
    for (const access of ['open', 'owned'] as const) await compareAll(plan, access)
    const after = place.usage()
    if (before !== undefined && after !== undefined) expect(cpuMicrosecondsBetween(before, after)).toBeGreaterThan(100)
  } finally {
    await place.close()
    rmSync(folder, { recursive: true })
  }
})

async function compareAll(plan: Plan, access: Access): Promise<void> {
  const running: Running[] = []
  try {
    for (const peer of plan.peers) running.push(await startPeer(plan, peer, access))
    for (const row of plan.rows.filter(one => one.access === access)) {
      const serving = running.filter(one => one.peer.rows.includes(row.name))
      expect(serving.length).toBeGreaterThanOrEqual(long ? 6 : 3)
      await compareBodies(row, serving, plan.samples, 5, row.writes ? plan.place.undo : undefined)
    }
  } finally {
    await Promise.all(running.map(peer => peer.stop()))
  }
}
