/** The answer to a read: with its tag, or without a body when the client has it already (RFC 9110 section 13.2.2). */
import { refusal } from '../../error/index.ts'
import { encodeText, type EncodedText } from './encoded-text.ts'
import { matchHolds, noneMatchHolds, tagOf } from './entity-tag.ts'
import type { Answer, Exchange } from './exchange.ts'

/**
 * `body`: JSON in pieces that stand one behind the other. `version`: of the one row that it is. `sameForAll`: nothing of the answer depends on
 * who asks, so shared caches may keep it.
 */
export function readAnswer(
  exchange: Exchange,
  body: readonly (string | Uint8Array)[],
  version: number | null,
  sameForAll: boolean,
  more: Readonly<Record<string, string>>,
): Answer {
  return encodedAnswer(exchange, encodeText(body), version, sameForAll, more)
}

/** The same for a body that is encoded already. */
export function encodedAnswer(
  exchange: Exchange,
  encoded: EncodedText,
  version: number | null,
  sameForAll: boolean,
  more: Readonly<Record<string, string>>,
): Answer {
  const tag = tagOf(version, encoded.hash)
  // Caches ask again each time; with the tag that costs an answer without a body.
  const headers = { ETag: tag, 'Cache-Control': sameForAll ? 'no-cache' : 'private, no-cache', ...more }
  const ifMatch = exchange.header('if-match')
  if (ifMatch !== undefined && !matchHolds(ifMatch, tag)) throw refusal('request.precondition-failed', {}, { headers })
  const ifNoneMatch = exchange.header('if-none-match')
  if (ifNoneMatch !== undefined && noneMatchHolds(ifNoneMatch, tag)) {
    return { status: 304, type: null, body: null, headers }
  }
  return { status: 200, type: 'application/json', body: encoded, headers }
}
