/** JSON as one expression that yields text. */
import { joinPieces, type Json } from '../sql/index.ts'
import { textLiteral } from './encode.ts'
import type { Variety } from './variety.ts'

export function text(json: Json): string {
  const parts = joinPieces(json, textLiteral)
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : `concat(${parts.join(',')})`
}

/** JSON functions answer in a collation of their own, which does not go together with that of other texts. */
export const quotedText = (sql: string, { collation }: Variety): string => `json_quote(${sql}) collate ${collation}`
