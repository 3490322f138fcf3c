/** Paths of declared routes: `/articles/{article.slug}/comments/{id}` names a row by its field, and the row that it belongs to. */
import { type PlinthError, refusal } from '../../error/index.ts'
import { capitalise } from '../../lib/index.ts'
import { type FieldType, kindOf, type ModelGraph, type ModelNode, namingFields } from '../../model/index.ts'

/** One place of a path. */
export interface PathPlace {
  /** `articleSlug`: for descriptions. */
  readonly name: string
  readonly field: string
  readonly type: FieldType
}

export interface RoutePath {
  /** `/articles/{articleSlug}/comments/{id}`. */
  readonly path: string
  /** The places of the row itself, with their position among all places; none: the route is to rows, not to one. */
  readonly own: RowPlaces | null
  /** The places of the row that it belongs to. */
  readonly parent: (RowPlaces & { readonly relation: string; readonly model: string }) | null
  /** All places in the order of the path. */
  readonly places: readonly PathPlace[]
}

export interface RowPlaces {
  readonly fields: readonly string[]
  readonly types: readonly FieldType[]
  /** Where each field's text stands among the places of the path. */
  readonly positions: readonly number[]
}

const place = /^\{([A-Za-z]\w*)(?:\.([A-Za-z]\w*))?\}$/
const literal = /^[\w.~!$&'()*+,;=:@-]*$/

/** A route, by its path as it is declared, that cannot be served so. */
export const wrong = (path: string, problem: string): PlinthError =>
  refusal('boot.setting-invalid', { where: `The route ${path}`, problem })

interface DeclaredPlace {
  readonly relation: string | null
  readonly field: string
}

/** A path as it is declared: what stands between its slashes, and the places among that. */
export function readPath(path: string): {
  readonly segments: readonly (string | DeclaredPlace)[]
  readonly places: readonly DeclaredPlace[]
} {
  if (!path.startsWith('/')) throw wrong(path, 'a path begins with "/"')
  const segments = path.split('/').map((segment): string | DeclaredPlace => {
    const [, first, second] = place.exec(segment) ?? []
    if (first !== undefined)
      return second === undefined ? { relation: null, field: first } : { relation: first, field: second }
    // What other frameworks call a place would be taken to the letter here, and no request would come.
    const foreign = /^:([A-Za-z]\w*)\??$/.exec(segment)
    if (foreign !== null) throw wrong(path, `a place is written {${foreign[1] ?? ''}}, not ${segment}`)
    if (segment === '*')
      throw wrong(path, 'there are no wildcards; a handler that is mounted has all paths below its own')
    if (!literal.test(segment))
      throw wrong(path, `"${segment}" is neither a literal nor a place such as {slug} or {article.slug}`)
    return segment
  })
  return { segments, places: segments.filter(segment => typeof segment !== 'string') }
}

export function routePath(graph: ModelGraph, model: ModelNode, path: string): RoutePath {
  const { segments, places: found } = readPath(path)
  const names = segments.map(segment => {
    if (typeof segment === 'string') return segment
    const { relation, field } = segment
    return `{${relation === null ? field : relation + capitalise(field)}}`
  })
  const relations = [...new Set(found.map(({ relation }) => relation).filter(relation => relation !== null))]
  const [relation] = relations
  if (relations.length > 1)
    throw wrong(path, `it names rows of ${relations.join(' and ')}; a row can stand under one other`)
  const parentModel = relation === undefined ? null : parentOf(graph, model, relation, path)
  const places = found.map((each): PathPlace => {
    const owner = each.relation === null ? model : (parentModel ?? model)
    const type = owner.fields[each.field]?.type
    if (type === undefined) throw wrong(path, `${owner.name} has no field "${each.field}"`)
    return {
      name: each.relation === null ? each.field : each.relation + capitalise(each.field),
      field: each.field,
      type,
    }
  })
  const rowPlaces = (of: ModelNode, from: string | null): RowPlaces | null => {
    const positions = found.flatMap((each, index) => (each.relation === from ? [index] : []))
    if (positions.length === 0) return null
    const fields = positions.map(index => found[index]?.field ?? '')
    const wanted = JSON.stringify(fields.toSorted())
    if (!namingFields(of, false).some(each => JSON.stringify(each.toSorted()) === wanted)) {
      throw wrong(path, `${fields.join(' and ')} names no one row of ${of.name}: it has to be the key or unique`)
    }
    return { fields, positions, types: positions.map(index => places[index]?.type ?? { kind: 'text', options: {} }) }
  }
  const parent = parentModel === null || relation === undefined ? null : rowPlaces(parentModel, relation)
  return {
    path: names.join('/'),
    own: rowPlaces(model, null),
    parent: parent === null || relation === undefined ? null : { ...parent, relation, model: parentModel?.name ?? '' },
    places,
  }
}

function parentOf(graph: ModelGraph, model: ModelNode, name: string, path: string): ModelNode {
  const relation = model.relations[name]
  const target = relation === undefined ? undefined : graph.models[relation.target]
  if (target === undefined || relation?.kind !== 'belongsTo')
    throw wrong(path, `${model.name} has no belongsTo relation "${name}"`)
  return target
}

/** The texts of some places, decoded; null when one cannot be a value of its field: then no such row exists. */
export function placeTexts({ positions, types }: RowPlaces, segments: readonly string[]): readonly string[] | null {
  const texts: string[] = []
  for (const [index, position] of positions.entries()) {
    const text = decoded(segments[position] ?? '')
    const type = types[index]
    if (text === null || type === undefined || !kindOf(type).parseText(text, type, '').ok) return null
    texts.push(text)
  }
  return texts
}

export function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}
