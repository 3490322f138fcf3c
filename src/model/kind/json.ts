/** `json`: any JSON value, optionally held to a JSON Schema or a Standard Schema. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { canonicalJson, compareCodePoints, pointerStep } from '../../lib/index.ts'
import type { FieldKind, Parsed } from '../kind.ts'
import type { FieldType, JsonSchema } from '../value.ts'
import { copyJson } from './json-copy.ts'
import { schemaMistake } from './json-validator.ts'
import { mistake, numberOption, refused, wrongType } from './support.ts'

export interface JsonOptions {
  /** The most bytes of the value's JSON text; 65,536 by default. */
  readonly max?: number
}

const jsonDefaultMax = 65_536

/** Standard Schemas of declared fields, by the options of their type: functions stay out of the graph. */
const standardSchemas = new WeakMap<object, StandardSchemaV1>()

export function rememberStandardSchema(options: FieldType['options'], schema: StandardSchemaV1): void {
  standardSchemas.set(options, schema)
}

export function jsonSchemaOption(type: FieldType): Exclude<JsonSchema, boolean> | undefined {
  const schema = type.options['schema']
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
    ? (schema as Exclude<JsonSchema, boolean>)
    : undefined
}

function parse(input: unknown, type: FieldType, pointer: string): Parsed {
  const copied = copyJson(input, pointer)
  if (!copied.ok) return copied
  const max = numberOption(type, 'max') ?? jsonDefaultMax
  if (Buffer.byteLength(JSON.stringify(copied.value)) > max) {
    return refused('values.too-long', { limit: max, unit: 'bytes of JSON' }, pointer)
  }
  const standard = standardSchemas.get(type.options)
  if (standard !== undefined) return parseStandard(standard, copied.value, pointer)
  const schema = jsonSchemaOption(type)
  const wrong = schema === undefined ? undefined : schemaMistake(schema, copied.value, pointer)
  return wrong === undefined ? copied : mistake(wrong)
}

function parseStandard(schema: StandardSchemaV1, value: unknown, pointer: string): Parsed {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise)
    return refused('values.schema', { reason: 'its schema answers later, which fields cannot wait for' }, pointer)
  if (result.issues === undefined) return copyJson(result.value, pointer)
  const issue = result.issues[0]
  const path = (issue?.path ?? [])
    .map(step => `/${pointerStep(String(typeof step === 'object' ? step.key : step))}`)
    .join('')
  return refused('values.schema', { reason: issue?.message ?? 'it is not valid' }, pointer + path)
}

export const jsonKind: FieldKind = Object.freeze({
  name: 'json',
  storage: 'json',
  operators: ['isNull'],
  sortable: false,
  parseJson: parse,
  parseText(text: string, type: FieldType, pointer: string): Parsed {
    try {
      return parse(JSON.parse(text), type, pointer)
    } catch {
      return wrongType('JSON', pointer)
    }
  },
  parseNative: parse,
  compare: (left, right) => compareCodePoints(canonicalJson(left), canonicalJson(right)),
  jsonSchema: type => jsonSchemaOption(type) ?? true,
} satisfies FieldKind)
