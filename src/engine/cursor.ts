/**
 * Page cursors: the shape of the query and the order values of a row, as base64url JSON. They are not signed: what they hold is
 * validated like a filter, so a forged one is refused or equals a filter that its sender could have written (semantics 18).
 */
import { hash } from 'node:crypto'
import { refusal } from '../error/index.ts'
import { canonicalForm, kindOf, type Value } from '../model/index.ts'
import type { FindRequest, OrderTerm, Parameter } from '../query/index.ts'

/** What two pages of one query have in common. */
export function cursorShape({ model, where, sort, withDeleted }: FindRequest): string {
  return hash('sha256', JSON.stringify([model, where, sort, withDeleted]), 'base64url').slice(0, 12)
}

/** `position`: the stored values of the order's terms in one row. */
export function writeCursor(shape: string, order: readonly OrderTerm[], position: readonly Value[]): string {
  const values = position.map((value, index) => {
    const type = order[index]?.type
    return type === undefined ? value : canonicalForm(value, type)
  })
  return Buffer.from(JSON.stringify([shape, ...values])).toString('base64url')
}

/** A cursor longer than this was not made by Plinth. */
const lengthLimit = 16_384

export function readCursor(cursor: string, shape: string, parameters: readonly Parameter[]): Value[] {
  const expected = parameters.filter(parameter => parameter.source === 'cursor')
  const parts = cursor.length > lengthLimit ? null : parse(cursor)
  if (parts === null || parts[0] !== shape) throw refusal('request.cursor-invalid', {})
  const position: Value[] = []
  for (const { index, type, nullable } of expected) {
    const input = parts[index + 1]
    if (input === null && nullable) {
      position[index] = null
      continue
    }
    const kind = kindOf(type)
    const parsed = input === null || input === undefined ? null : kind.parseJson(input, type, '')
    if (parsed === null || !parsed.ok) throw refusal('request.cursor-invalid', {})
    position[index] = kind.codec === undefined ? parsed.value : kind.codec.encode(parsed.value, type)
  }
  return position
}

function parse(cursor: string): readonly unknown[] | null {
  const bytes = Buffer.from(cursor, 'base64url')
  // Buffer ignores what is not base64url; only the canonical spelling counts.
  if (bytes.toString('base64url') !== cursor) return null
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'))
    return Array.isArray(parsed) ? parsed : null
  } catch {
    return null
  }
}
