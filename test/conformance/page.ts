/** What docs/stores.md says of the suite, compared with what has run. */
import { expect } from 'vitest'
import {
  cellOf,
  codesOf,
  type ConformanceColumn,
  conformanceColumns,
  groupCells,
} from '../../scripts/conformance-results.ts'
import { capabilityWords, type Capabilities } from '../../src/query/index.ts'
import type { ConformanceResult } from '../../src/testing/conformance/index.ts'
import { readPage, tableBelow } from '../docs/markdown.ts'

/** A server that is not among the columns is held to no figures. */
export const isColumn = (name: string): name is ConformanceColumn => conformanceColumns.some(column => column === name)

export function compareColumn(column: ConformanceColumn, results: readonly ConformanceResult[]): void {
  const place = conformanceColumns.indexOf(column) + 1
  const rows = tableBelow(readPage('docs/stores.md'), 'Conformance')
  expect(Object.fromEntries(rows.map(cells => [cells[0], cells[place]]))).toEqual({
    ...groupCells(results),
    all: cellOf(results),
  })
}

export function compareWithout(ability: keyof Capabilities, results: readonly ConformanceResult[]): void {
  const rows = tableBelow(readPage('docs/stores.md'), 'Without an ability')
  const row = rows.find(([name]) => name === capabilityWords[ability].title)
  expect(row?.slice(1)).toEqual([cellOf(results), codesOf(results).join(', ')])
}
