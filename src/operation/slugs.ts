/** Gives rows slugs that are still free: `hello-world`, then `hello-world-2`, … One or two statements per unique slug field. */
import { type Engine, keyText, rowKey } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import { type FieldNode, hasOwnUnique, makeSlug, type ModelNode, type Value } from '../model/index.ts'
import { asSystem, type ExecutionContext } from '../query/index.ts'
import { findByValues } from './address.ts'

const attempts = 20

/** Whoever loses this often to others has none of the numbers left to lose. */
export const slugRaces = attempts + 1

type SlugField = FieldNode & { readonly from: string }

const slugsOf = new WeakMap<ModelNode, readonly SlugField[]>()

/** Fields that are made of a text and must not be there twice. */
export function uniqueSlugs(model: ModelNode): readonly SlugField[] {
  let slugs = slugsOf.get(model)
  if (slugs !== undefined) return slugs
  slugs = Object.values(model.fields).filter(
    (field): field is SlugField => field.from !== null && hasOwnUnique(model, field.name),
  )
  slugsOf.set(model, slugs)
  return slugs
}

/** Whether a free slug has to be found for a row. */
export const findsSlug = (model: ModelNode, given: Readonly<Record<string, Value>>): boolean =>
  uniqueSlugs(model).some(({ name }) => given[name] === undefined)

/**
 * `made`: for each row, the slug fields that the server made and may change. `keys`: of rows that are there already, row by row; such a row
 * keeps the slug that it has if its text gives it. Gives the names of the fields that have got slugs.
 */
export function* freeSlugs(
  engine: Engine,
  model: ModelNode,
  rows: readonly Record<string, Value>[],
  made: (row: Record<string, Value>, field: string) => boolean,
  context: ExecutionContext,
  keys: readonly (readonly Value[])[] = [],
): Steps<readonly string[]> {
  const slugs = uniqueSlugs(model)
  if (slugs.length === 0) return slugless
  const given: string[] = []
  const system = asSystem(context, 'find free slugs')
  for (const { name, from, type } of slugs) {
    const concerned = rows.flatMap((row, index) => {
      const key = keys[index]
      return made(row, name) ? [{ row, key: key === undefined ? null : keyText(key) }] : []
    })
    if (concerned.length === 0) continue
    given.push(name)
    const candidatesOf = (row: Record<string, Value>, most: number): readonly string[] => {
      const text = row[from]
      const base = typeof text === 'string' ? text : ''
      return Array.from({ length: most }, (_, attempt) => makeSlug(base, type, attempt + 1))
    }
    // Whose each slug is. Slugs have small letters alone, so they are the same only where they are the same text.
    const taken = new Map<Value | undefined, string | null>()
    let left = concerned
    // Most of many new rows get the slug that they want; numbers are looked up for the others alone.
    for (const most of concerned.length === 1 || keys.length > 0 ? [attempts] : [1, attempts]) {
      const candidates = left.map(({ row }) => candidatesOf(row, most))
      const wanted = [...new Set(candidates.flat())].map(slug => [slug])
      for (const found of yield* findByValues(engine, model, [name], wanted, [name, ...model.key], system))
        taken.set(found[name], keyText(rowKey(model, found)))
      left = left.filter(({ row, key }, index) => {
        const own = key === null ? undefined : candidates[index]?.find(candidate => taken.get(candidate) === key)
        const slug = own ?? candidates[index]?.find(candidate => !taken.has(candidate))
        if (slug === undefined) return true
        taken.set(slug, null)
        row[name] = slug
        return false
      })
      if (left.length === 0) break
    }
    for (const { row } of left) {
      // Beyond the last attempt a number would only collide again with its neighbours; part of a fresh id does not.
      const [first = ''] = candidatesOf(row, 1)
      row[name] = `${first.slice(0, slugRoom)}-${engine.newId().slice(-12)}`
    }
  }
  return given
}

const slugless: readonly string[] = Object.freeze([])

const slugRoom = 180
