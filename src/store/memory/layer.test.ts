/** What a table keeps of rows that are gone. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { Table } from './layer.ts'

test('indexes do not grow with the values of rows that are gone', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const table = new Table(null)
  table.put(0, { name: 'stays' })
  const found = (name: string): number => [...table.find(['name'], [name])].length
  expect(found('stays')).toBe(1)
  const before = used()
  for (let number = 1; number <= 100_000; number++) {
    table.put(number, { name: `row ${number}` })
    if (number % 2 === 0) table.put(number, { name: `renamed ${number}` })
    table.remove(number)
  }
  // An empty entry for each value would be more than 20 MiB.
  expect(used() - before).toBeLessThan(5 * 2 ** 20)
  expect([found('stays'), found('row 7'), found('renamed 8')]).toEqual([1, 0, 0])
})
