/** Text in one piece, in pieces to be put one behind the other, or as its UTF-8 bytes. */
export type TextPieces = string | readonly string[] | Uint8Array

export function wholeText(text: TextPieces): string {
  if (typeof text === 'string') return text
  if (text instanceof Uint8Array) return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString()
  let whole = ''
  for (const piece of text) whole += piece
  return whole
}

export const piecesOf = (text: TextPieces): readonly (string | Uint8Array)[] =>
  typeof text === 'string' || text instanceof Uint8Array ? [text] : text
