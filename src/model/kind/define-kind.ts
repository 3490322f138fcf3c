/** Defines a field kind of one's own whose values are texts. */
import { compareCodePoints } from '../../lib/index.ts'
import type { FieldKind, OperatorName } from '../kind.ts'
import type { JsonSchema } from '../value.ts'
import { asText, equalityOperators, parsed, wrongType } from './support.ts'
import { textForm } from './text-form.ts'

type StoredAs = 'text' | 'uuid' | 'bigint' | 'date' | 'time' | 'datetime' | 'bytes'

/** Translates to the stored form and back. Fields with a codec are put into JSON by JavaScript, not by the database. */
export interface KindCodec {
  readonly encode: (text: string) => string
  readonly decode: (stored: string) => string
}

/** What makes a kind of texts. */
export interface KindDefinition<
  Operators extends readonly OperatorName[] = readonly OperatorName[],
  Storage extends StoredAs = StoredAs,
> {
  /** A name that no other kind has, such as `iban`. */
  readonly name: string
  /** How stores keep the (encoded) text; `text` by default. */
  readonly storage?: Storage
  /** The comparisons of filters; equality by default. With a codec, order has to be the order of the encoded form. */
  readonly operators?: Operators
  /** Completes "This has to be …" for whoever sent something else. */
  readonly expected: string
  /** The one canonical spelling of the text, or undefined when it is not one of this kind. */
  readonly parse: (text: string) => string | undefined
  readonly jsonSchema: JsonSchema
  readonly codec?: KindCodec
}

/** What types remember of a kind: which comparisons its fields have, and whether stores keep its texts as they are. */
export interface TextKind<Operators extends 'equality' | 'order' | 'text', Coded extends 'coded'> extends FieldKind {
  readonly '~operators'?: Operators
  readonly '~flags'?: Coded
}

type OperatorsOf<Names> = 'contains' extends Names ? 'text' : 'lt' extends Names ? 'order' : 'equality'
type CodedBy<Storage> = [Storage] extends ['text' | 'uuid' | 'date' | 'time'] ? never : 'coded'

/**
 * Defines a field kind: declare fields of it with `field.custom(kind)`. Values are texts in JSON and in code.
 *
 * @example
 * const isbn = defineKind({
 *   name: 'isbn',
 *   expected: 'an ISBN of 13 digits',
 *   parse: text => (/^97[89]\d{10}$/.test(text.replaceAll('-', '')) ? text.replaceAll('-', '') : undefined),
 *   jsonSchema: { type: 'string', pattern: '^[0-9-]{13,17}$' },
 * })
 */
export function defineKind<const Operators extends readonly OperatorName[] = readonly ['eq']>(
  definition: KindDefinition<Operators> & { readonly codec: KindCodec },
): TextKind<OperatorsOf<Operators[number]>, 'coded'>
export function defineKind<
  const Operators extends readonly OperatorName[] = readonly ['eq'],
  Storage extends StoredAs = 'text',
>(definition: KindDefinition<Operators, Storage>): TextKind<OperatorsOf<Operators[number]>, CodedBy<Storage>>
export function defineKind(definition: KindDefinition): TextKind<'text', 'coded'> {
  const { codec } = definition
  const stored = (value: string): string => (codec === undefined ? value : codec.encode(value))
  const kind = textForm({
    name: definition.name,
    storage: definition.storage ?? 'text',
    operators: definition.operators ?? equalityOperators,
    expected: definition.expected,
    parse(text, _type, pointer) {
      const value = definition.parse(text)
      return value === undefined ? wrongType(definition.expected, pointer) : parsed(value)
    },
    compare: (left, right) => compareCodePoints(stored(asText(left)), stored(asText(right))),
    jsonSchema: () => definition.jsonSchema,
  })
  if (codec === undefined) return kind
  return Object.freeze({
    ...kind,
    codec: {
      encode: value => codec.encode(asText(value)),
      decode: value => codec.decode(asText(value)),
    },
  } satisfies FieldKind)
}
