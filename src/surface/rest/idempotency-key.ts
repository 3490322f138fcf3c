/** The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header-07): a structured field string (RFC 9651 section 3.3.3). */
import { createHash } from 'node:crypto'
import { parseItem } from 'structured-headers'
import { refusal } from '../../error/index.ts'
import type { Exchange } from '../contract/index.ts'

/** A write that is carried out once, however often it is sent. */
export interface Idempotency {
  readonly key: string
  /** What the key stands for: method, address, type and body. */
  readonly requestHash: string
}

const lengthLimit = 255

export function readIdempotency(exchange: Exchange): Idempotency | null {
  const header = exchange.header('idempotency-key')
  if (header === undefined) return null
  const key = readKey(header)
  if (key === null || key === '' || key.length > lengthLimit) {
    throw refusal('request.malformed-header', {
      name: 'Idempotency-Key',
      reason: `it is a text in double quotes, like "8e03978e-40d5-43dd-bc93-6894a57f9324", of at most ${lengthLimit} characters`,
    })
  }
  if (exchange.context.caller.class === 'anonymous') {
    throw refusal('request.unsupported-header', {
      name: 'Idempotency-Key',
      reason: 'only callers who are signed in can use it',
    })
  }
  const digest = createHash('sha256')
  digest.update(
    JSON.stringify([
      exchange.method,
      exchange.path,
      exchange.search,
      exchange.header('if-match') ?? null,
      exchange.header('prefer') ?? null,
    ]),
  )
  if (exchange.bytes !== null) digest.update(exchange.bytes)
  return { key, requestHash: digest.digest('base64url') }
}

function readKey(header: string): string | null {
  try {
    const [value, parameters] = parseItem(header)
    return typeof value === 'string' && parameters.size === 0 ? value : null
  } catch {
    return null
  }
}
