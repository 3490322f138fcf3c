/** What the descriptions of SQL databases share: constants of defaults, the words of a check, kinds that several databases give alike. */
import { type FieldType, kindOf, type Value } from '../../model/index.ts'
import type { DescribedDefault } from '../contract/index.ts'
import { storageOf } from './number.ts'

export const typeOfKind = (kind: string, options: Readonly<Record<string, Value>> = {}): FieldType => ({
  kind,
  options,
})

/** The most characters that a text field may have. */
export const longestText = 10_000_000

export const textType = (max: number | null): FieldType =>
  typeOfKind('text', { max: max === null ? longestText : Math.min(Math.max(max, 1), longestText) })

export const enumType = (values: readonly string[]): FieldType => typeOfKind('enum', { values: [...values] })

/** Whether the words can be those of an enum: neither empty nor too long, and none twice. */
export const isEnum = (values: readonly string[]): boolean =>
  values.length > 0 && values.length <= mostWords && new Set(values).size === values.length && values.every(isWord)

const mostWords = 500
const isWord = (value: string): boolean => value !== '' && value.length <= 255 && value.isWellFormed()

/** A constant in the words of the database as a default; null when the field could not have that value. */
export function literalDefault(type: FieldType, text: string): DescribedDefault | null {
  const value = valueOf(type, text)
  if (value === undefined) return null
  const parsed = kindOf(type).parseJson(value, type, '')
  return parsed.ok ? { from: 'literal', value: parsed.value } : null
}

function valueOf(type: FieldType, text: string): Value | undefined {
  switch (storageOf(type)) {
    case 'integer':
    case 'float':
      return text.trim() === '' ? undefined : Number(text)
    case 'boolean':
      return /^(?:1|t|true)$/iu.test(text) ? true : /^(?:0|f|false)$/iu.test(text) ? false : undefined
    case 'bigint':
    case 'decimal':
      return text.replace(/^\+/u, '')
    case 'text':
    case 'uuid':
    case 'date':
      return text
    case 'time':
      return /^\d\d:\d\d:\d\d$/u.test(text) ? `${text}.000` : text
    default:
      return undefined
  }
}

const oneText = String.raw`'(?:[^']|'')*'`

/** The words between quotes, in order. */
export const wordsBetweenQuotes = (text: string): readonly string[] =>
  Array.from(text.matchAll(new RegExp(oneText, 'gu')), ([word]) => word.slice(1, -1).replaceAll("''", "'"))
