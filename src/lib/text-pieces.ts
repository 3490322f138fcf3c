/** Text that may come in pieces, to be put one behind the other. */
export function wholeText(text: string | readonly string[]): string {
  if (typeof text === 'string') return text
  let whole = ''
  for (const piece of text) whole += piece
  return whole
}

export const piecesOf = (text: string | readonly string[]): readonly string[] =>
  typeof text === 'string' ? [text] : text
