/** Keeps the plan and the command of each golden request in a file. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import type { AggregatePlan, FindPlan } from '../../src/query/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { newsroomGraph } from '../fixtures/newsroom.ts'
import { goldenCases } from './cases.ts'
import { sketchPlan, sketchRequest } from './sketch.ts'

const folder = mkdtempSync(join(tmpdir(), 'plinth-golden-'))
const store: Store = sqliteStore({ file: join(folder, 'golden.db') })
let engine: Engine

beforeAll(async () => {
  engine = createEngine({ graph: newsroomGraph, store })
  await store.open(engine.graph)
  await store.applySchema(await store.compareSchema(engine.graph))
})

afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

describe('golden plans: request, plan and SQL side by side', () => {
  test.each(goldenCases)('$name', async ({ name, caller, request }) => {
    const prepared =
      request.operation === 'find' ? engine.find(request, caller.class) : engine.aggregate(request, caller.class)
    const { plan, command }: { plan: FindPlan | AggregatePlan; command: string } = prepared.planned(caller)
    const text = [
      `# ${name}`,
      '',
      '## Request',
      '',
      sketchRequest(request, caller),
      '',
      '## Plan',
      '',
      sketchPlan(plan),
      '',
      '## SQLite',
      '',
      command,
      '',
    ].join('\n')
    await expect(text).toMatchFileSnapshot(`plans/${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.txt`)
  })

  test('every plan is plain data that can be printed and read again', () => {
    for (const { caller, request } of goldenCases) {
      const prepared =
        request.operation === 'find' ? engine.find(request, caller.class) : engine.aggregate(request, caller.class)
      const { plan }: { plan: FindPlan | AggregatePlan } = prepared.planned(caller)
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    }
  })
})
