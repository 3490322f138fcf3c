/** Inputs and outputs that are a Standard Schema: Zod, Valibot, ArkType and the like, as long as it can give a JSON Schema. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { detail, type ErrorDetail, refusal } from '../../error/index.ts'
import { capitalise, nearest, own, pointerStep } from '../../lib/index.ts'
import type { JsonSchema, Value } from '../../model/index.ts'
import type { InputShape, OutputShape } from './shape.ts'

export function isStandardSchema(given: unknown): given is StandardSchemaV1 {
  return (typeof given === 'object' || typeof given === 'function') && given !== null && '~standard' in given
}

/** `owner`: who has it, as in `the input of publish`. */
export function standardInput(schema: StandardSchemaV1, owner: string): InputShape {
  const jsonSchema = closed(describe(schema, 'input', owner))
  const noTexts = takingNoText(jsonSchema)
  return {
    jsonSchema,
    names: Object.keys(propertiesOf(jsonSchema)),
    async read(given, { form, texts, pointer }) {
      const input = fromTexts(
        given,
        noTexts.filter(name => form === 'text' || texts.includes(name)),
      )
      const unknown = unknownNames(jsonSchema, input, pointer, capitalise(owner))
      if (unknown.length > 0) return { ok: false, errors: unknown }
      const result = await schema['~standard'].validate(input)
      if (result.issues === undefined) return { ok: true, value: result.value }
      return { ok: false, errors: result.issues.map(issue => issueDetail(issue, pointer)) }
    },
  }
}

export function standardOutput(schema: StandardSchemaV1, owner: string): OutputShape {
  return {
    jsonSchema: describe(schema, 'output', owner),
    async write(output) {
      const result = await schema['~standard'].validate(output)
      if (result.issues === undefined) return JSON.parse(JSON.stringify(result.value)) as Value
      const reasons = result.issues.map(({ message, path }) => `${path?.map(segmentOf).join('.') ?? ''}: ${message}`)
      throw new TypeError(`${owner} is not what was declared: ${reasons.join('; ')}`)
    },
  }
}

const segmentOf = (segment: PropertyKey | StandardSchemaV1.PathSegment): string =>
  String(typeof segment === 'object' ? segment.key : segment)

function issueDetail({ message, path }: StandardSchemaV1.Issue, pointer: string): ErrorDetail {
  const place = (path ?? []).map(segment => `/${pointerStep(segmentOf(segment))}`).join('')
  return detail('values.schema', { reason: message.replace(/\.$/, '') }, `${pointer}${place}`)
}

function describe(schema: StandardSchemaV1, direction: 'input' | 'output', owner: string): JsonSchema {
  const { vendor } = schema['~standard']
  const wrong = (reason: string): Error => refusal('boot.field-invalid', { field: owner, reason })
  if (!isDescribed(schema)) throw wrong(`its schema (by ${vendor}) cannot give a JSON Schema`)
  try {
    const { $schema: _, ...described } = schema['~standard'].jsonSchema[direction]({ target: 'draft-2020-12' })
    return described
  } catch (error) {
    throw wrong(
      `its schema (by ${vendor}) gives no JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function isDescribed(schema: StandardSchemaV1): schema is StandardSchemaV1 & StandardJSONSchemaV1 {
  return 'jsonSchema' in schema['~standard']
}

/** The names of what cannot be a text, so that one from a path or a query says it as JSON: a number, or a list. */
const takingNoText = (schema: JsonSchema): readonly string[] =>
  Object.entries(propertiesOf(schema)).flatMap(([name, property]) =>
    takesText(property, isKeywords(schema) ? schema['$defs'] : undefined) ? [] : [name],
  )

function fromTexts(input: unknown, names: readonly string[]): unknown {
  if (names.length === 0 || !isKeywords(input)) return input
  const read = names.flatMap(name => {
    const given = input[name]
    return typeof given === 'string' ? [[name, fromText(given)] as const] : []
  })
  return { ...input, ...Object.fromEntries(read) }
}

/** What is no JSON stays a text, and the schema says what it should have been. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A schema that does not say of what type its values are takes texts, too. */
function takesText(schema: unknown, definitions: unknown): boolean {
  if (!isKeywords(schema)) return true
  const { type, $ref: reference } = schema
  if (typeof reference === 'string') {
    const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1]
    return name === undefined || !isKeywords(definitions) || takesText(definitions[name], definitions)
  }
  const union = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(union)) return union.some(each => takesText(each, definitions))
  if (Array.isArray(schema['enum'])) return schema['enum'].some(each => typeof each === 'string')
  if ('const' in schema) return typeof schema['const'] === 'string'
  return type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'))
}

type Keywords = Readonly<Record<string, unknown>>

const isKeywords = (schema: unknown): schema is Keywords =>
  typeof schema === 'object' && schema !== null && !Array.isArray(schema)

/** An object whose properties are all listed, and that does not say what happens to others. */
function listedProperties(schema: Keywords): Keywords | null {
  const { properties } = schema
  const open = ['additionalProperties', 'patternProperties', 'unevaluatedProperties', 'allOf', 'anyOf', 'oneOf', '$ref']
  return isKeywords(properties) && !open.some(word => word in schema) ? properties : null
}

/** The choices of a schema that says nothing else about an object. */
function unionOf(
  schema: Keywords,
): { readonly word: 'anyOf' | 'oneOf'; readonly choices: readonly JsonSchema[] } | null {
  for (const word of ['anyOf', 'oneOf'] as const) {
    const choices = schema[word]
    if (Array.isArray(choices) && !('properties' in schema)) return { word, choices }
  }
  return null
}

const propertiesOf = (schema: JsonSchema): Keywords =>
  isKeywords(schema) && isKeywords(schema['properties']) ? schema['properties'] : {}

/** Unknown names are mistakes (semantics 33), so what is published says so. */
function closed(schema: JsonSchema): JsonSchema {
  if (!isKeywords(schema)) return schema
  const properties = listedProperties(schema)
  const { items } = schema
  const union = unionOf(schema)
  return {
    ...schema,
    ...(isKeywords(items) ? { items: closed(items) } : {}),
    ...(union === null ? {} : { [union.word]: union.choices.map(closed) }),
    ...(properties === null
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [name, closed(each as JsonSchema)]),
          ),
          additionalProperties: false,
        }),
  }
}

/** Whether names of such an input are for this schema to know: a text has none. */
function mayHold(schema: JsonSchema, input: unknown): boolean {
  const type = isKeywords(schema) ? schema['type'] : undefined
  return typeof type !== 'string' || type === (Array.isArray(input) ? 'array' : 'object')
}

/** Most validators drop names that they do not know; here nothing is ignored. */
function unknownNames(schema: JsonSchema, input: unknown, pointer: string, owner: string): ErrorDetail[] {
  if (!isKeywords(schema)) return []
  const { items, properties } = schema
  if (Array.isArray(input) && isKeywords(items)) {
    return input.flatMap((each, index) => unknownNames(items, each, `${pointer}/${index}`, owner))
  }
  const union = unionOf(schema)
  if (union !== null) {
    // Those of the choice that it comes nearest to.
    const each = union.choices
      .filter(choice => mayHold(choice, input))
      .map(choice => unknownNames(choice, input, pointer, owner))
    return each.toSorted((one, other) => one.length - other.length)[0] ?? []
  }
  if (!isKeywords(input) || !isKeywords(properties)) return []
  return Object.entries(input).flatMap(([name, value]) => {
    const place = `${pointer}/${pointerStep(name)}`
    const inner = own(properties, name)
    if (inner !== undefined) return unknownNames(inner as JsonSchema, value, place, owner)
    if (schema['additionalProperties'] !== false) return []
    return [
      detail('values.unknown-field', { model: owner, name, nearest: nearest(name, Object.keys(properties)) }, place),
    ]
  })
}
