/** Letter case without rules of a language or of a word's end: code point by code point (Unicode simple case mapping). */

// What V8 does to ASCII is simple already, and nearly all text that is compared is ASCII.
const ascii = /^[\u0000-\u007f]*$/ // eslint-disable-line no-control-regex

export function foldCase(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  let folded = ''
  // Full mapping may give several code points (İ becomes i and a dot); the first is the simple one.
  for (const character of text) folded += String.fromCodePoint(character.toLowerCase().codePointAt(0) ?? 0)
  return folded
}

export function upperCase(text: string): string {
  if (ascii.test(text)) return text.toUpperCase()
  let upper = ''
  for (const character of text) {
    const full = character.toUpperCase()
    // ß becomes SS: no simple mapping, so it stays.
    upper += Array.from(full).length === 1 ? full : character
  }
  return upper
}
