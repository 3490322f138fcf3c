/** Inputs and outputs that are named fields: each is read and written by its kind. */
import { parseValue } from '../../engine/index.ts'
import { detail, type ErrorDetail } from '../../error/index.ts'
import { capitalise, nearest, pointerStep } from '../../lib/index.ts'
import {
  type InputField,
  type InputObject,
  isInputObject,
  type JsonSchema,
  kindOf,
  nativeValue,
  nullableSchema,
  type Value,
  valueSchema,
} from '../../model/index.ts'
import type { ExecutionContext, ValueForm } from '../../query/index.ts'
import type { InputShape, OutputShape, ReadInput } from './shape.ts'

/** `owner`: who has the fields, for messages. */
export function fieldsInput(object: InputObject, owner: string): InputShape {
  return {
    names: Object.keys(object.fields),
    jsonSchema: objectSchema(object, 'input'),
    read(input, { form, texts, pointer }, context): ReadInput {
      const errors: ErrorDetail[] = []
      const value = readObject(object, capitalise(owner), input, { form, texts, context, errors }, pointer)
      return errors.length === 0 ? { ok: true, value } : { ok: false, errors }
    },
  }
}

interface Reading {
  readonly form: ValueForm
  readonly texts: readonly string[]
  readonly context: ExecutionContext
  readonly errors: ErrorDetail[]
}

function readObject(
  object: InputObject,
  owner: string,
  input: unknown,
  reading: Reading,
  pointer: string,
): Record<string, unknown> {
  const { errors } = reading
  const value: Record<string, unknown> = {}
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    errors.push(detail('values.wrong-type', { expected: 'an object' }, pointer))
    return value
  }
  const given = new Map<string, unknown>(Object.entries(input))
  for (const [name, node] of Object.entries(object.fields)) {
    const place = `${pointer}/${pointerStep(name)}`
    const one = given.get(name)
    given.delete(name)
    if (one === undefined && object.partial) continue
    const inner = reading.texts.includes(name) ? { ...reading, form: 'text' as const } : reading
    if (isInputObject(node)) value[name] = readObject(node, name, one === undefined ? {} : one, within(reading), place)
    else value[name] = readField(node, name, one, inner, place)
  }
  for (const [name, one] of given) {
    if (one === undefined) continue
    const parameters = { model: owner, name, nearest: nearest(name, Object.keys(object.fields)) }
    errors.push(detail('values.unknown-field', parameters, `${pointer}/${pointerStep(name)}`))
  }
  return value
}

/** Only names of the outermost object stand in a path. */
const within = (reading: Reading): Reading => (reading.texts.length === 0 ? reading : { ...reading, texts: [] })

function readField(
  field: InputField,
  name: string,
  input: unknown,
  { form, context, errors }: Reading,
  pointer: string,
): unknown {
  const { type } = field
  const native = (value: Value): unknown => nativeValue(value, type)
  if (input === undefined) {
    if (field.default !== null) return native(field.default.from === 'now' ? context.now : field.default.value)
    if (!field.nullable) errors.push(detail('values.required', { name }, pointer))
    return null
  }
  if (input === null) {
    if (!field.nullable) errors.push(detail('values.not-nullable', { name }, pointer))
    return null
  }
  const parsed = parseValue(input, type, form, pointer)
  if (parsed.ok) return native(parsed.value)
  errors.push(parsed.error)
  return null
}

export function fieldsOutput(object: InputObject, owner: string): OutputShape {
  return { jsonSchema: objectSchema(object, 'output'), write: objectWriter(object, owner) }
}

type Writer = (given: unknown) => Value

/** Only what is declared goes out: a row may hold more than the caller is to see. */
function objectWriter(object: InputObject, owner: string): Writer {
  const fields = Object.entries(object.fields).map(([name, node]) => {
    const inner = `"${name}" of ${owner}`
    return isInputObject(node)
      ? { name, write: objectWriter(node, inner), absent: 'written' as const }
      : { name, write: fieldWriter(node, inner), absent: absentValue(object, node) }
  })
  return output => {
    if (typeof output !== 'object' || output === null) throw new TypeError(`${owner} gave no object.`)
    const written: Record<string, Value> = {}
    for (const { name, write, absent } of fields) {
      const given: unknown = Reflect.get(output, name)
      if (absent === 'written' || (given !== undefined && given !== null)) written[name] = write(given)
      else if (absent === 'null') written[name] = null
      else if (absent === 'refused') throw new TypeError(`${owner} gave no "${name}".`)
    }
    return written
  }
}

/** What a field without a value is. */
function absentValue({ partial }: InputObject, { nullable }: InputField): 'null' | 'left out' | 'refused' {
  if (nullable) return 'null'
  return partial ? 'left out' : 'refused'
}

function fieldWriter({ type }: InputField, owner: string): Writer {
  const kind = kindOf(type)
  return given => {
    const parsed = kind.parseNative(given, type, '')
    if (parsed.ok) return parsed.value
    throw new TypeError(`${owner}: ${parsed.error.message}`)
  }
}

function objectSchema(object: InputObject, direction: 'input' | 'output'): JsonSchema {
  const properties = Object.entries(object.fields).map(([name, node]) => [
    name,
    isInputObject(node) ? objectSchema(node, direction) : fieldSchema(node),
  ])
  const required = Object.entries(object.fields)
    .filter(([, node]) => !object.partial && (direction === 'output' || isRequired(node)))
    .map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, JsonSchema>,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
}

/** A nested object can be left out when all of its fields can. */
function isRequired(node: InputField | InputObject): boolean {
  if (!isInputObject(node)) return !node.nullable && node.default === null
  return !node.partial && Object.values(node.fields).some(isRequired)
}

function fieldSchema({ type, nullable, default: given, words }: InputField): JsonSchema {
  const schema = valueSchema(type)
  return {
    ...(nullable ? nullableSchema(schema) : schema),
    ...(words.description === null ? {} : { description: words.description }),
    ...(words.deprecated === false ? {} : { deprecated: true }),
    ...(given?.from === 'literal' ? { default: given.value } : {}),
  }
}
