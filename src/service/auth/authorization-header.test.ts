import { describe, expect, it } from 'vitest'
import { refusal } from '../../error/index.ts'
import { challenge, tokenOf, withChallenge } from './authorization-header.ts'

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
    expect(challenge('Bearer', null)).toBe('Bearer realm="api"')
    const missing = withChallenge(
      refusal('rules.sign-in-required', { operation: 'create', model: 'Article' }),
      'Bearer',
    )
    expect(missing.headers['WWW-Authenticate']).toBe('Bearer realm="api"')
    const expired = withChallenge(refusal('identity.token-expired', {}), 'Token')
    expect(expired.headers['WWW-Authenticate']).toBe(
      'Token realm="api", error="invalid_token", error_description="The token has expired."',
    )
    expect(expired.code).toBe('identity.token-expired')
    const forbidden = refusal('rules.operation-closed', { operation: 'create', model: 'Article' })
    expect(withChallenge(forbidden, 'Bearer')).toBe(forbidden)
  })
})
