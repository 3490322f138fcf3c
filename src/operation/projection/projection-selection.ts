/** Projections → what requests ask for. */
import { wholeText } from '../../lib/index.ts'
import type { JsonText, OutputRequest, Selection } from '../../query/index.ts'
import { bareValue, type Projection, type ProjectionOutput, type RelatedRows } from './projection.ts'

export function selectionOf({ outputs }: Projection): Selection {
  return { defaults: false, outputs: outputs.map(requestOf) }
}

function requestOf(projected: ProjectionOutput): OutputRequest {
  const { output } = projected
  switch (projected.kind) {
    case 'field':
      return { kind: 'field', output, field: projected.field }
    case 'related':
      return { kind: 'related', output, path: projected.path, field: projected.field }
    case 'expression': {
      const { expression, type, nullable } = projected
      return { kind: 'expression', output, expression, type, nullable }
    }
    case 'object':
      return { kind: 'object', output, outputs: projected.outputs.map(requestOf) }
    case 'include': {
      const select = selectionOf(projected.projection)
      return { kind: 'include', output, relation: projected.relation, nested: { ...nestedOf(projected), select } }
    }
    case 'pluck': {
      const { relation, field } = projected
      return { kind: 'pluck', output, relation, field, nested: { ...nestedOf(projected), select: emptySelection } }
    }
    default:
      return projected satisfies never
  }
}

const emptySelection: Selection = Object.freeze({ defaults: false, outputs: [] })

function nestedOf({ where, sort, limit }: RelatedRows) {
  return {
    where: where === null ? null : ({ kind: 'declared', predicate: where, slots: {} } as const),
    sort,
    limit: null,
    ...(limit === null ? { unlimited: true } : { fixedLimit: limit }),
  }
}

/** Rows of a projection that is one bare value: the values instead of objects. */
export function bareJson<Text extends JsonText | null>({ bare }: Projection, json: Text): Text | string {
  if (!bare || json === null) return json
  const valueOf = (row: unknown): unknown =>
    typeof row === 'object' && row !== null ? (Reflect.get(row, bareValue) as unknown) : row
  const parsed: unknown = JSON.parse(wholeText(json))
  return JSON.stringify(Array.isArray(parsed) ? parsed.map(valueOf) : valueOf(parsed))
}
