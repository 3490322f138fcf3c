// Bearer tokens of the callers: JSON Web Tokens signed with HMAC SHA-256 (RFC 7515, RFC 7519).
import { createHmac, timingSafeEqual } from 'node:crypto'

export const tokenSecret = 'a secret of the benchmark suite, 32 bytes or more'
export const tokenIssuer = 'plinth-bench'
export const tokenAudience = 'plinth-bench-peers'

const header = encode({ alg: 'HS256', typ: 'JWT' })

/** Signs a token for a user, valid for a day. */
export function signToken(userId: string, now: number = Date.now()): string {
  const issued = Math.floor(now / 1000)
  const claims = { sub: userId, iss: tokenIssuer, aud: tokenAudience, iat: issued, exp: issued + 86_400 }
  const content = `${header}.${encode(claims)}`
  return `${content}.${signature(content)}`
}

/** The user of an `Authorization` header, or undefined unless its token is signed by us, meant for us and in date. */
export function verifyAuthorization(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !authorization.startsWith('Bearer ')) return undefined
  const token = authorization.slice(7)
  const end = token.lastIndexOf('.')
  if (!token.startsWith(`${header}.`) || end <= header.length) return undefined
  const content = token.slice(0, end)
  const given = Buffer.from(token.slice(end + 1))
  const expected = Buffer.from(signature(content))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const claims = claimsOf(content)
  if (claims.iss !== tokenIssuer || claims.aud !== tokenAudience) return undefined
  return typeof claims.exp === 'number' && claims.exp * 1000 > Date.now() ? claims.sub : undefined
}

/** The user that a token names, without looking at its signature: only for the yardstick that owes nothing. */
export function readAuthorization(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : claimsOf(authorization.slice(7, authorization.lastIndexOf('.'))).sub
}

interface Claims {
  readonly sub?: string
  readonly iss?: string
  readonly aud?: string
  readonly exp?: number
}

function claimsOf(content: string): Claims {
  return JSON.parse(Buffer.from(content.slice(content.indexOf('.') + 1), 'base64url').toString()) as Claims
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function signature(content: string): string {
  return createHmac('sha256', tokenSecret).update(content).digest('base64url')
}
