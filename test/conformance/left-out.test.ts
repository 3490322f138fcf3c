// A case that is left out is skipped with its reason, and the end of the suite prints it.
import { expect, test, vi } from 'vitest'
import { groups } from '../../src/testing/conformance/cases/index.ts'
import { storeConformance } from '../../src/testing/index.ts'
import { memoryStore } from '../../src/store/memory/index.ts'

test('a case that is left out says why, and is counted', async () => {
  const [left] = groups.flatMap(group => group.cases.map(one => one.name))
  const skipped: string[] = []
  let last = (): Promise<void> => Promise.reject(new Error('no test was declared'))
  const declared = Object.assign((_name: string, body: () => Promise<void>) => void (last = body), {
    skip: (name: string) => void skipped.push(name),
  })
  storeConformance({
    ...{ name: 'memory', open: () => memoryStore(), except: { [left ?? '']: 'its server is too old' } },
    runner: { describe: (_name, body) => body(), test: declared },
  })
  expect(skipped).toEqual([`${left} (left out: its server is too old)`])
  const printed: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(text => printed.push(String(text)) > 0)
  try {
    await last()
  } finally {
    write.mockRestore()
  }
  expect(printed.join('')).toContain(`  left out: ${left}: its server is too old\n`)
  expect(printed.join('')).toContain('1 left out')
})
