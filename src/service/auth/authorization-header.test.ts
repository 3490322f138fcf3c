import { describe, expect, it } from 'vitest'
import { refusal } from '../../error/index.ts'
import { challenge, tokenOf } from './authorization-header.ts'

const codeOf = (header: string): string => {
  try {
    return `accepted ${tokenOf(header, 'Token')}`
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('the Authorization header', () => {
  it('is absent for whoever is anonymous', () => {
    expect(tokenOf(undefined, 'Bearer')).toBeNull()
  })

  it('has a scheme in any case and one token', () => {
    expect(codeOf('Token a.b.c')).toBe('accepted a.b.c')
    expect(codeOf('tOKEN   a.b-_~+/=')).toBe('accepted a.b-_~+/=')
  })

  it.each(['', 'Bearer a.b.c', 'Tokena.b.c', 'a.b.c'])('is refused under another scheme: %j', header => {
    expect(codeOf(header)).toBe('identity.scheme-unknown')
  })

  it.each(['Token', 'Token ', 'Token a b', 'Token a,b', 'Token "a"', 'Token ä'])(
    'is refused without one token: %j',
    header => {
      expect(codeOf(header)).toBe('identity.token-invalid')
    },
  )

  it('answers with a challenge, which names an error only when credentials were given', () => {
    const missing = refusal('rules.sign-in-required', { operation: 'create', model: 'Article' })
    expect(challenge('Bearer', missing)).toBe('Bearer realm="api"')
    expect(challenge('Token', refusal('identity.token-expired', {}))).toBe(
      'Token realm="api", error="invalid_token", error_description="The token has expired."',
    )
  })
})
