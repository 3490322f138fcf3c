/** `text`: Unicode text, measured in code points. */
import type { FieldKind } from '../kind.ts'
import {
  lengthMistake,
  mistake,
  numberOption,
  parsed,
  refused,
  textOperators,
  textOption,
  withoutUndefined,
} from './support.ts'
import { textForm } from './text-form.ts'

export interface TextOptions {
  /** The fewest code points; 0 by default. */
  readonly min?: number
  /** The most code points; 1,000 by default, at most 10,000,000. */
  readonly max?: number
  /** What the text has to look like. It matches anywhere in the text unless it is anchored by `^` and `$`; no flags but `u`. */
  readonly pattern?: RegExp
}

export const textDefaultMax = 1000

const patterns = new Map<string, RegExp>()

/** Patterns come from the declaration, so there are few of them. */
function patternOf(source: string): RegExp {
  let pattern = patterns.get(source)
  if (pattern === undefined) {
    pattern = new RegExp(source, 'u')
    patterns.set(source, pattern)
  }
  return pattern
}

export const textKind: FieldKind = textForm({
  name: 'text',
  storage: 'text',
  operators: textOperators,
  expected: 'a text',
  parse(text, type, pointer) {
    const wrong = lengthMistake(
      text,
      numberOption(type, 'min') ?? 0,
      numberOption(type, 'max') ?? textDefaultMax,
      pointer,
    )
    if (wrong !== undefined) return mistake(wrong)
    const pattern = textOption(type, 'pattern')
    if (pattern !== undefined && !patternOf(pattern).test(text)) {
      return refused('values.pattern', { expected: pattern }, pointer)
    }
    return parsed(text)
  },
  jsonSchema: type =>
    withoutUndefined({
      type: 'string',
      minLength: numberOption(type, 'min'),
      maxLength: numberOption(type, 'max') ?? textDefaultMax,
      pattern: textOption(type, 'pattern'),
    }),
})
