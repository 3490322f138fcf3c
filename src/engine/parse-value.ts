/** Values from outside, in whichever form they come. */
import { type FieldType, kindOf, type Parsed } from '../model/index.ts'
import type { ValueForm } from '../query/index.ts'

/** The canonical value, or what is wrong with it. What is no text beside texts, such as a list, is a JSON value. */
export function parseValue(given: unknown, type: FieldType, form: ValueForm, pointer: string): Parsed {
  const kind = kindOf(type)
  if (form === 'native') return kind.parseNative(given, type, pointer)
  return form === 'text' && typeof given === 'string'
    ? kind.parseText(given, type, pointer)
    : kind.parseJson(given, type, pointer)
}
