/** Routes and actions that an application declared itself, as operations: everything is told by their descriptions. */
import { STATUS_CODES } from 'node:http'
import { sentenceCase } from '../../lib/index.ts'
import type { JsonSchema, SchemaObject } from '../../model/index.ts'
import type { DeclaredRoute } from '../contract/index.ts'
import { problemStatuses } from './answers.ts'

/** Refusals that the server itself may give, whatever the route. */
const ofTheServer = [400, 414, 431, 500, 503]

export function declaredOperation(route: DeclaredRoute): SchemaObject {
  const { described } = route
  const deprecated = described.deprecated
  const reason = typeof deprecated === 'string' ? `Deprecated: ${deprecated}` : null
  const chosen = described.chosen ? 'Not everyone who is signed in may do this.' : null
  const description = [described.description, chosen, reason].filter(part => part !== null).join(' ')
  const isRead = route.method === 'GET'
  return {
    operationId: described.id,
    summary: described.summary ?? sentenceCase(described.id),
    tags: [described.group],
    ...(description === '' ? {} : { description }),
    ...(deprecated === false ? {} : { deprecated: true }),
    parameters: [
      ...described.parameters.map(parameterObject),
      ...(isRead ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : []),
      ...(described.conditional ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
      ...(described.idempotent ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ],
    ...requestBody(route),
    responses: { ...answers(route), ...refusals(route) },
    ...(described.signedIn === 'none'
      ? { security: [] }
      : { security: described.signedIn === 'required' ? [{ credential: [] }] : [{}, { credential: [] }] }),
  }
}

function parameterObject(parameter: DeclaredRoute['described']['parameters'][number]): SchemaObject {
  const { name, required, description, schema } = parameter
  return {
    name,
    in: parameter.in,
    ...(required ? { required } : {}),
    ...(description === null ? {} : { description }),
    ...(isNested(schema) ? { content: { 'application/json': { schema } } } : { schema }),
  }
}

/** Such a value stands in a query as JSON. */
function isNested(schema: JsonSchema): boolean {
  if (typeof schema === 'boolean') return schema
  const { type, anyOf } = schema
  // Anything: a field of the kind JSON without a schema of its own.
  if (!['type', 'anyOf', 'enum', 'const', '$ref'].some(word => word in schema)) return true
  if (Array.isArray(anyOf)) return (anyOf as readonly JsonSchema[]).some(isNested)
  return [type].flat().some(each => each === 'array' || each === 'object')
}

function requestBody({ described, consumes }: DeclaredRoute): SchemaObject {
  const { body } = described
  if (body === null || consumes === null) return {}
  const content = Object.fromEntries(consumes.map(type => [type, { schema: body.schema }]))
  return { requestBody: { required: body.required, content } }
}

const header = (name: string): readonly [string, SchemaObject] => [name, { $ref: `#/components/headers/${name}` }]
const requestId = Object.fromEntries([header('X-Request-Id')])
const ofReads = Object.fromEntries(['X-Request-Id', 'ETag', 'Cache-Control', 'Vary', 'Link'].map(header))
/** Headers that a refusal has besides, by its status. */
const ofRefusals: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  412: ['ETag'],
  503: ['Retry-After'],
}

function answers({ described, produces, method }: DeclaredRoute): SchemaObject {
  const [type = 'application/json'] = produces
  const entries = described.answers.map(({ status, description, schema }): [string, SchemaObject] => [
    String(status),
    {
      description,
      headers: method === 'GET' ? ofReads : requestId,
      ...(schema === null ? {} : { content: { [type]: { schema } } }),
    },
  ])
  if (method === 'GET') entries.push(['304', { description: 'Nothing is new.', headers: ofReads }])
  return Object.fromEntries(entries)
}

function refusals({ described, consumes, produces }: DeclaredRoute): SchemaObject {
  const needsCaller = described.signedIn === 'none' ? [] : [401]
  const readsBody = consumes === null ? [] : [413, 415, 422]
  const choosesType = produces.length === 0 ? [] : [406]
  const statuses = [...new Set([...ofTheServer, ...choosesType, ...needsCaller, ...readsBody, ...described.refusals])]
  const { errors } = described
  const one = (status: number): SchemaObject => {
    if (errors !== null) {
      return {
        description: STATUS_CODES[status] ?? 'A refusal.',
        headers: { ...requestId, ...Object.fromEntries((ofRefusals[status] ?? []).map(header)) },
        content: { [errors.type]: { schema: errors.schema } },
      }
    }
    return { $ref: `#/components/responses/Problem${problemStatuses.has(String(status)) ? status : 'Default'}` }
  }
  const rest =
    errors === null
      ? { $ref: '#/components/responses/ProblemDefault' }
      : { ...one(0), description: 'Any other refusal.' }
  return { ...Object.fromEntries(statuses.map(status => [String(status), one(status)])), default: rest }
}
