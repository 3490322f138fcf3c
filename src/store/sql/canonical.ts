/** Canonical values taken for what their type says they are. */
import type { Value } from '../../model/index.ts'

/** A text, or the digits of a number; anything else here is a mistake of ours. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw new TypeError(`A canonical text was expected, not ${typeof value}.`)
}

/** The elements of a list; none of what is no list. */
export function elementsOf(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : []
}

// Array.isArray does not narrow readonly arrays.
const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)
