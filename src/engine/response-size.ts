/** How large an answer may be (semantics 19). */
import { refusal } from '../error/index.ts'
import type { JsonText, Limits } from '../query/index.ts'

export function requireSendable(json: JsonText, { responseBytes: limit }: Limits): void {
  if (lengthOf(json) > limit) throw refusal('store.response-too-large', { limit })
}

function lengthOf(json: JsonText): number {
  if (typeof json === 'string' || json instanceof Uint8Array) return json.length
  let length = 0
  for (const piece of json) length += piece.length
  return length
}
