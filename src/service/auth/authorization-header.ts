/** Reads the Authorization header (RFC 9110 section 11.6.2) and says how to sign in (RFC 6750 section 3). */
import { type PlinthError, refusal } from '../../error/index.ts'

/** The word before the token where the application names no other. */
export const defaultScheme = 'Bearer'

/** token68 of RFC 9110; longer than this is refused before anything is compared. */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * The token of the header, or null when there is no header. A header that cannot be read is refused: treating it as anonymous would
 * answer a request other than the one that was meant.
 */
export function tokenOf(header: string | undefined, scheme: string): string | null {
  if (header === undefined) return null
  const space = header.indexOf(' ')
  const word = space === -1 ? header : header.slice(0, space)
  if (word.toLowerCase() !== scheme.toLowerCase()) throw refusal('identity.scheme-unknown', { scheme })
  const token = header.slice(word.length).trim()
  if (!token68.test(token)) throw refusal('identity.token-invalid', {})
  return token
}

/** The WWW-Authenticate header of an answer of status 401. */
export function challenge(scheme: string, refused: PlinthError): string {
  const given =
    refused.code === 'identity.token-invalid' ||
    refused.code === 'identity.token-expired' ||
    refused.code === 'identity.caller-unknown'
  // RFC 6750 section 3.1: without credentials no error is named.
  return given
    ? `${scheme} realm="api", error="invalid_token", error_description="${refused.message}"`
    : `${scheme} realm="api"`
}
