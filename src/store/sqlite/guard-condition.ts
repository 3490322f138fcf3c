/** The condition by which a statement asks now and then whether its time is over. */
import { randomInt } from 'node:crypto'
import type { ModelNode } from '../../model/index.ts'
import { identifier } from '../sql/index.ts'
import { hasRowid, rowidOf } from './table.ts'

/** The clock is looked at for one row in so many. A prime: numbers of rows that are all odd, or multiples of a hundred, meet every remainder. */
const period = 61

/** What is added to the numbers of rows before. Each store has its own, or rows could be written that no statement ever looks at. */
export const chosenShift = (): number => randomInt(period)

/** Loops inside one another that may go by the numbers of rows. */
const numberedDepth = 2

/**
 * By the number of the row, which costs 0.04 µs a row; a mask for the sign and a comparison beside it made it 0.1. Small tables may have no row that
 * looks: two loops over such are done in 3,600 turns, but six never end, so what lies deeper goes by chance. The row has to be named there, or
 * SQLite would ask once before the loop over its table.
 */
export function guardCondition(call: string, shift: number, alias: string, model: ModelNode, depth: number): string {
  const numbered = hasRowid(model)
  const row = numbered ? `${alias}.${rowidOf(model)}` : `(${alias}.${someColumn(model)} is null)`
  const added = numbered && depth < numberedDepth ? shift : 'random()'
  return `((${row} + ${added}) % ${period} or ${call})`
}

/** Of a view, or of a table whose rows have no number. */
function someColumn(model: ModelNode): string {
  const [named] = model.key.length > 0 ? model.key : Object.keys(model.fields)
  return identifier(model.fields[named ?? '']?.column ?? '')
}
