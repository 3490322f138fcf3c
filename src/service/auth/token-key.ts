/** The key that tokens are signed with: one algorithm, fixed when the key is made, never read from a token. */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'

export interface TokenKey {
  /** The `alg` of RFC 7518. */
  readonly algorithm: 'HS256' | 'EdDSA'
  sign(content: string): Buffer
  verify(content: string, signature: Buffer): boolean
}

/** RFC 7518 section 3.2: as long as the hash at least. */
const shortestKey = 32

/** HMAC with SHA-256 under the bytes as they are, 32 at least, for tokens that other systems make or read too. */
export function hmacKey(secret: string | Uint8Array): TokenKey {
  const key: unknown = typeof secret === 'string' ? Buffer.from(secret) : secret
  if (!(key instanceof Uint8Array)) throw new TypeError('hmacKey takes its secret as a text or as bytes')
  if (key.length < shortestKey)
    throw new TypeError(`a key for HMAC with SHA-256 needs ${shortestKey} bytes, not ${key.length}`)
  const signed = (content: string): Buffer => createHmac('sha256', key).update(content).digest()
  return {
    algorithm: 'HS256',
    sign: signed,
    verify(content, signature) {
      const expected = signed(content)
      return expected.length === signature.length && timingSafeEqual(expected, signature)
    },
  }
}

/**
 * HMAC under a key that is derived from the application's secret (HKDF, RFC 5869): the secret itself signs nothing, so that it can
 * serve other purposes without one purpose's texts passing as another's.
 */
export function derivedKey(secret: string): TokenKey {
  return hmacKey(new Uint8Array(hkdfSync('sha256', secret, '', 'plinth bearer token', 32)))
}

/** OpenSSL says of a text that is no key that it does not support it. */
function readKey(name: string, read: () => KeyObject): KeyObject {
  try {
    return read()
  } catch (cause) {
    throw new TypeError(`"${name}" of ed25519Key has to be a key as PEM text`, { cause })
  }
}

/** Ed25519 (RFC 8037): whoever only checks tokens needs only the public key. */
export function ed25519Key(keys: { readonly privateKey: string | null; readonly publicKey: string }): TokenKey {
  const privateKey =
    keys.privateKey === null ? null : readKey('privateKey', () => createPrivateKey(keys.privateKey ?? ''))
  const publicKey = readKey('publicKey', () => createPublicKey(keys.publicKey))
  for (const key of [privateKey, publicKey]) {
    if (key !== null && key.asymmetricKeyType !== 'ed25519') {
      throw new TypeError(`an Ed25519 key is needed, not ${key.asymmetricKeyType ?? 'this'}`)
    }
  }
  return {
    algorithm: 'EdDSA',
    sign(content) {
      if (privateKey === null) throw new TypeError('without a private key tokens can be checked but not made')
      return sign(null, Buffer.from(content), privateKey)
    },
    verify: (content, signature) => signature.length === 64 && verify(null, Buffer.from(content), publicKey, signature),
  }
}
