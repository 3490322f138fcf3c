import { argon2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { PlinthError } from '../../error/index.ts'
import { readPasswordHash, writePasswordHash } from './password-hash.ts'
import { hashPassword, passwordNeedsRehash, verifyPassword } from './password.ts'

/** Made by the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1` (argon2's own test.c). */
const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

describe('passwords', { timeout: 60_000 }, () => {
  it('are hashed with the recommended parameters and a salt of their own', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(two)
    expect(await verifyPassword('correct horse', one)).toBe(true)
    expect(await verifyPassword('correct horsf', one)).toBe(false)
    expect(passwordNeedsRehash(one)).toBe(false)
  })

  it('verifies what the reference implementation made, and asks for it to be hashed anew', async () => {
    expect(await verifyPassword('password', reference)).toBe(true)
    expect(await verifyPassword('Password', reference)).toBe(false)
    expect(passwordNeedsRehash(reference)).toBe(true)
  })

  it('is never right when there is no hash, though the same work is done', async () => {
    expect(await verifyPassword('', null)).toBe(false)
    expect(await verifyPassword('anything', null)).toBe(false)
    const known = await hashPassword('known')
    const elapsed = async (hash: string | null): Promise<number> => {
      const times: number[] = []
      for (let round = 0; round < 5; round++) {
        const begun = process.hrtime.bigint()
        await verifyPassword('wrong', hash)
        times.push(Number(process.hrtime.bigint() - begun))
      }
      return Math.min(...times)
    }
    const [nobody, somebody] = [await elapsed(null), await elapsed(known)]
    expect(nobody / somebody).toBeGreaterThan(0.3)
    expect(nobody / somebody).toBeLessThan(3)
  })

  it('are the same word in whichever Unicode form they were typed', async () => {
    expect(await verifyPassword('caf\u0065\u0301', await hashPassword('caf\u00e9'))).toBe(true)
  })

  it('may be long, but not endless', async () => {
    const long = 'x'.repeat(4096)
    expect(await verifyPassword(long, await hashPassword(long))).toBe(true)
    expect(await verifyPassword(`${long}x`, await hashPassword(long))).toBe(false)
    await expect(hashPassword(`${long}x`)).rejects.toMatchObject({ code: 'identity.password-too-long' })
  })

  it('says so when what is stored is no Argon2id hash', async () => {
    const bcrypt = '$2b$12$C6UzMDM.H6dfI/f/IKcEeO7ZyXQp3s0e4g9N6V6v0m8h7bQ2T1d3e'
    await expect(verifyPassword('x', bcrypt)).rejects.toMatchObject({ code: 'identity.password-hash-unreadable' })
    await expect(
      verifyPassword('x', '$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO0'),
    ).rejects.toMatchObject({
      code: 'identity.password-hash-unreadable',
    })
  })

  it('keeps the event loop free and refuses when the line is full', async () => {
    let turns = 0
    let running = true
    const turn = (): void => {
      turns++
      if (running) setImmediate(turn)
    }
    setImmediate(turn)
    const results = await Promise.allSettled(Array.from({ length: 140 }, () => verifyPassword('x', null)))
    running = false
    const refused = results.filter(result => result.status === 'rejected').map(result => result.reason as PlinthError)
    expect(refused).toHaveLength(140 - 2 - 128)
    expect(refused.every(error => error.code === 'identity.busy' && error.headers['Retry-After'] === '2')).toBe(true)
    expect(turns).toBeGreaterThan(100)
    expect(await verifyPassword('x', null)).toBe(false)
  })
})

describe('the text of a hash', () => {
  it('is read and written without loss', () => {
    const hash = readPasswordHash(reference)
    expect(hash && writePasswordHash(hash)).toBe(reference)
    const tag = argon2Sync('argon2id', {
      message: 'password',
      nonce: 'somesalt',
      parallelism: 1,
      tagLength: 32,
      memory: 65_536,
      passes: 2,
    })
    expect(hash?.tag.equals(tag)).toBe(true)
  })
})
