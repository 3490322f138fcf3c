/** `slug`: lower-case words joined by `-`, fit for a URL. */
import { slugOf } from '../../lib/index.ts'
import type { FieldKind } from '../kind.ts'
import type { FieldType } from '../value.ts'
import { lengthMistake, mistake, numberOption, parsed, refused, textOperators } from './support.ts'
import { textForm } from './text-form.ts'

export interface SlugOptions {
  /** The most characters; 200 by default. */
  readonly max?: number
}

const slugDefaultMax = 200
const pattern = '^[a-z0-9]+(?:-[a-z0-9]+)*$'
const form = new RegExp(pattern)

export const slugKind: FieldKind = textForm({
  name: 'slug',
  storage: 'text',
  operators: textOperators,
  expected: 'a text',
  parse(text, type, pointer) {
    const wrong = lengthMistake(text, 1, numberOption(type, 'max') ?? slugDefaultMax, pointer)
    if (wrong !== undefined) return mistake(wrong)
    return form.test(text)
      ? parsed(text)
      : refused('values.pattern', { expected: 'lower-case-words-and-digits' }, pointer)
  },
  jsonSchema: type => ({
    type: 'string',
    pattern,
    minLength: 1,
    maxLength: numberOption(type, 'max') ?? slugDefaultMax,
  }),
})

/**
 * The slug of a text, cut to what the field allows. `attempt` 2 and more end it in a number (`hello-2`), for unique slugs that are
 * taken.
 */
export function makeSlug(text: string, type: FieldType, attempt = 1): string {
  const ending = attempt > 1 ? `-${attempt}` : ''
  return slugOf(text, (numberOption(type, 'max') ?? slugDefaultMax) - ending.length) + ending
}
