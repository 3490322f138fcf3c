import { describe, expect, it } from 'vitest'
import { mergeTexts } from './merge.ts'
import { meansTheSame } from './same-meaning.ts'

const model = (...fields: readonly string[]): string =>
  `export const A = model(\n  {\n${fields.map(field => `    ${field},\n`).join('')}  },\n  { table: 'a' },\n)\n`

/** What is left to settle. */
function left(mine: string, base: string, pulled: string): number {
  const { text, conflicts } = mergeTexts(mine, base, pulled)
  expect(conflicts.length).toBeGreaterThan(0)
  return conflicts.filter(conflict => !meansTheSame(conflict, { merged: text, base, pulled })).length
}

describe('a conflict of lines', () => {
  it.each([
    [
      'the order of calls',
      `a: field.text().unique().optional()`,
      `a: field.text()`,
      `a: field.text().optional().unique()`,
    ],
    [
      'lines and commas',
      `a: field\n      .text({\n        max: 9,\n      })\n      .optional()`,
      `a: field.text()`,
      `a: field.text({ max: 9 }).optional()`,
    ],
    [
      'the name, which moved,',
      `c: field.text({ max: 9 }).renamedFrom('a').unique()`,
      `a: field.text({ max: 5 })`,
      `a: field.text({ max: 9 }).unique()`,
    ],
  ])('is none where only %s differs', (_what, mine, base, pulled) => {
    expect(left(model(mine, 'b: field.integer()'), model(base), model(pulled))).toBe(0)
  })

  it.each([
    ['a call', `a: field.text().optional()`, `a: field.text()`, `a: field.text().unique()`],
    ['the kind', `a: field.unique().text()`, `a: field.text()`, `a: field.text().unique()`],
    ['more than the name', `b: field.text().renamedFrom('a')`, `a: field.text({ max: 5 })`, `a: field.text().unique()`],
    ['space in a text', `a: field.enum(['x y'])`, `a: field.text()`, `a: field.enum(['xy'])`],
    ['a field that only the database has', `a: field.text().optional()`, `a: field.text()`, `b: field.text()`],
  ])('is one where %s differs', (_what, mine, base, pulled) => {
    expect(left(model(mine), model(base), model(pulled))).toBeGreaterThan(0)
  })
})
