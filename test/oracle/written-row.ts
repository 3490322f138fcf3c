/** Parts of a written row: what bodies and addresses say, what the server gives, and what may be there only once. */
import { createHash } from 'node:crypto'
import type { FieldNode, ModelNode, UniqueNode, Value } from '../../src/model/index.ts'
import { folded } from './datum.ts'
import type { Row } from './world.ts'

export type Body = Readonly<Record<string, unknown>>

export const list = (given: unknown): readonly unknown[] =>
  given === undefined ? [] : Array.isArray(given) ? given : [given]
export const bodies = (given: unknown): readonly Body[] => list(given) as readonly Body[]

export function keyOf(model: ModelNode, address: unknown): readonly Value[] {
  if (model.key.length === 1) return [address as Value]
  return model.key.map(name => (address as Readonly<Record<string, Value>>)[name] ?? null)
}

export const isMade = ({ default: source }: FieldNode): boolean =>
  source?.from === 'uuidv7' || source?.from === 'sequence'

/** What a field of a new row holds that nobody gives; undefined: it has to be given. */
export function initial(field: FieldNode, given: Row, now: string): Value | undefined {
  if (field.default?.from === 'version') return 1
  if (field.default?.from === 'now') return now
  if (field.default?.from === 'literal') return field.default.value
  const text = field.from === null ? undefined : given[field.from]
  if (typeof text === 'string') return slugOf(text)
  return field.nullable ? null : undefined
}

/** Small letters and digits without their marks, joined by `-`; a text that has none of them is told by its hash. */
export function slugOf(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss').replace(/['’]/g, '')
  const words = plain.match(/[a-z0-9]+/g) ?? []
  if (words.length > 0) return words.join('-')
  return `x-${createHash('sha256').update(text).digest('hex').slice(0, 10)}`
}

/** The unique fields that another row has the values of. */
export function taken(model: ModelNode, rows: readonly Row[], row: Row): readonly string[] | null {
  const live = (one: Row): boolean => model.softDeleteField === null || one[model.softDeleteField] === null
  const uniques: readonly Pick<UniqueNode, 'fields' | 'liveOnly' | 'ignoreCase'>[] = [
    { fields: model.key, liveOnly: false },
    ...model.uniques,
  ]
  const broken = uniques.find(({ fields, liveOnly, ignoreCase = [] }) => {
    const value = (one: Row, name: string): Value | undefined => {
      const own = one[name]
      return typeof own === 'string' && ignoreCase.includes(name) ? folded(own) : own
    }
    if (fields.length === 0 || fields.some(name => row[name] === null) || (liveOnly && !live(row))) return false
    return rows.some(
      other =>
        other !== row && !(liveOnly && !live(other)) && fields.every(name => value(other, name) === value(row, name)),
    )
  })
  return broken?.fields ?? null
}
