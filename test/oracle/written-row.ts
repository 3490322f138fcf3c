/** Parts of a written row: what bodies and addresses say, what the server gives, and what may be there only once. */
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

export function initial(field: FieldNode): Value | undefined {
  if (field.default?.from === 'version') return 1
  if (field.default?.from === 'literal') return field.default.value
  return field.nullable ? null : undefined
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
