/** Signed bearer tokens (JWT, RFC 7519, by the rules of RFC 8725): made, and checked with every refusal the same. */
import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { refusal } from '../../error/index.ts'
import { isObject } from '../../lib/index.ts'
import type { Value } from '../../model/index.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import type { TokenKey } from './token-key.ts'

export interface TokenSettings {
  readonly key: TokenKey
  readonly issuer: string
  readonly audience: string
  /** The `typ` header: tokens made for another purpose under the same key do not pass. */
  readonly type: string
  /** Seconds until a new token expires. */
  readonly lifetime: number
  /** The clock, in milliseconds. */
  readonly now: () => number
}

export interface VerifiedToken {
  /** Who: the key of the caller's row, as in a URL. */
  readonly subject: string
  /** Milliseconds of the epoch. */
  readonly expires: number
  readonly notBefore: number
}

export interface BearerTokens {
  /** `claims` may not name the registered ones: those are set here. */
  issue(subject: string, claims?: Readonly<Record<string, Value>>): string
  /** Throws the coded refusal. */
  verify(token: string): VerifiedToken
}

const registered = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'])
/** Longer than any token of ours, and short enough that a hostile one costs nothing. */
const longestToken = 4096
/** Characters of tokens that were checked and are remembered. */
const cacheSize = 4 * 1024 * 1024

export function bearerTokens(settings: TokenSettings): BearerTokens {
  const header = encodeBase64url(JSON.stringify({ alg: settings.key.algorithm, typ: settings.type }))
  // Only tokens that passed enter: strangers cannot push others out, and nothing is remembered that would be refused.
  const verified = new LRUCache<string, VerifiedToken>({
    maxSize: cacheSize,
    sizeCalculation: (_, token) => token.length,
  })

  return {
    issue(subject, claims = {}) {
      const taken = Object.keys(claims).find(name => registered.has(name))
      if (taken !== undefined) throw new TypeError(`the claim "${taken}" is set by Plinth and cannot be given`)
      const issuedAt = Math.floor(settings.now() / 1000)
      const payload = {
        ...claims,
        iss: settings.issuer,
        aud: settings.audience,
        sub: subject,
        iat: issuedAt,
        exp: issuedAt + settings.lifetime,
        jti: randomUUID(),
      }
      const content = `${header}.${encodeBase64url(JSON.stringify(payload))}`
      return `${content}.${encodeBase64url(settings.key.sign(content))}`
    },
    verify(token) {
      const known = verified.get(token)
      if (known !== undefined) return current(known, settings.now())
      const checked = check(token, settings)
      const result = current(checked, settings.now())
      verified.set(token, result)
      return result
    },
  }
}

function current(token: VerifiedToken, now: number): VerifiedToken {
  if (now >= token.expires) throw refusal('identity.token-expired', {})
  if (now < token.notBefore) throw invalid()
  return token
}

/** One refusal for all that is wrong: a stranger learns nothing about which check stopped the token. */
const invalid = () => refusal('identity.token-invalid', {})

function check(token: string, settings: TokenSettings): VerifiedToken {
  if (token.length > longestToken) throw invalid()
  const parts = token.split('.', 4)
  const [head, body, tail] = parts
  if (parts.length !== 3 || head === undefined || body === undefined || tail === undefined) throw invalid()
  const header = decodeBase64url(head)
  const payload = decodeBase64url(body)
  const signature = decodeBase64url(tail)
  if (header === null || payload === null || signature === null) throw invalid()

  checkHeader(jsonObject(header), settings)
  if (!settings.key.verify(`${head}.${body}`, signature)) throw invalid()
  return checkClaims(jsonObject(payload), settings)
}

function jsonObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (isObject(value)) return value
  } catch {
    // Not JSON: refused below like everything else.
  }
  throw invalid()
}

function checkHeader(header: Readonly<Record<string, unknown>>, settings: TokenSettings): void {
  if (header['alg'] !== settings.key.algorithm) throw invalid()
  const type = header['typ']
  if (typeof type !== 'string' || type.toLowerCase() !== settings.type.toLowerCase()) throw invalid()
  // RFC 7515 section 4.1.11: extensions that are marked critical and not understood.
  if ('crit' in header) throw invalid()
}

function checkClaims(claims: Readonly<Record<string, unknown>>, settings: TokenSettings): VerifiedToken {
  const { iss, aud, sub, exp, nbf } = claims
  if (iss !== settings.issuer) throw invalid()
  if (aud !== settings.audience && !(Array.isArray(aud) && aud.includes(settings.audience))) throw invalid()
  if (typeof sub !== 'string' || sub === '') throw invalid()
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw invalid()
  if (nbf !== undefined && (typeof nbf !== 'number' || !Number.isFinite(nbf))) throw invalid()
  return { subject: sub, expires: exp * 1000, notBefore: typeof nbf === 'number' ? nbf * 1000 : 0 }
}
