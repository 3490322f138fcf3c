/** The consistency token in descriptions: what writes answer with and reads take back, where reads may go to replicas. */
import type { SchemaObject } from '../../model/index.ts'

const name = 'Consistency-Token'
const schema: SchemaObject = { type: 'string', maxLength: 64 }

export const consistencyParameter: SchemaObject = {
  name,
  in: 'header',
  description:
    'The token of an earlier answer: what is read includes what was written then. Browsers have it in a cookie.',
  schema,
}

export const consistencyHeader: SchemaObject = {
  description: 'Send it with later reads: they will include what this request has written.',
  schema,
}

/** An operation with the token. */
export function withConsistency(operation: SchemaObject, method: string): SchemaObject {
  if (method === 'GET') {
    const parameters = operation['parameters'] as readonly SchemaObject[]
    return { ...operation, parameters: [...parameters, { $ref: '#/components/parameters/ConsistencyToken' }] }
  }
  const responses = operation['responses'] as Readonly<Record<string, SchemaObject>>
  return { ...operation, responses: Object.fromEntries(Object.entries(responses).map(answered)) }
}

function answered([status, response]: readonly [string, SchemaObject]): readonly [string, SchemaObject] {
  if (!status.startsWith('2')) return [status, response]
  const headers = response['headers'] as SchemaObject
  return [status, { ...response, headers: { ...headers, [name]: { $ref: `#/components/headers/${name}` } } }]
}
