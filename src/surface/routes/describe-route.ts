/** What the reference has to know of declared routes: told by the declarations that serve them. */
import type { Engine } from '../../engine/index.ts'
import { idOfPath, sentenceCase } from '../../lib/index.ts'
import { isAlways, type JsonSchema, type ModelGraph, type Predicate, valueSchema } from '../../model/index.ts'
import {
  envelopeSchema,
  type ActionOutput,
  projectionBodySchema,
  projectionSchema,
  type Projection,
} from '../../operation/index.ts'
import type { Limits } from '../../query/index.ts'
import type { AnswerDescription, ParameterDescription, RouteDescription } from '../contract/index.ts'
import type { FunctionRoute, ListRoute, RouteDeclaration } from './declaration.ts'
import { readsQuery } from './function-handler.ts'

/** `errors`: how the group presents refusals. */
export function describeRoute(
  { graph, limits }: Pick<Engine, 'graph' | 'limits'>,
  route: RouteDeclaration,
  signedIn: RouteDescription['signedIn'],
  group: string,
  errors: RouteDescription['errors'],
): RouteDescription {
  const words = route.kind === 'function' ? route.parts.words : null
  return {
    id: idOfPath(route.method, route.declaredPath),
    group,
    summary: route.words.summary ?? words?.label ?? null,
    description: route.words.description ?? words?.description ?? null,
    deprecated: route.words.deprecated ?? words?.deprecated ?? false,
    signedIn,
    chosen: !takesAllSignedIn(route.allow),
    parameters: [...placeParameters(route), ...queryParameters(route, limits)],
    body: bodyOf(graph, route),
    answers: answersOf(graph, route),
    refusals: refusalsOf(graph, route),
    errors,
    conditional: isConditional(graph, route),
    idempotent:
      route.method !== 'GET' && !(route.kind === 'function' && (route.parts.secret || !route.parts.transaction)),
  }
}

const takesAllSignedIn = (allow: Predicate): boolean =>
  allow.kind === 'signedIn' || isAlways(allow) || (allow.kind === 'or' && allow.of.some(takesAllSignedIn))

function parameter(
  place: 'path' | 'query',
  name: string,
  schema: JsonSchema,
  description: string | null,
): ParameterDescription {
  return { in: place, name, required: place === 'path', description, schema }
}

function placeParameters(route: RouteDeclaration): readonly ParameterDescription[] {
  if (route.kind !== 'function') {
    return route.path.places.map(({ name, type }) => parameter('path', name, valueSchema(type), null))
  }
  return route.places.map(name => parameter('path', name, inputProperty(route, name), null))
}

function inputProperty({ parts }: FunctionRoute, name: string): JsonSchema {
  const schema = parts.input?.jsonSchema
  const properties = typeof schema === 'object' ? (schema['properties'] as Readonly<Record<string, JsonSchema>>) : {}
  return withoutNull(properties[name] ?? true)
}

/** In a path and in a query everything is text: null is said by leaving out. */
function withoutNull(schema: JsonSchema): JsonSchema {
  if (typeof schema !== 'object') return schema
  const { type, anyOf } = schema
  if (Array.isArray(type)) {
    const types = type.filter(each => each !== 'null')
    return { ...schema, type: types.length === 1 ? types[0] : types }
  }
  if (!Array.isArray(anyOf)) return schema
  const choices = (anyOf as readonly JsonSchema[]).filter(each => typeof each !== 'object' || each['type'] !== 'null')
  const { anyOf: _, ...rest } = schema
  const [only] = choices
  return choices.length === 1 && typeof only === 'object' ? { ...rest, ...only } : { ...rest, anyOf: choices }
}

function queryParameters(route: RouteDeclaration, limits: Limits): readonly ParameterDescription[] {
  if (route.kind === 'list') return listParameters(route, limits)
  if (route.kind !== 'function' || !readsQuery(route.method)) return []
  const required = requiredOf(route.parts.input?.jsonSchema)
  return (route.parts.input?.names ?? [])
    .filter(name => !route.places.includes(name))
    .map(name => ({ ...parameter('query', name, inputProperty(route, name), null), required: required.includes(name) }))
}

const requiredOf = (schema: JsonSchema | undefined): readonly string[] =>
  typeof schema === 'object' && Array.isArray(schema['required']) ? (schema['required'] as string[]) : []

function listParameters(list: ListRoute, limits: Limits): readonly ParameterDescription[] {
  const filters = list.filters.map(({ name, type }) => parameter('query', name, valueSchema(type), null))
  const { limit, maximum } = list
  const page = parameter(
    'query',
    'limit',
    { type: 'integer', minimum: 1, maximum, default: limit },
    'The most rows to give.',
  )
  if (list.paging === null) return filters
  if (list.paging === 'offset') {
    const schema = { type: 'integer', minimum: 0, maximum: limits.offset, default: 0 }
    return [...filters, page, parameter('query', 'offset', schema, 'How many rows to skip.')]
  }
  const cursor = { type: 'string' }
  return [
    ...filters,
    page,
    parameter('query', 'after', cursor, 'The cursor of a page: the rows after it.'),
    parameter('query', 'before', cursor, 'The cursor of a page: the rows before it.'),
  ]
}

function bodyOf(graph: ModelGraph, route: RouteDeclaration): RouteDescription['body'] {
  if (route.kind === 'create' || route.kind === 'update') {
    const model = graph.models[route.model]
    if (model === undefined) return null
    const envelope = route.projection.envelope.one ?? null
    return { required: true, schema: projectionBodySchema(graph, model, route.input, route.kind, envelope) }
  }
  if (route.kind !== 'function' || readsQuery(route.method) || route.parts.input === null) return null
  const schema = withoutProperties(route.parts.input.jsonSchema, route.places)
  const { envelope } = route
  const required = envelope !== null || requiredOf(schema).length > 0
  return { required, schema: envelope === null ? schema : envelopeSchema({ [envelope]: schema }) }
}

/** What stands in the path does not stand in the body. */
function withoutProperties(schema: JsonSchema, names: readonly string[]): JsonSchema {
  if (typeof schema !== 'object' || names.length === 0) return schema
  const properties = Object.entries(schema['properties'] ?? {}).filter(([name]) => !names.includes(name))
  const required = requiredOf(schema).filter(name => !names.includes(name))
  const { required: _, ...rest } = schema
  return {
    ...rest,
    properties: Object.fromEntries(properties) as object,
    ...(required.length === 0 ? {} : { required }),
  }
}

function answersOf(graph: ModelGraph, route: RouteDeclaration): readonly AnswerDescription[] {
  const good = (status: number, schema: JsonSchema | null): AnswerDescription => ({
    status,
    description: descriptions[status] ?? 'Done.',
    schema,
  })
  switch (route.kind) {
    case 'list':
      return [good(200, listSchema(graph, route))]
    case 'one':
      return [good(200, rowSchema(graph, route.projection))]
    case 'create':
      // Who may write a row and not read it is told nothing of it.
      return [good(201, rowSchema(graph, route.projection)), good(204, null)]
    case 'update':
    case 'link':
      return [good(200, rowSchema(graph, route.projection)), good(204, null)]
    case 'remove':
      return [good(204, null)]
    case 'function':
      return functionAnswers(graph, route, good)
    default:
      return route satisfies never
  }
}

const descriptions: Readonly<Record<number, string>> = {
  200: 'The answer.',
  201: 'What was made.',
  202: 'It will be done.',
  204: 'Done; there is nothing to tell.',
}

function functionAnswers(
  graph: ModelGraph,
  { parts, envelope, status }: FunctionRoute,
  good: (status: number, schema: JsonSchema | null) => AnswerDescription,
): readonly AnswerDescription[] {
  const schema = outputSchema(graph, parts.output)
  if (schema === null) return [good(204, null)]
  const answer = good(status, envelope === null ? schema : envelopeSchema({ [envelope]: schema }))
  // One row may turn out to be closed to the caller, or not to be there.
  return parts.output.kind === 'rows' && !parts.output.many ? [answer, good(204, null)] : [answer]
}

/** Null: there is no output. A model's own rows are described by its name, which the reference resolves. */
function outputSchema(graph: ModelGraph, output: ActionOutput): JsonSchema | null {
  switch (output.kind) {
    case 'none':
      return null
    case 'value':
      return output.shape.jsonSchema
    case 'rows': {
      const row: JsonSchema =
        output.projection === null
          ? { $ref: `#/components/schemas/${output.model}` }
          : projectionSchema(graph, output.projection)
      return output.many ? { type: 'array', items: row } : row
    }
    default:
      return output satisfies never
  }
}

function rowSchema(graph: ModelGraph, projection: Projection): JsonSchema {
  const row = projectionSchema(graph, projection)
  const { one } = projection.envelope
  return one === undefined ? row : envelopeSchema({ [one]: row })
}

function listSchema(graph: ModelGraph, { projection, maximum, paging }: ListRoute): JsonSchema {
  const items = projectionSchema(graph, projection)
  const rows: JsonSchema = { type: 'array', items, ...(paging === null ? {} : { maxItems: maximum }) }
  const { many, count } = projection.envelope
  if (many === undefined) return rows
  return envelopeSchema({ [many]: rows, ...(count === undefined ? {} : { [count]: { type: 'integer', minimum: 0 } }) })
}

const isConditional = (graph: ModelGraph, route: RouteDeclaration): boolean =>
  (route.kind === 'update' || route.kind === 'remove') && typeof graph.models[route.model]?.versionField === 'string'

function refusalsOf(graph: ModelGraph, route: RouteDeclaration): readonly number[] {
  const writes = route.method !== 'GET'
  const takesInput = bodyTaken(route) || (route.kind === 'function' && route.parts.input !== null)
  const namesRows =
    route.kind === 'function' || route.path.places.length > 0 || ('row' in route && route.row === 'caller')
  const hasTag = route.kind === 'one' || route.kind === 'list' || isConditional(graph, route)
  return [
    400,
    401,
    403,
    ...(namesRows ? [404] : []),
    ...(writes ? [409] : []),
    ...(hasTag ? [412] : []),
    ...(takesInput || writes ? [422] : []),
  ]
}

const bodyTaken = (route: RouteDeclaration): boolean => route.kind === 'create' || route.kind === 'update'

/** A title for a group that has none. */
export const groupTitle = (prefix: string): string => sentenceCase(prefix.replaceAll('/', ' ').trim()) || 'Routes'
