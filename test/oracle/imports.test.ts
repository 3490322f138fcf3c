/** The oracle is no store and no planner: of Plinth it knows types of the declaration and of requests, and nothing that runs (semantics 39). */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const files = readdirSync(import.meta.dirname).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))

test('it imports types only, from model/ and query/ only', () => {
  expect(files.length).toBeGreaterThan(5)
  const foreign = files.flatMap(name => {
    const source = readFileSync(`${import.meta.dirname}/${name}`, 'utf8')
    const imports = source.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'/gms)
    return Array.from(imports, ([statement, from]) => ({ name, statement, from })).filter(
      ({ from }) => !from?.startsWith('./') && !from?.startsWith('node:'),
    )
  })
  const wrong = foreign.filter(
    ({ statement, from }) =>
      !statement.startsWith('import type') || !/^\.\.\/\.\.\/src\/(?:model|query)\/index\.ts$/.test(from ?? ''),
  )
  expect(wrong).toEqual([])
  expect(foreign.length).toBeGreaterThan(5)
})
