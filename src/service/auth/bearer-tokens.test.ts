import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SignJWT } from 'jose'
import { type BearerTokens, bearerTokens } from './bearer-tokens.ts'
import { decodeBase64url } from './base64url.ts'
import { derivedKey, ed25519Key, hmacKey, type TokenKey } from './token-key.ts'

const secret = 'a secret of at least thirty-two bytes, for tests'

function tokensAt(clock: { now: number }, key: TokenKey = hmacKey(secret)): BearerTokens {
  return bearerTokens({ key, issuer: 'shop', audience: 'shop', type: 'JWT', lifetime: 60, now: () => clock.now })
}

const codeOf = (run: () => unknown): string => {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('bearer tokens', () => {
  it('accepts what it issued, until it expires', () => {
    const clock = { now: 1_800_000_000_000 }
    const tokens = tokensAt(clock)
    const token = tokens.issue('0190-1')
    expect(tokens.verify(token)).toEqual({ subject: '0190-1', expires: clock.now + 60_000, notBefore: 0 })
    clock.now += 59_999
    expect(tokens.verify(token).subject).toBe('0190-1')
    clock.now += 1
    expect(codeOf(() => tokens.verify(token))).toBe('identity.token-expired')
  })

  it('forgets nothing of expiry for a token that it has never seen', () => {
    const clock = { now: 1_800_000_000_000 }
    const token = tokensAt(clock).issue('1')
    expect(codeOf(() => tokensAt({ now: clock.now + 60_000 }).verify(token))).toBe('identity.token-expired')
  })

  it('reads what another library signed with the same key, and is read by it', async () => {
    const now = Date.now()
    const clock = { now }
    const foreign = await new SignJWT({ role: 'admin' })
      .setProtectedHeader({ alg: 'HS256', typ: 'jwt', kid: 'one' })
      .setIssuer('shop')
      .setAudience(['other', 'shop'])
      .setSubject('7')
      .setExpirationTime('1h')
      .sign(Buffer.from(secret))
    expect(tokensAt(clock).verify(foreign).subject).toBe('7')
    const { jwtVerify } = await import('jose')
    const read = await jwtVerify(tokensAt(clock).issue('8'), Buffer.from(secret), { issuer: 'shop', audience: 'shop' })
    expect(read.payload.sub).toBe('8')
  })

  it('signs with Ed25519 when asked, and never accepts the other algorithm', () => {
    const pair = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const clock = { now: 1_800_000_000_000 }
    const edward = tokensAt(clock, ed25519Key(pair))
    const token = edward.issue('1')
    expect(tokensAt(clock, ed25519Key({ publicKey: pair.publicKey, privateKey: null })).verify(token).subject).toBe('1')
    expect(codeOf(() => tokensAt(clock).verify(token))).toBe('identity.token-invalid')
    // The classic confusion: an HMAC under the text of the public key.
    expect(codeOf(() => edward.verify(tokensAt(clock, hmacKey(pair.publicKey)).issue('1')))).toBe(
      'identity.token-invalid',
    )
  })

  it('signs with no secret that could be guessed, as one that is not set', () => {
    expect(() => hmacKey('')).toThrow('32 bytes')
    expect(() => hmacKey('x'.repeat(31))).toThrow('32 bytes')
  })

  it('derives its key, so that the secret itself signs nothing', () => {
    const clock = { now: 1_800_000_000_000 }
    const token = tokensAt(clock, hmacKey(secret)).issue('1')
    expect(codeOf(() => tokensAt(clock, derivedKey(secret)).verify(token))).toBe('identity.token-invalid')
  })

  it('will not let claims of the application replace its own', () => {
    expect(() => tokensAt({ now: 0 }).issue('1', { sub: '2' })).toThrow('"sub"')
  })

  describe('refuses', () => {
    const clock = { now: 1_800_000_000_000 }
    const seconds = clock.now / 1000
    const good = { iss: 'shop', aud: 'shop', sub: '1', exp: seconds + 60 }
    const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = (header: unknown, payload: unknown, key: TokenKey = hmacKey(secret)): string => {
      const content = `${text(header)}.${text(payload)}`
      return `${content}.${key.sign(content).toString('base64url')}`
    }
    const header = { alg: 'HS256', typ: 'JWT' }
    const token = signed(header, good)
    const [head = '', body = '', tail = ''] = token.split('.')
    const otherLast = (part: string): string => {
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      const last = alphabet.indexOf(part.at(-1) ?? '')
      return part.slice(0, -1) + alphabet[last + 1]
    }

    const cases: Record<string, string> = {
      'no signature': `${head}.${body}.`,
      'two parts': `${head}.${body}`,
      'four parts': `${token}.${tail}`,
      'an encrypted token': `${token}.a.b`,
      'another secret': signed(header, good, hmacKey('another secret of at least thirty-two bytes')),
      'alg none': `${text({ alg: 'none', typ: 'JWT' })}.${body}.`,
      'alg none with a signature': signed({ alg: 'none', typ: 'JWT' }, good),
      'alg in another case': signed({ alg: 'hs256', typ: 'JWT' }, good),
      'another HMAC': signed({ alg: 'HS512', typ: 'JWT' }, good),
      'no type': signed({ alg: 'HS256' }, good),
      'a token made for another purpose': signed({ alg: 'HS256', typ: 'reset+jwt' }, good),
      'critical extensions': signed({ ...header, crit: ['b64'], b64: false }, good),
      'padding after the signature': `${token}=`,
      'white space in the signature': `${head}.${body}.${tail.slice(0, 9)} ${tail.slice(9)}`,
      'a line break in the payload': `${head}.${body.slice(0, 9)}\n${body.slice(9)}.${tail}`,
      'the standard alphabet': `${head}.${body}.${tail.replace(/[-_]/g, sign => (sign === '-' ? '+' : '/'))}+`,
      'set bits after the last byte of the signature': `${head}.${body}.${otherLast(tail)}`,
      'a cut signature': `${head}.${body}.${tail.slice(0, 20)}`,
      'a changed payload': `${head}.${text({ ...good, sub: '2' })}.${tail}`,
      'a header that is no object': signed('HS256', good),
      'a payload that is a list': signed(header, [good]),
      'another issuer': signed(header, { ...good, iss: 'else' }),
      'no issuer': signed(header, { ...good, iss: undefined }),
      'another audience': signed(header, { ...good, aud: 'else' }),
      'audiences without ours': signed(header, { ...good, aud: ['else'] }),
      'no audience': signed(header, { ...good, aud: undefined }),
      'no subject': signed(header, { ...good, sub: undefined }),
      'a subject that is a number': signed(header, { ...good, sub: 1 }),
      'no expiry': signed(header, { ...good, exp: undefined }),
      'an expiry that is text': signed(header, { ...good, exp: '99999999999' }),
      'a token from the future': signed(header, { ...good, nbf: seconds + 1 }),
      'a very long token': signed(header, { ...good, more: 'x'.repeat(4096) }),
      'nothing at all': '',
    }

    it.each(Object.entries(cases))('%s', (_, forged) => {
      expect(codeOf(() => tokensAt(clock).verify(forged))).toBe('identity.token-invalid')
    })

    it('but takes the token that they were made from', () => {
      expect(tokensAt(clock).verify(token).subject).toBe('1')
      // The check of trailing bits means something only if a lenient decoder would have read the same bytes.
      expect(Buffer.from(otherLast(tail), 'base64url')).toEqual(Buffer.from(tail, 'base64url'))
      expect(decodeBase64url(otherLast(tail))).toBeNull()
    })
  })

  it('says what a key has to be', () => {
    expect(() => hmacKey(5 as never)).toThrow('as a text or as bytes')
    expect(() => ed25519Key({ privateKey: null, publicKey: 'no key' })).toThrow('PEM')
  })
})
