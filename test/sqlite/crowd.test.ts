// Ten thousand different selects beside a hot one (semantics 14): its plan stays compiled, and what is kept of the others is bounded.
import { expect, test } from 'vitest'
import { createEngine } from '../../src/engine/index.ts'
import { defaultLimits, emptyFind, type FindRequest, type Observation } from '../../src/query/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import { contextWith, insert, openShop, shop } from './shop.ts'

const different = 10_000

test('ten thousand different selects leave a hot one its plan, and are not kept', async () => {
  await using opened = openShop()
  await insert(opened.store, 'Sample', [{ number: 1, text: 'only' }])
  let [compiled, held, mostHeld] = [0, 0, 0]
  const counting: Store = Object.create(opened.store, {
    prepareFind: {
      value(plan: Parameters<Store['prepareFind']>[0]) {
        compiled++
        mostHeld = Math.max(mostHeld, ++held)
        const prepared = opened.store.prepareFind(plan)
        const release = prepared.release.bind(prepared)
        return Object.assign(prepared, {
          release() {
            held--
            release()
          },
        })
      },
    },
  })
  const engine = createEngine({ graph: shop, store: counting })
  const fields = Object.keys(shop.models['Sample']?.fields ?? {})
  const run = (chosen: readonly string[], observe: ((seen: Observation) => void) | null = null) => {
    const outputs = chosen.map(field => ({ kind: 'field', output: field, field }) as const)
    const request: FindRequest = { ...emptyFind, model: 'Sample', select: { defaults: false, outputs } }
    return engine.find(request, 'system').run({ form: 'json', values: [], cursor: null }, contextWith({ observe }))
  }
  const plans: boolean[] = []
  const hot = () =>
    run(['number', 'text'], seen => {
      if (seen.kind === 'plan') plans.push(seen.cached)
    })

  await hot()
  await hot()
  const first = compiled
  // Each number from 1 on stands for a set of fields; the hot one is left out.
  for (let set = 1, made = 0; made < different; set++) {
    const chosen = fields.filter((_, bit) => (set & (1 << bit)) !== 0)
    if (chosen.join() === 'number,text') continue
    await run(chosen)
    if (++made % 10 === 0) await hot()
  }

  expect(plans.slice(0, 2)).toEqual([false, false])
  expect(plans.slice(2)).toEqual(Array.from({ length: different / 10 }, () => true))
  expect(compiled - first).toBe(different)
  expect(mostHeld).toBeLessThanOrEqual(2)

  // What comes twice is kept, but never more than the cache holds.
  for (let round = 0; round < 2; round++) {
    for (let set = 1; set <= defaultLimits.planCache + 200; set++) {
      await run(fields.filter((_, bit) => (set & (1 << bit)) !== 0))
      if (set % 100 === 0) await hot()
    }
  }
  expect(plans.slice(2).every(Boolean)).toBe(true)
  expect(held).toBeLessThanOrEqual(defaultLimits.planCache)
  engine.close()
  expect(held).toBe(0)
})
