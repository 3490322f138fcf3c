/** `bytes`: a short run of bytes; base64 (RFC 4648 section 4, padded) in JSON, Uint8Array in code. */
import type { FieldKind, Parsed } from '../kind.ts'
import type { FieldType } from '../value.ts'
import { asText, equalityOperators, numberOption, parsed, refused, wrongType } from './support.ts'

export interface BytesOptions {
  /** The most bytes; 65,536 by default. Larger things are files. */
  readonly max?: number
}

const bytesDefaultMax = 65_536
const expected = 'bytes as base64'
const maximum = (type: FieldType): number => numberOption(type, 'max') ?? bytesDefaultMax

function parse(input: unknown, type: FieldType, pointer: string): Parsed {
  if (typeof input !== 'string') return wrongType(expected, pointer)
  const bytes = Buffer.from(input, 'base64')
  // Buffer skips what is not base64; only a text that comes back the same was base64 in its one canonical spelling.
  if (bytes.toString('base64') !== input) return wrongType(expected, pointer)
  if (bytes.length > maximum(type)) return refused('values.too-long', { limit: maximum(type), unit: 'bytes' }, pointer)
  return parsed(input)
}

export const bytesKind: FieldKind = Object.freeze({
  name: 'bytes',
  storage: 'bytes',
  operators: equalityOperators,
  sortable: false,
  parseJson: parse,
  parseText: parse,
  parseNative: (input: unknown, type: FieldType, pointer: string) =>
    parse(
      input instanceof Uint8Array
        ? Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('base64')
        : input,
      type,
      pointer,
    ),
  toNative: value => new Uint8Array(Buffer.from(asText(value), 'base64')),
  compare: (left, right) => Buffer.compare(Buffer.from(asText(left), 'base64'), Buffer.from(asText(right), 'base64')),
  jsonSchema: type => ({
    type: 'string',
    contentEncoding: 'base64',
    // Bits that the last group does not use are zero, so each run of bytes has one spelling.
    pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$',
    maxLength: Math.ceil(maximum(type) / 3) * 4,
  }),
} satisfies FieldKind)
