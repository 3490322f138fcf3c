/** JSON Schemas of fields' values as documents show them: objects, in forms that generators of clients know. */
import { kindOf } from './kind/index.ts'
import type { FieldType, JsonSchema } from './value.ts'

export type SchemaObject = Exclude<JsonSchema, boolean>

/** A kind's schema as an object, with what no text may hold (U+0000) said where nothing else says what it may. */
export function valueSchema(type: FieldType): SchemaObject {
  const schema: JsonSchema = kindOf(type).jsonSchema(type)
  if (typeof schema === 'boolean') return {}
  const isOpenText =
    schema['type'] === 'string' && !['pattern', 'format', 'enum', 'contentEncoding'].some(word => word in schema)
  if (isOpenText) return { ...schema, pattern: '^[^\\u0000]*$' }
  return type.element === undefined ? schema : { ...schema, items: valueSchema(type.element) }
}

/** Words beside a type that null would have to fulfil, too. */
const narrowing = ['enum', 'const', 'anyOf', 'oneOf', 'allOf', 'not', 'if', '$ref']

/** The schema that also takes null. */
export function nullableSchema(schema: SchemaObject): SchemaObject {
  if (Object.keys(schema).length === 0) return schema
  if (typeof schema['type'] === 'string' && !narrowing.some(word => word in schema)) {
    return { ...schema, type: [schema['type'], 'null'] }
  }
  return { anyOf: [schema, { type: 'null' }] }
}
