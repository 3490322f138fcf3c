import { expect, it } from 'vitest'
import { callSite, thrownAt } from './call-site.ts'

function ours(): string {
  return callSite(ours)
}

it('names the file and line of whoever called', () => {
  expect(ours()).toMatch(/call-site\.test\.ts:\d+:\d+$/)
})

it('sees through a proxy', () => {
  const symbol = new Proxy<Record<string, string>>(
    {},
    {
      get: function read() {
        return callSite(read)
      },
    },
  )
  expect(symbol['anything']).toMatch(/call-site\.test\.ts:\d+:\d+$/)
})

it('names where an error was thrown', () => {
  expect(thrownAt(new Error('x'))).toMatch(/call-site\.test\.ts:\d+:\d+$/)
  expect(thrownAt('no error at all')).toBe('an unknown place')
})
