/** Two values are the same; with `ignoreCase`, whatever their letter case is. */
import type { Expression, Predicate } from '../model/index.ts'

export const equal = (left: Expression, right: Expression, ignoreCase = false): Predicate =>
  ignoreCase
    ? { kind: 'text', operator: 'equals', insensitive: true, left, right }
    : { kind: 'compare', operator: 'eq', left, right }
