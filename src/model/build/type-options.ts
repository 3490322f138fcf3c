/** What can be wrong with the options of a field's kind. */
import { perhaps } from '../../lib/index.ts'
import { elementOf, enumValues, jsonSchemaOption, kindOf, validatorOf } from '../kind/index.ts'
import type { FieldType } from '../value.ts'

const lengthLimit = 10_000_000

/** The options of kinds that have some; those of a kind of one's own are its own affair. */
const optionWords: Readonly<Record<string, readonly string[]>> = {
  text: ['min', 'max', 'pattern'],
  slug: ['max'],
  url: ['max'],
  integer: ['min', 'max'],
  float: ['min', 'max'],
  decimal: ['precision', 'scale'],
  bytes: ['max'],
  json: ['max', 'schema'],
  array: ['min', 'max'],
}

/** Sentences without their end, about "it". */
export function optionMistakes(type: FieldType): string[] {
  const words = optionWords[type.kind]
  const unknown = words === undefined ? [] : Object.keys(type.options).filter(name => !words.includes(name))
  return [
    ...unknown.map(
      name => `it has no option "${name}"${perhaps(name, words ?? []) || `; possible: ${words?.join(', ')}`}`,
    ),
    ...valueMistakes(type),
  ]
}

function valueMistakes(type: FieldType): string[] {
  switch (type.kind) {
    case 'text':
    case 'slug':
    case 'url':
    case 'bytes':
      return [...lengthMistakes(type), ...patternMistakes(type)]
    case 'integer':
    case 'float':
      return rangeMistakes(type)
    case 'decimal':
      return decimalMistakes(type)
    case 'enum':
      return enumMistakes(type)
    case 'json':
      return jsonMistakes(type)
    case 'array':
      return arrayMistakes(type)
    default:
      return []
  }
}

function lengthMistakes(type: FieldType): string[] {
  const { min, max } = type.options
  const found: string[] = []
  for (const [name, value] of [
    ['min', min],
    ['max', max],
  ] as const) {
    const fits =
      value === undefined ||
      (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= lengthLimit)
    if (!fits) found.push(`its ${name} has to be a whole number from 0 to ${lengthLimit}`)
  }
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    found.push(`its min (${min}) is greater than its max (${max})`)
  return found
}

function patternMistakes(type: FieldType): string[] {
  const { pattern } = type.options
  if (typeof pattern !== 'string') return []
  try {
    new RegExp(pattern, 'u')
    return []
  } catch (error) {
    return [
      `its pattern does not work in Unicode mode, which JSON Schema wants: ${error instanceof Error ? error.message : String(error)}`,
    ]
  }
}

function rangeMistakes(type: FieldType): string[] {
  const { min, max } = type.options
  const found: string[] = []
  for (const [name, value] of [
    ['min', min],
    ['max', max],
  ] as const) {
    const fits = value === undefined || (type.kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value))
    if (!fits) found.push(`its ${name} has to be ${type.kind === 'integer' ? 'a safe integer' : 'a finite number'}`)
  }
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    found.push(`its min (${min}) is greater than its max (${max})`)
  return found
}

function decimalMistakes(type: FieldType): string[] {
  const { precision, scale } = type.options
  if (typeof precision !== 'number' || !Number.isInteger(precision) || precision < 1 || precision > 38) {
    return ['its precision (all digits) has to be a whole number from 1 to 38']
  }
  const fits = typeof scale === 'number' && Number.isInteger(scale) && scale >= 0 && scale <= precision
  return fits
    ? []
    : [`its scale (digits after the point) has to be a whole number from 0 to its precision, ${precision}`]
}

function enumMistakes(type: FieldType): string[] {
  const values = enumValues(type)
  if (values.length === 0) return ['it has no values']
  const found: string[] = []
  const twice = values.find((value, index) => values.indexOf(value) !== index)
  if (twice !== undefined) found.push(`it has the value "${twice}" twice`)
  const odd = values.find(
    value => value === '' || value.length > 255 || value.includes('\u0000') || !value.isWellFormed(),
  )
  if (odd !== undefined)
    found.push(`its value ${JSON.stringify(odd.slice(0, 40))} is empty, too long or no Unicode text`)
  return found
}

function jsonMistakes(type: FieldType): string[] {
  const schema = jsonSchemaOption(type)
  if (schema === undefined) return []
  try {
    validatorOf(schema)
    return []
  } catch (error) {
    return [`its JSON Schema is not one: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function arrayMistakes(type: FieldType): string[] {
  const element = elementOf(type)
  const found = lengthMistakes(type)
  if (element.kind === 'array' || element.kind === 'json')
    found.push(`its elements are of the kind ${element.kind}; use field.json() for lists of those`)
  if (kindOf(element).codec !== undefined)
    found.push(`its elements are of the kind ${element.kind}, which is stored in a form of its own`)
  return [...found, ...optionMistakes(element).map(problem => `of its elements: ${problem}`)]
}
