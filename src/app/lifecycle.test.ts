import { describe, expect, it } from 'vitest'
import { lifecycle } from './lifecycle.ts'

describe('the lifecycle', () => {
  it('stops in reverse order, once, and goes on when a part fails', async () => {
    const seen: string[] = []
    const life = lifecycle((name, error) => seen.push(`${name} failed: ${String(error)}`))
    expect(
      await life.start(
        'store',
        () => 1,
        started => seen.push(`store ${started}`),
      ),
    ).toBe(1)
    await life.start('silent', () => seen.push('silent started'))
    await life.start(
      'mail',
      async () => 'm',
      () => Promise.reject(new Error('no network')),
    )
    await life.start(
      'http',
      () => 2,
      async started => seen.push(`http ${started}`),
    )
    await Promise.all([life.stop(), life.stop()])
    expect(seen).toEqual(['silent started', 'http 2', 'mail failed: Error: no network', 'store 1'])
  })

  it('stops what was started when a later part does not start', async () => {
    const seen: string[] = []
    const life = lifecycle(() => {})
    await life.start(
      'store',
      () => 'open',
      started => seen.push(`store ${started}`),
    )
    await expect(life.start('http', () => Promise.reject(new Error('port taken')))).rejects.toThrow('port taken')
    expect(seen).toEqual(['store open'])
  })
})
