/** What the operators of conditions mean for two values at hand. */
import type { ComparisonOperator, TextOperator } from './expression.ts'

/** By the order of the two: below zero, zero or above. */
export const comparisonOutcomes: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = Object.freeze({
  eq: order => order === 0,
  ne: order => order !== 0,
  lt: order => order < 0,
  lte: order => order <= 0,
  gt: order => order > 0,
  gte: order => order >= 0,
})

/** Of texts that are folded already where the condition leaves case out. */
export const textOutcomes: Readonly<Record<TextOperator, (text: string, part: string) => boolean>> = Object.freeze({
  contains: (text, part) => text.includes(part),
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  equals: (text, part) => text === part,
})
