/** Binds a plan's parameters: reads the request's values into canonical form, checks bounds, and adds what the caller and the moment give. */
import { type ErrorDetail, refusal } from '../error/index.ts'
import { uncapitalise } from '../lib/index.ts'
import { type FieldType, storedForm, type Value } from '../model/index.ts'
import type { ExecutionContext, Limits, Parameter, ValueForm } from '../query/index.ts'
import { parseValue } from './parse-value.ts'

/** What parameters are bound from. */
export interface Sources {
  readonly form: ValueForm
  readonly values: readonly unknown[]
  /** Values of the page cursor, already read. */
  readonly position: readonly Value[]
  /** Values that the engine hands to a step of a write. */
  readonly steps: Readonly<Record<string, Value>>
}

export const noSources: Sources = Object.freeze({ form: 'native', values: [], position: [], steps: {} })

export function bindParameters(
  parameters: readonly Parameter[],
  sources: Sources,
  context: ExecutionContext,
  limits: Limits,
): Value[] {
  const bound: Value[] = []
  for (const parameter of parameters) bound.push(bindOne(parameter, sources, context, limits))
  return bound
}

function bindOne(parameter: Parameter, sources: Sources, context: ExecutionContext, limits: Limits): Value {
  switch (parameter.source) {
    case 'request': {
      const input = sources.values[parameter.slot]
      return parameter.list
        ? readList(input, parameter, sources.form, limits)
        : readValue(input, parameter, sources.form)
    }
    case 'limit': {
      const input = parameter.slot === null ? undefined : sources.values[parameter.slot]
      const limit = input === undefined ? Math.min(parameter.fallback, parameter.maximum) : wholeNumber(input)
      if (limit === null || limit < 1 || limit > parameter.maximum) {
        throw refusal(
          'request.limit-out-of-range',
          { value: String(input), limit: parameter.maximum },
          { pointer: `?${parameter.name}` },
        )
      }
      return limit + parameter.peek
    }
    case 'offset': {
      const input = sources.values[parameter.slot]
      const offset = input === undefined ? 0 : wholeNumber(input)
      if (offset !== null && offset >= 0 && offset <= parameter.maximum) return offset
      throw refusal(
        'request.malformed-parameter',
        { name: parameter.name, reason: `it has to be a whole number from 0 to ${parameter.maximum}` },
        { pointer: `?${parameter.name}` },
      )
    }
    case 'cursor':
      return sources.position[parameter.index] ?? null
    case 'caller':
      return storedForm(context.caller.attributes[parameter.attribute] ?? null, parameter.type)
    case 'now':
      return context.now
    case 'step': {
      const value = sources.steps[parameter.name]
      if (value === undefined) throw new Error(`The engine gave no value for ${parameter.name}`)
      return value
    }
    default:
      return parameter satisfies never
  }
}

function wholeNumber(input: unknown): number | null {
  if (typeof input === 'number') return Number.isSafeInteger(input) ? input : null
  return typeof input === 'string' && /^\d{1,9}$/.test(input) ? Number(input) : null
}

interface Named {
  readonly name: string
  readonly type: FieldType
}

function readValue(input: unknown, { name, type }: Named, form: ValueForm): Value {
  const pointer = `?${name}`
  if (input === null || input === undefined) {
    const reason = input === null ? 'null is tested with isNull' : 'it is undefined'
    throw refusal('request.malformed-parameter', { name, reason }, { pointer })
  }
  const parsed = parseValue(input, type, form, pointer)
  if (!parsed.ok) throw invalidValue(name, parsed.error)
  return storedForm(parsed.value, type)
}

function invalidValue(name: string, error: ErrorDetail): Error {
  const options = { pointer: error.pointer, errors: [error] }
  // U+0000 is refused in the same way wherever it stands: no database could hold it.
  if (error.code === 'values.null-character') return refusal('values.null-character', {}, options)
  return refusal(
    'request.malformed-parameter',
    { name, reason: uncapitalise(error.message).replace(/\.$/, '') },
    options,
  )
}

function readList(input: unknown, named: Named, form: ValueForm, limits: Limits): Value[] {
  const { name } = named
  if (!Array.isArray(input)) {
    throw refusal('request.malformed-parameter', { name, reason: 'it has to be a list' }, { pointer: `?${name}` })
  }
  if (input.length > limits.listLength) {
    throw refusal(
      'request.list-too-long',
      { name, count: input.length, limit: limits.listLength },
      { pointer: `?${name}` },
    )
  }
  return input.map((each: unknown) => readValue(each, named, form))
}

/** Refuses before execution when nested limits multiply to too many rows (semantics 19). */
export function checkLimitProducts(
  products: readonly (readonly number[])[],
  parameters: readonly Parameter[],
  values: readonly Value[],
  limits: Limits,
): void {
  for (const product of products) {
    let rows = 1
    for (const index of product) {
      const parameter = parameters[index]
      const peek = parameter?.source === 'limit' ? parameter.peek : 0
      rows *= Number(values[index]) - peek
    }
    if (rows > limits.maximumRows) throw refusal('request.page-too-large', { rows, limit: limits.maximumRows })
  }
}
