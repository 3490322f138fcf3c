/** Who is calling: bearer tokens, passwords, and the way from a header to a caller. */
export { challenge, defaultScheme } from './authorization-header.ts'
export { type BearerTokens, bearerTokens } from './bearer-tokens.ts'
export { callerAttributes } from './caller-attributes.ts'
export { type CallerResolver, callerResolver } from './caller-resolver.ts'
export { hashPassword, passwordNeedsRehash, verifyPassword } from './password.ts'
export { derivedKey, ed25519Key, hmacKey, type TokenKey } from './token-key.ts'
