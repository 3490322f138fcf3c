/** Makes kinds whose canonical form is a text and whose three spellings (JSON, query string, code) are the same text. */
import { compareCodePoints } from '../../lib/index.ts'
import type { FieldKind, OperatorName, Parsed, StorageClass } from '../kind.ts'
import type { FieldType, JsonSchema } from '../value.ts'
import { asText, mistake, textMistake, wrongType } from './support.ts'

interface TextForm {
  readonly name: string
  readonly storage: StorageClass
  readonly operators: readonly OperatorName[]
  /** Completes "This has to be …". */
  readonly expected: string
  /** The canonical value, or what is wrong. The text is well-formed Unicode without U+0000. */
  readonly parse: (text: string, type: FieldType, pointer: string) => Parsed
  readonly jsonSchema: (type: FieldType) => JsonSchema
  readonly compare?: FieldKind['compare']
}

export function textForm(form: TextForm): FieldKind {
  const parse = (input: unknown, type: FieldType, pointer: string): Parsed => {
    if (typeof input !== 'string') return wrongType(form.expected, pointer)
    const wrong = textMistake(input, pointer)
    return wrong === undefined ? form.parse(input, type, pointer) : mistake(wrong)
  }
  return Object.freeze({
    name: form.name,
    storage: form.storage,
    operators: form.operators,
    sortable: true,
    parseJson: parse,
    parseText: parse,
    parseNative: parse,
    compare: form.compare ?? ((left, right) => compareCodePoints(asText(left), asText(right))),
    jsonSchema: form.jsonSchema,
  })
}
