/** Writes that are carried out once per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07; semantics 28). */
import { createHash } from 'node:crypto'
import { parseItem } from 'structured-headers'
import type { Engine } from '../../engine/index.ts'
import { refusal } from '../../error/index.ts'
import { idempotently, type IdempotencyKey, type WriteTerms } from '../../operation/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { EncodedText } from './encoded-text.ts'
import type { Answer, Exchange } from './exchange.ts'

/** What is kept of an answer, so that a repeated request gets the same one. */
type KeptAnswer = {
  readonly status: number
  readonly type: string | null
  readonly body: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** Performs a write, once if the request has a key. `perform` gets the context that the write belongs into; with a key, that has what `terms` ask for. */
export async function once(
  engine: Engine,
  exchange: Exchange,
  perform: (context: ExecutionContext) => Promise<Answer>,
  terms?: WriteTerms,
): Promise<Answer> {
  const key = readKey(exchange)
  if (key === null) return await perform(exchange.context)
  const keeping = async (inside: ExecutionContext): Promise<KeptAnswer> => kept(await perform(inside))
  const { response, replayed } = await idempotently(engine, key, exchange.context, keeping, terms)
  return replayed ? { ...response, headers: { ...response.headers, 'Idempotent-Replayed': 'true' } } : response
}

function kept({ status, type, body, headers = {} }: Answer): KeptAnswer {
  const text = body instanceof EncodedText ? body.toString() : body
  return { status, type, body: typeof text === 'string' ? text : null, headers }
}

const lengthLimit = 255

function readKey(exchange: Exchange): IdempotencyKey | null {
  const header = exchange.header('idempotency-key')
  if (header === undefined) return null
  const name = structuredString(header)
  if (name === null || name === '' || name.length > lengthLimit) {
    throw refusal('request.malformed-header', {
      name: 'Idempotency-Key',
      reason: `it is a text in double quotes, like "8e03978e-40d5-43dd-bc93-6894a57f9324", of at most ${lengthLimit} characters`,
    })
  }
  return { name, requestHash: requestHash(exchange) }
}

/** A string without parameters (RFC 9651 section 3.3.3). */
function structuredString(header: string): string | null {
  try {
    const item: readonly unknown[] = parseItem(header)
    const [value, parameters] = item
    return typeof value === 'string' && parameters instanceof Map && parameters.size === 0 ? value : null
  } catch {
    return null
  }
}

/** What the key stands for: everything of a request that our own answers depend on. Other headers, which an action may look at, make no other request of it. */
function requestHash(exchange: Exchange): string {
  const { method, path, search, bytes } = exchange
  const digest = createHash('sha256')
  digest.update(
    JSON.stringify([method, path, search, exchange.header('if-match') ?? null, exchange.header('prefer') ?? null]),
  )
  if (bytes !== null) digest.update(bytes)
  return digest.digest('base64url')
}
