/** Values as stores keep them: the canonical ones, but for kinds with a codec, whose encoded form is what is stored and compared. */
import type { LiteralExpression, Predicate } from './expression.ts'
import { kindOf } from './kind/index.ts'
import { mapPredicate } from './symbol/map-nodes.ts'
import type { FieldType, Value } from './value.ts'

export function storedForm(value: Value, type: FieldType): Value {
  if (value === null) return null
  const { codec } = kindOf(type)
  return codec === undefined ? value : codec.encode(value, type)
}

/** The canonical value of what a store has kept. */
export function canonicalForm(stored: Value, type: FieldType): Value {
  if (stored === null) return null
  const { codec } = kindOf(type)
  return codec === undefined ? stored : codec.decode(stored, type)
}

/** A constant of a declaration. Of a list each element is encoded. */
export function storedLiteral(literal: LiteralExpression): LiteralExpression {
  const { value, type } = literal
  const { element } = type
  if (element === undefined) return { ...literal, value: storedForm(value, type) }
  return Array.isArray(value) ? { ...literal, value: value.map((each: Value) => storedForm(each, element)) } : literal
}

/** A declared condition over the row as it is stored. */
export const storedPredicate = (predicate: Predicate): Predicate =>
  mapPredicate<null>(predicate, null, { place: reference => reference, bind: () => null, literal: storedLiteral })
