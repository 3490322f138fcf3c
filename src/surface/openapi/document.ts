/** The OpenAPI 3.1 document of generated routes: what is served, told by the routes themselves. */
import { capitalise, idOfPath } from '../../lib/index.ts'
import type { ModelGraph, ModelNode, SchemaObject } from '../../model/index.ts'
import type { Limits } from '../../query/index.ts'
import { defaultScheme } from '../../service/auth/index.ts'
import {
  admitsAnonymous,
  type DeclaredRoute,
  isClosed,
  type ModelOperation,
  type ModelRoute,
  type Route,
} from '../contract/index.ts'
import { answerHeaders, answersOf, problemResponses, problemSchema } from './answers.ts'
import { consistencyHeader, consistencyParameter, withConsistency } from './consistency.ts'
import { declaredOperation } from './declared-operation.ts'
import { filterSchema } from './filter-schema.ts'
import { headerComponents, parametersOf } from './parameters.ts'
import { readSchemas, writeSchemas } from './row-schemas.ts'
import { partRef, problemName, schemaName } from './schema-names.ts'

export interface DocumentOptions {
  readonly graph: ModelGraph
  /** What is served. Routes that say nothing of themselves, such as health checks, are not described. */
  readonly routes: readonly Route[]
  readonly limits: Limits
  readonly relationDepth: number
  /** The name of the API; `API` by default. */
  readonly title?: string
  readonly version?: string
  readonly description?: string
  /** The word before the token in the Authorization header: `Bearer` by default. */
  readonly scheme?: string
  /** Reads may go to replicas, so operations have the consistency token. */
  readonly consistencyTokens?: boolean
  /** Paths under which handlers of other frameworks answer, of which nothing more is known. */
  readonly opaquePrefixes?: readonly string[]
}

export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: SchemaObject
  readonly servers: readonly SchemaObject[]
  readonly tags: readonly SchemaObject[]
  readonly paths: Readonly<Record<string, SchemaObject>>
  readonly components: SchemaObject
  readonly 'x-opaque-prefixes'?: readonly string[]
}

export function openapiDocument(options: DocumentOptions): OpenApiDocument {
  const routes = options.routes.filter(isModelRoute)
  const declared = options.routes.filter(isDeclared)
  const models = [...new Set(routes.map(route => route.model))].flatMap(name => options.graph.models[name] ?? [])
  const described = { ...options, routes: [...routes, ...declared] }
  const served = paths(described)
  return {
    openapi: '3.1.1',
    info: {
      title: options.title ?? 'API',
      version: options.version ?? '1.0.0',
      ...(options.description === undefined ? {} : { description: options.description }),
    },
    servers: [{ url: '/' }],
    tags: tags(models, declared),
    paths: served,
    components: components(options, routes, models, served),
    ...(options.opaquePrefixes === undefined || options.opaquePrefixes.length === 0
      ? {}
      : { 'x-opaque-prefixes': options.opaquePrefixes }),
  }
}

const isModelRoute = (route: Route): route is ModelRoute => 'operation' in route && 'model' in route
const isDeclared = (route: Route): route is DeclaredRoute => 'described' in route

function tags(models: readonly ModelNode[], declared: readonly DeclaredRoute[]): readonly SchemaObject[] {
  const own = models.map(model => ({
    name: model.name,
    description: model.words.description ?? `Rows of ${model.name}.`,
  }))
  const names = new Set(own.map(tag => tag.name))
  const groups = [...new Set(declared.map(route => route.described.group))].filter(group => !names.has(group))
  return [...groups.map(name => ({ name, description: `Routes of ${name}.` })), ...own]
}

function paths(options: DocumentOptions): Record<string, SchemaObject> {
  const byPath: Record<string, Record<string, unknown>> = {}
  const ids = new Set<string>()
  for (const route of options.routes) {
    const model = isModelRoute(route) ? options.graph.models[route.model] : undefined
    const item = (byPath[route.path] ??= {})
    const described = isDeclared(route)
      ? declaredOperation(route)
      : isModelRoute(route) && model !== undefined
        ? operation(route, model, options)
        : null
    if (described === null) continue
    const named = { ...described, operationId: freeId(ids, String(described['operationId']), route) }
    item[route.method.toLowerCase()] = options.consistencyTokens === true ? withConsistency(named, route.method) : named
  }
  return byPath
}

/** An action may be called as a generated operation is, `createBook`: what comes later is named after its path then. */
function freeId(ids: Set<string>, wanted: string, { method, path }: Route): string {
  let id = ids.has(wanted) ? idOfPath(method, path) : wanted
  for (let count = 2; ids.has(id); count++) id = `${idOfPath(method, path)}${count}`
  ids.add(id)
  return id
}

const summaries: Readonly<Record<ModelOperation, (one: string, many: string) => string>> = {
  list: (_one, many) => `List ${many}`,
  one: one => `Read one ${one}`,
  aggregate: (_one, many) => `Count and add up ${many}`,
  create: (_one, many) => `Create ${many}`,
  update: one => `Change one ${one}`,
  delete: one => `Delete one ${one}`,
  updateMany: (_one, many) => `Change ${many} by filter`,
  deleteMany: (_one, many) => `Delete ${many} by filter`,
  restore: one => `Restore one ${one}`,
}

function operation(route: ModelRoute, model: ModelNode, options: DocumentOptions): SchemaObject {
  const content = requestSchema(route, model, options)
  return {
    operationId: `${route.operation}${model.name}`,
    summary: summaries[route.operation](model.name, model.plural.replaceAll('-', ' ')),
    tags: [model.name],
    ...(model.words.deprecated === false ? {} : { deprecated: true }),
    parameters: parametersOf(route, model, options),
    ...(content === null || route.consumes === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries(route.consumes.map(type => [type, { schema: content }])),
          },
        }),
    responses: answersOf(route, model, options.graph),
    security: admitsAnonymous(route) ? [{}, { credential: [] }] : [{ credential: [] }],
  }
}

function requestSchema(route: ModelRoute, model: ModelNode, { graph, limits }: DocumentOptions): SchemaObject | null {
  if (route.operation === 'create') {
    const row = partRef(graph, model, 'Create')
    return { anyOf: [row, { type: 'array', items: row, maxItems: limits.bulkRows }] }
  }
  if (route.operation === 'update') return partRef(graph, model, 'Update')
  return route.operation === 'updateMany' ? partRef(graph, model, 'UpdateMany') : null
}

function components(
  options: DocumentOptions,
  routes: readonly ModelRoute[],
  models: readonly ModelNode[],
  served: Readonly<Record<string, SchemaObject>>,
): SchemaObject {
  const { graph, limits, relationDepth, scheme = defaultScheme } = options
  const problem = problemName(graph)
  const schemas: Record<string, SchemaObject> = { [problem]: problemSchema }
  for (const model of models) {
    Object.assign(schemas, readSchemas(graph, model), writeSchemas(graph, model, limits.bulkRows))
    const filters = routes.some(route => route.model === model.name && route.query.filters)
    if (filters) {
      const bounds = { graph, relationDepth, listLength: limits.listLength }
      schemas[schemaName(graph, model, 'Filter')] = filterSchema(model, bounds)
    }
  }
  // A model that can be included but has no routes of its own is described too.
  for (const model of Object.values(graph.models)) {
    if (!(model.name in schemas) && !isClosed(model, 'read')) Object.assign(schemas, readSchemas(graph, model))
  }
  return {
    schemas: withoutUnused(schemas, served, problem),
    parameters: usedParameters(served),
    headers:
      options.consistencyTokens === true ? { ...answerHeaders, 'Consistency-Token': consistencyHeader } : answerHeaders,
    responses: problemResponses(problem),
    securitySchemes: { credential: securityScheme(scheme) },
  }
}

function securityScheme(scheme: string): SchemaObject {
  if (scheme.toLowerCase() === 'bearer') return { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }
  return {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: `\`${scheme}\`, a space, and the token. ${capitalise(scheme)} is the scheme of this API.`,
  }
}

function usedParameters(served: Readonly<Record<string, SchemaObject>>): SchemaObject {
  const text = JSON.stringify(served)
  return Object.fromEntries(
    Object.entries({ ...headerComponents, ConsistencyToken: consistencyParameter }).filter(([name]) =>
      text.includes(`"#/components/parameters/${name}"`),
    ),
  )
}

/** Schemas that nothing refers to say nothing. */
function withoutUnused(
  schemas: Record<string, SchemaObject>,
  served: Readonly<Record<string, SchemaObject>>,
  problem: string,
): Record<string, SchemaObject> {
  const used = new Set<string>([problem])
  const visit = (value: unknown): void => {
    for (const match of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      const name = match[1] ?? ''
      if (used.has(name)) continue
      used.add(name)
      visit(schemas[name] ?? {})
    }
  }
  visit(served)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
}
