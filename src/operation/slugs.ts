/** Gives rows slugs that are still free: `hello-world`, then `hello-world-2`, … One statement per unique slug field. */
import type { Engine } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import { makeSlug, type ModelNode, type Value } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import { findByValues } from './address.ts'

const attempts = 20

/** `made`: for each row, the slug fields that the server made and may change. */
export function* freeSlugs(
  engine: Engine,
  model: ModelNode,
  rows: readonly Record<string, Value>[],
  made: (row: Record<string, Value>, field: string) => boolean,
  context: ExecutionContext,
): Steps<void> {
  const system = {
    ...context,
    caller: { class: 'system', key: [], attributes: {}, reason: 'find free slugs' },
  } as const
  for (const field of Object.values(model.fields)) {
    const { name, from, type } = field
    const isUnique = model.uniques.some(({ fields }) => fields.length === 1 && fields[0] === name)
    const concerned = from === null || !isUnique ? [] : rows.filter(row => made(row, name))
    if (from === null || concerned.length === 0) continue
    const candidates = concerned.map(row => {
      const text = row[from]
      return Array.from({ length: attempts }, (_, attempt) =>
        makeSlug(typeof text === 'string' ? text : '', type, attempt + 1),
      )
    })
    const wanted = [...new Set(candidates.flat())].map(slug => [slug])
    const found = yield* findByValues(engine, model, [name], wanted, [name], system)
    const taken = new Set(found.map(row => row[name]))
    concerned.forEach((row, index) => {
      // Beyond the last attempt a number would only collide again with its neighbours; part of a fresh id does not.
      const slug =
        candidates[index]?.find(candidate => !taken.has(candidate)) ??
        `${String(candidates[index]?.[0]).slice(0, slugRoom)}-${engine.newId().slice(-12)}`
      taken.add(slug)
      row[name] = slug
    })
  }
}

const slugRoom = 180
