/** The answers of generated routes. */
import type { ModelGraph, ModelNode, SchemaObject } from '../../model/index.ts'
import type { ModelRoute } from '../contract/index.ts'
import { partRef, schemaRef } from './schema-names.ts'

const json = 'application/json'

const problem = (status: string): SchemaObject => ({ $ref: `#/components/responses/Problem${status}` })
const header = (name: string): SchemaObject => ({ $ref: `#/components/headers/${name}` })

function answer(description: string, schema: SchemaObject | null, headers: readonly string[] = []): SchemaObject {
  return {
    description,
    headers: Object.fromEntries(['X-Request-Id', ...headers].map(name => [name, header(name)])),
    ...(schema === null ? {} : { content: { [json]: { schema } } }),
  }
}

/** A row whole, or what `select` asks for. */
const rowSchema = (graph: ModelGraph, model: ModelNode): SchemaObject => ({
  anyOf: [schemaRef(model.name), partRef(graph, model, 'Selected')],
})

const readHeaders = ['ETag', 'Cache-Control', 'Vary'] as const
const ofPages = [...readHeaders, 'Link'] as const
const notModified = { '304': answer('Nothing is new.', null, readHeaders) }

/** Refusals that every route can give. */
const common = ['400', '401', '403', '414', '422', '431', '500', '503']
const body = ['413', '415']

export function answersOf(route: ModelRoute, model: ModelNode, graph: ModelGraph): SchemaObject {
  const statuses = [...common, ...(route.produces.length === 0 ? [] : ['406']), ...refusals(route, model)]
  return {
    ...successes(route, model, graph),
    ...Object.fromEntries(statuses.map(status => [status, problem(status)])),
    default: problem('Default'),
  }
}

/** Refusals of one operation besides. Without a version nothing can have changed since. */
function refusals({ operation }: ModelRoute, { versionField }: ModelNode): readonly string[] {
  const changed = versionField === null ? [] : ['412']
  switch (operation) {
    case 'list':
    case 'aggregate':
      return ['412']
    case 'one':
      return ['404', '412']
    case 'create':
      return [...body, '409']
    case 'update':
      return [...body, '404', '409', ...changed]
    case 'updateMany':
      return [...body, '409']
    case 'delete':
      return ['404', '409', ...changed]
    case 'deleteMany':
      return ['409']
    case 'restore':
      return ['404', '409']
    default:
      return operation satisfies never
  }
}

function successes({ operation, query }: ModelRoute, model: ModelNode, graph: ModelGraph): SchemaObject {
  const row = rowSchema(graph, model)
  const count: SchemaObject = {
    type: 'object',
    properties: { count: { type: 'integer', minimum: 0 } },
    required: ['count'],
    additionalProperties: false,
  }
  switch (operation) {
    case 'list':
      return {
        '200': answer('A page of rows.', pageSchema(row), ofPages),
        '304': answer('Nothing is new.', null, ofPages),
      }
    case 'one':
      return { '200': answer('The row.', row, readHeaders), ...notModified }
    case 'aggregate':
      return { '200': answer('The figures, group by group.', aggregateSchema(), readHeaders), ...notModified }
    case 'create':
      return {
        '201': answer('It is created.', { anyOf: [row, { type: 'array', items: row }] }, [
          'Location',
          'ETag',
          'Preference-Applied',
        ]),
        ...(query.words.includes('on')
          ? { '200': answer('The row that was there is updated.', row, ['ETag', 'Preference-Applied']) }
          : {}),
        '204': answer('It is done; there is nothing to show.', null, ['Location', 'Preference-Applied']),
      }
    case 'update':
    case 'restore':
      return {
        '200': answer('The row as it is now.', row, ['ETag', 'Preference-Applied']),
        '204': answer('It is done; there is nothing to show.', null, ['Preference-Applied']),
      }
    case 'delete':
      return { '204': answer('It is deleted.', null) }
    case 'updateMany':
      return { '200': answer('How many rows were changed.', count) }
    case 'deleteMany':
      return { '200': answer('How many rows were deleted.', count) }
    default:
      return operation satisfies never
  }
}

function pageSchema(row: SchemaObject): SchemaObject {
  const cursor = { type: ['string', 'null'], pattern: '^[A-Za-z0-9_-]+$' }
  return {
    type: 'object',
    properties: {
      data: { type: 'array', items: row },
      page: {
        type: 'object',
        properties: { after: cursor, before: cursor },
        required: ['after', 'before'],
        additionalProperties: false,
      },
      count: { type: 'integer', minimum: 0, description: 'All rows that fulfil the conditions, when `count=true`.' },
    },
    required: ['data', 'page'],
    additionalProperties: false,
  }
}

function aggregateSchema(): SchemaObject {
  return {
    type: 'object',
    properties: {
      data: {
        type: 'array',
        items: {
          type: 'object',
          description:
            'The values of `groupBy` under their names; figures as `count`, `countPrice`, `sumPrice`, `avgPrice`, `minPrice`, `maxPrice`.',
          properties: { count: { type: 'integer', minimum: 0 } },
          additionalProperties: true,
        },
      },
    },
    required: ['data'],
    additionalProperties: false,
  }
}

const titles: Readonly<Record<string, string>> = {
  '400': 'The request cannot be understood.',
  '401': 'The caller has to sign in.',
  '403': 'The caller may not do this.',
  '404': 'There is no such row, or none that the caller may read.',
  '406': 'No representation that the request accepts.',
  '409': 'It conflicts with other rows.',
  '412': 'The row has changed since.',
  '413': 'The body is too large.',
  '414': 'The URL is too long.',
  '415': 'A body of this type cannot be read.',
  '422': 'The values are not valid.',
  '431': 'The headers are too large.',
  '500': 'Something went wrong on the server.',
  '503': 'The server is busy or stopping.',
  Default: 'Any other refusal.',
}

/** Statuses that have a response of their own among the components. */
export const problemStatuses: ReadonlySet<string> = new Set(Object.keys(titles))

/** `schema`: the name of the schema of refusals. */
export function problemResponses(schema: string): SchemaObject {
  return Object.fromEntries(
    Object.entries(titles).map(([status, description]) => [
      `Problem${status}`,
      {
        description,
        headers: {
          'X-Request-Id': header('X-Request-Id'),
          ...(status === '401' ? { 'WWW-Authenticate': header('WWW-Authenticate') } : {}),
          ...(status === '412' ? { ETag: header('ETag') } : {}),
          ...(status === '503' ? { 'Retry-After': header('Retry-After') } : {}),
        },
        content: { 'application/problem+json': { schema: schemaRef(schema) } },
      },
    ]),
  )
}

export const answerHeaders: Readonly<Record<string, SchemaObject>> = {
  'X-Request-Id': { description: 'The id of the request, as the log has it.', schema: { type: 'string' } },
  ETag: {
    description: 'The tag of the answer; of one row its version and a hash.',
    schema: { type: 'string', pattern: '^"[!#-~]+"$' },
  },
  'Cache-Control': { description: '`private` when the answer depends on the caller.', schema: { type: 'string' } },
  Vary: { description: 'The header that carries the credential.', schema: { type: 'string' } },
  Link: { description: 'The pages around this one, as `next` and `prev` (RFC 8288).', schema: { type: 'string' } },
  Location: {
    description: 'The address of the row that was created.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Preference-Applied': { description: 'The preference that was granted (RFC 7240).', schema: { type: 'string' } },
  'WWW-Authenticate': { description: 'How to sign in.', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'string' } },
}

export const problemSchema: SchemaObject = {
  type: 'object',
  description: 'A refusal (RFC 9457).',
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Names the kind of problem, and leads to its page.' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    code: { type: 'string', description: 'A stable code of the catalogue.' },
    hint: { type: 'string' },
    parameters: { type: 'object', additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          code: { type: 'string' },
          pointer: { type: 'string', description: 'A JSON Pointer into the body, or `?name` for a parameter.' },
          message: { type: 'string' },
          hint: { type: 'string' },
        },
        required: ['code', 'pointer', 'message'],
        additionalProperties: false,
      },
    },
    request: { type: 'string', description: 'The id of the request.' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'request'],
  additionalProperties: false,
}
