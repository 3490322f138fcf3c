/** `array`: a list of values of one kind, kept in order, without nulls. */
import { detail, type ErrorDetail } from '../../error/index.ts'
import type { FieldKind, Parsed } from '../kind.ts'
import type { FieldType, Value } from '../value.ts'
import { mistake, numberOption, parsed, refused, wrongType } from './support.ts'

export interface ArrayOptions {
  /** The fewest elements; 0 by default. */
  readonly min?: number
  /** The most elements; 100 by default. */
  readonly max?: number
}

export const arrayDefaultMax = 100

export function elementOf(type: FieldType): FieldType {
  if (type.element === undefined) throw new TypeError('An array type without an element type.')
  return type.element
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
const items = (value: Value): readonly Value[] => (isList(value) ? value : [])

function boundsMistake(length: number, type: FieldType, pointer: string): ErrorDetail | undefined {
  const min = numberOption(type, 'min') ?? 0
  const max = numberOption(type, 'max') ?? arrayDefaultMax
  if (length < min) return detail('values.too-short', { limit: min, unit: 'elements' }, pointer)
  if (length > max) return detail('values.too-long', { limit: max, unit: 'elements' }, pointer)
  return undefined
}

/** The kind of lists; `kindOf` looks up the kind of the elements. */
export function arrayKind(kindOf: (type: FieldType) => FieldKind): FieldKind {
  function parse(input: unknown, type: FieldType, pointer: string, form: 'parseJson' | 'parseNative'): Parsed {
    if (!Array.isArray(input)) return wrongType('a list', pointer)
    const wrong = boundsMistake(input.length, type, pointer)
    if (wrong !== undefined) return mistake(wrong)
    const element = elementOf(type)
    const kind = kindOf(element)
    const values: Value[] = []
    for (const [index, item] of input.entries()) {
      const place = `${pointer}/${index}`
      if (item === null || item === undefined)
        return refused('values.not-nullable', { name: `${pointer.split(/[/?]/).at(-1)}[${index}]` }, place)
      const result = kind[form](item, element, place)
      if (!result.ok) return result
      values.push(result.value)
    }
    return parsed(values)
  }

  return Object.freeze({
    name: 'array',
    storage: 'array',
    operators: ['has', 'hasAny', 'hasAll', 'isNull'],
    sortable: false,
    parseJson: (input: unknown, type: FieldType, pointer: string) => parse(input, type, pointer, 'parseJson'),
    parseText(text: string, type: FieldType, pointer: string): Parsed {
      try {
        return parse(JSON.parse(text), type, pointer, 'parseJson')
      } catch {
        return wrongType('a list in JSON', pointer)
      }
    },
    parseNative: (input: unknown, type: FieldType, pointer: string) => parse(input, type, pointer, 'parseNative'),
    toNative(value, type) {
      const element = elementOf(type)
      const toNative = kindOf(element).toNative
      return toNative === undefined ? value : items(value).map(item => toNative(item, element))
    },
    compare(left, right, type) {
      const element = elementOf(type)
      const kind = kindOf(element)
      const [a, b] = [items(left), items(right)]
      for (let index = 0; index < Math.min(a.length, b.length); index++) {
        const order = kind.compare(a[index] ?? null, b[index] ?? null, element)
        if (order !== 0) return order
      }
      return a.length - b.length
    },
    jsonSchema: type => ({
      type: 'array',
      items: kindOf(elementOf(type)).jsonSchema(elementOf(type)),
      minItems: numberOption(type, 'min') ?? 0,
      maxItems: numberOption(type, 'max') ?? arrayDefaultMax,
    }),
  } satisfies FieldKind)
}
